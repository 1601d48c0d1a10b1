// Command demo is what `make run` starts: an LLM stand-in, a real gateway in front
// of it, and the console. It sends one prompt through both, shows what each side got
// to see, and stays up for experiments until it is interrupted. With -gateway it shows the
// same with a gateway that runs elsewhere, and whom that refuses: that is how
// docker-compose.yml uses it.
//
// Run it from the repository's root: the gateway's configuration, its plugins and
// its policies are found by relative paths.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

const (
	host       = "127.0.0.1" // the demo is for this machine only
	configFile = "krakend/krakend.json"
	policyFile = "krakend/policies/llm-data-redaction.json"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	width, isTerminal := terminalWidth(os.Stdout)
	d := demo{
		out:    os.Stdout,
		err:    os.Stderr,
		getenv: os.Getenv,
		width:  width,
		colour: isTerminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
	os.Exit(d.run(ctx, os.Args[1:]))
}

// demo is one run of the program.
type demo struct {
	out, err io.Writer
	getenv   func(string) string
	width    int  // columns of the terminal
	colour   bool // whether out understands colours

	gatewayPort, llmPort, consolePort int

	krakend, console string  // the binaries of gateway and console
	running          running // in place of processes of its own
	printToken       bool
	healthy          string
	once             bool
	patience         time.Duration // how long each process may take to start
}

// run returns the exit status.
func (d *demo) run(ctx context.Context, args []string) int {
	if err := d.parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		d.complain(err)
		return 2
	}
	show := d.show
	switch {
	case d.healthy != "":
		show = d.checkHealth
	case d.printToken:
		show = d.showToken
	case d.running.gateway != "":
		show = d.showRunning
	}
	if err := show(ctx); err != nil {
		d.complain(err)
		return 1
	}
	return 0
}

func (d *demo) complain(err error) {
	fmt.Fprintln(d.err, "demo:", err)
}

func (d *demo) parse(args []string) error {
	gatewayPort, err := d.portFromEnv("GATEWAY_PORT", 8080)
	if err != nil {
		return err
	}
	llmPort, err := d.portFromEnv("LLM_PORT", 8081)
	if err != nil {
		return err
	}
	consolePort, err := d.portFromEnv("CONSOLE_PORT", 8090)
	if err != nil {
		return err
	}
	krakend := cmp.Or(d.getenv("KRAKEND_BIN"), "bin/krakend")
	console := cmp.Or(d.getenv("CONSOLE_BIN"), "bin/redact-console")
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(d.err)
	flags.Usage = func() {
		fmt.Fprintln(d.err, "Usage of demo:")
		flags.PrintDefaults()
	}
	flags.IntVar(&d.gatewayPort, "gateway-port", gatewayPort, "port of the gateway (env GATEWAY_PORT)")
	flags.IntVar(&d.llmPort, "llm-port", llmPort, "port of the LLM stand-in (env LLM_PORT)")
	flags.IntVar(&d.consolePort, "console-port", consolePort, "port of the console (env CONSOLE_PORT)")
	flags.StringVar(&d.console, "console", console, "the console's binary (env CONSOLE_BIN)")
	flags.StringVar(&d.krakend, "krakend", krakend, "the gateway's binary (env KRAKEND_BIN)")
	flags.BoolVar(&d.once, "once", false, "exit after the example exchange")
	flags.DurationVar(&d.patience, "patience", 30*time.Second, "how long each of them may take to start")
	flags.StringVar(&d.running.gateway, "gateway", "", "URL of a gateway that runs already; with -llm and -idp")
	flags.StringVar(&d.running.llm, "llm", "", "URL of its LLM stand-in")
	flags.StringVar(&d.running.idp, "idp", "", "URL of its identity provider (cmd/idp)")
	flags.BoolVar(&d.printToken, "token", false, "print a token of the -idp and exit")
	flags.StringVar(&d.healthy, "healthy", "", "exit with 0 if this URL answers with 200, for health checks in containers without other tools")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case !validPort(d.gatewayPort):
		return fmt.Errorf("-gateway-port %d is no port", d.gatewayPort)
	case !validPort(d.llmPort):
		return fmt.Errorf("-llm-port %d is no port", d.llmPort)
	case d.printToken && d.running.idp == "":
		return errors.New("-token needs -idp")
	case d.running.gateway != "" && (d.running.llm == "" || d.running.idp == ""):
		return errors.New("-gateway needs -llm and -idp")
	case d.running.gateway == "" && d.running.llm != "":
		return errors.New("-llm needs -gateway")
	case !validPort(d.consolePort):
		return fmt.Errorf("-console-port %d is no port", d.consolePort)
	case d.gatewayPort == d.llmPort || d.gatewayPort == d.consolePort || d.llmPort == d.consolePort:
		return fmt.Errorf("gateway, LLM stand-in and console need different ports: they are %d, %d and %d", d.gatewayPort, d.llmPort, d.consolePort)
	}
	return nil
}

func (d *demo) portFromEnv(name string, otherwise int) (int, error) {
	value := d.getenv(name)
	if value == "" {
		return otherwise, nil
	}
	port, err := strconv.Atoi(value)
	if err != nil || !validPort(port) {
		return 0, fmt.Errorf("%s=%q is no port", name, value)
	}
	return port, nil
}

func validPort(p int) bool { return p > 0 && p < 1<<16 }

// show starts both sides, has the example exchange, and waits.
func (d *demo) show(ctx context.Context) error {
	for _, file := range []string{d.krakend, d.console, configFile, policyFile} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("%s is missing; run `make build` first, and start the demo in the repository's root", file)
		}
	}

	llm := mockllm.New(mockllm.Options{Delay: 30 * time.Millisecond})
	llmAddr := address(d.llmPort)
	ln, err := listen(llmAddr, d.llmPort, "LLM_PORT")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: llm, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(ln) }() // ends with Close
	defer server.Close()

	gatewayAddr := address(d.gatewayPort)
	if err := errors.Join(probe(d.gatewayPort, "GATEWAY_PORT"), probe(d.consolePort, "CONSOLE_PORT")); err != nil {
		return err
	}
	c, err := startConsole(ctx, d.console, d.consolePort, d.patience)
	if err != nil {
		return err
	}
	defer c.stop()

	settings := map[string]string{
		"FC_ENABLE":         "1",
		"FC_SETTINGS":       "krakend/settings",
		"FC_PARTIALS":       "krakend/partials",
		"GATEWAY_LISTEN_IP": host,
		"GATEWAY_PORT":      strconv.Itoa(d.gatewayPort),
		"LLM_HOST":          "http://" + llmAddr,
		"LLM_API_KEY":       mockllm.DefaultKey,
	}
	maps.Copy(settings, c.settings)
	g, err := start("gateway", settings, d.krakend, "run", "-c", configFile)
	if err != nil {
		return err
	}
	defer g.stop()
	for _, url := range []string{"http://" + llmAddr + "/healthz", "http://" + gatewayAddr + "/__health"} {
		if err := g.await(ctx, url, d.patience); err != nil {
			return err
		}
	}

	e, err := converse(ctx, "http://"+gatewayAddr+chatPath, "", inProcess{llm})
	if err != nil {
		return fmt.Errorf("the example exchange failed: %w\n%s", err, g.log())
	}
	printPanes(d.out, e.panes(), d.width, newHighlighter(d.colour))
	if problems := e.problems(); len(problems) > 0 {
		d.alarm(problems)
		return fmt.Errorf("the exchange did not go as it should\n%s", g.log())
	}
	d.praise()
	if d.once {
		return nil
	}

	fmt.Fprintf(d.out, `Try it:

  curl -s http://%[1]s%[2]s \
    -H 'Content-Type: application/json' \
    -d '{"model": "gpt-4", "messages": [{"role": "user", "content": "my password is: super_s3cr3t_password"}]}'

See what the LLM received:

  curl -s http://%[3]s/received

Look at the audit log, work on policies: the console is at %[4]s
Log in with this token: %[5]s

Ctrl-C stops the gateway, the LLM stand-in and the console.
`, gatewayAddr, chatPath, llmAddr, c.url, c.login)
	select {
	case <-ctx.Done():
		fmt.Fprintln(d.out, "\nStopping.")
		return nil
	case <-g.exited:
		return g.died()
	case <-c.exited:
		return c.died()
	}
}

func (d *demo) praise() {
	fmt.Fprintf(d.out, "As it should be: the LLM saw none of the %d values, the user got all of them back.\n\n", len(secrets))
}

// alarm cannot be overlooked.
func (d *demo) alarm(problems []string) {
	h := newHighlighter(d.colour)
	fmt.Fprintln(d.out, h.alarm("################  THIS IS NOT AS IT SHOULD BE  ################"))
	for _, p := range problems {
		fmt.Fprintln(d.out, h.alarm("#  "+p))
	}
	fmt.Fprintln(d.out)
}

func address(port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// probe tells whether a process can have a port. It would say it as well, but not
// which setting to change; and an answer from somebody else's server must not be
// taken for its own.
func probe(port int, env string) error {
	ln, err := listen(address(port), port, env)
	if err == nil {
		ln.Close()
	}
	return err
}

// listen names the setting that mends a taken port.
func listen(addr string, port int, env string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		another := port + 1000
		if !validPort(another) {
			another = port - 1000
		}
		return nil, fmt.Errorf("port %d is already in use; choose another one, for example: make run %s=%d", port, env, another)
	}
	return ln, err
}
