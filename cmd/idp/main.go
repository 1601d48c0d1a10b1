// Command idp runs a demonstration's identity provider: JWKs at
// /.well-known/jwks.json, and at POST /token a token for whoever asks. It is no
// identity provider for anything else. See package internal/idp.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/idp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("idp", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", idp.DefaultAddr, "address to listen on; whoever reaches it gets any token")
	issuer := flags.String("issuer", "", "what tokens name as their issuer (default http://"+idp.DefaultAddr+")")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "idp: unexpected argument %q\n", flags.Arg(0))
		return 2
	}

	provider, err := idp.New(idp.Options{Issuer: *issuer})
	if err != nil {
		fmt.Fprintf(stderr, "idp: %v\n", err)
		return 1
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintf(stderr, "idp: %v\n", err)
		return 1
	}
	fmt.Fprintf(stdout, "idp: listening on http://%s; for demonstrations only: it gives a token to everybody\n", ln.Addr())

	server := &http.Server{Handler: provider, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		fmt.Fprintf(stderr, "idp: %v\n", err)
		return 1
	case <-ctx.Done():
		_ = server.Close() // nothing here takes long
		return 0
	}
}
