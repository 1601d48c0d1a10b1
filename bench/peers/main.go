// Command peers measures other tools with the response-split method of
// bench/streams, in process and without a gateway. It is a module of its own, so
// that their dependencies stay here.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/krakend-redact/krakend-redact/bench/streams/split"
)

func main() {
	prompts := flag.Int("prompts", 4, "how many prompts are answered in every way")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *prompts); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// run measures each setting in Chat Completions, the format that it is made for.
func run(ctx context.Context, out io.Writer, prompts int) error {
	for i, s := range settings {
		exchange, err := newExchange(s.params)
		if err != nil {
			return err
		}
		results, err := split.Measure(ctx, split.Formats()[:1], prompts, exchange)
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := split.WriteRates(out, s.name, results); err != nil {
			return err
		}
	}
	return nil
}
