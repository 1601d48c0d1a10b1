// Command mockllm runs the LLM stand-in: it speaks the wire formats of OpenAI,
// Anthropic, Gemini, Ollama and Cohere, whole and streamed, and shows what it
// received at /received. See package internal/mockllm.
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

	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run serves until ctx ends and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("mockllm", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", mockllm.DefaultAddr, "address to listen on")
	// The default is not read from the environment here: -help would print it.
	key := flags.String("key", "", "API key that callers must present (or env MOCKLLM_KEY; else "+mockllm.DefaultKey+")")
	delay := flags.Duration("delay", 0, "pause between the events of a streamed answer")
	var script mockllm.Script
	usage := "how to answer, as the header " + mockllm.ScriptHeader + " says it for one request, such as \"cut=1, spelling=lower\"; switches: " + mockllm.Switches
	flags.Func("script", usage, func(changes string) (err error) {
		script, err = mockllm.ParseScript(changes, script)
		return err
	})
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "mockllm: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	if *key == "" {
		*key = getenv("MOCKLLM_KEY")
	}

	ln, err := net.Listen("tcp", *addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		fmt.Fprintf(stderr, "mockllm: %s is already in use; choose another address with -addr\n", *addr)
		return 1
	}
	if err != nil {
		fmt.Fprintf(stderr, "mockllm: %v\n", err)
		return 1
	}
	fmt.Fprintf(stdout, "mockllm: listening on http://%s (what arrived: GET /received)\n", ln.Addr())

	server := &http.Server{
		Handler:           mockllm.New(mockllm.Options{Key: *key, Delay: *delay, Script: script}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		fmt.Fprintf(stderr, "mockllm: %v\n", err)
		return 1
	case <-ctx.Done():
	}
	// Streams may take long: they get a moment to finish, then they are cut off.
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		_ = server.Close()
	}
	return 0
}
