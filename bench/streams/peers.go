package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/krakend-redact/krakend-redact/bench/host"
)

// writePeers runs the module of the peers, which has dependencies of its own, and
// says so if that is not possible here.
func writePeers(ctx context.Context, out io.Writer, bench string, prompts int) {
	table, err := host.Go(ctx, filepath.Join(bench, "peers"), nil, "run", ".", "-prompts", fmt.Sprint(prompts))
	if err != nil {
		fmt.Fprintf(out, "\n## Peers: SKIPPED\n\n%v\n", err)
		return
	}
	fmt.Fprintf(out, "\n## Peers\n\n%s\n", table)
}
