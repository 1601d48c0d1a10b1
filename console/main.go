// Command redact-console runs the web console of krakend-redact: gateways send it
// their audit lines, people look at them, work on alerts, and write policies.
// See docs/console.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

const usage = `redact-console serves the console of krakend-redact.

  redact-console [serve] [flags]                      serve until interrupted
  redact-console token create --name NAME --role ROLE make a user with a token; ROLE is viewer, operator or editor
  redact-console token list
  redact-console token revoke --name NAME             delete a user with token and sessions
  redact-console ingest-token create --name NAME      make a token that gateways send their lines with
  redact-console ingest-token list
  redact-console ingest-token revoke --name NAME
  redact-console policy import --file FILE [--proxy PROXY] [--publish DIR]
                                                      take over a policy, assign and publish it
  redact-console healthy URL                          exit with 0 if a console answers there
  redact-console version

Those that need the database take --db. Every flag can be set in the environment as
well: --public-url is REDACT_CONSOLE_PUBLIC_URL. "redact-console serve -h" lists the flags.
`

// errUsage is a wrong command line; what is wrong with it has been said.
var errUsage = errors.New("usage")

// run does what the command line asks for and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	command := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	}
	var err error
	switch command {
	case "serve":
		err = serve(ctx, args, getenv, stdout, stderr)
	case "token":
		err = tokenCommand(ctx, args, getenv, stdout, stderr)
	case "ingest-token":
		err = ingestTokenCommand(ctx, args, getenv, stdout, stderr)
	case "policy":
		err = policyCommand(ctx, args, getenv, stdout, stderr)
	case "healthy":
		err = healthy(ctx, args)
	case "version":
		fmt.Fprintln(stdout, version())
	case "help":
		fmt.Fprint(stdout, usage)
	default:
		fmt.Fprintf(stderr, "redact-console: there is no command %q\n\n%s", command, usage)
		return 2
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintf(stderr, "redact-console: %v\n", err)
	return 1
}

// newFlags returns a set of flags with --db among them.
func newFlags(name string, stderr io.Writer) (flags *flag.FlagSet, db *string) {
	flags = flag.NewFlagSet("redact-console "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	return flags, flags.String("db", "redact-console.db", "an SQLite file, or postgres://… (with a password: in the environment, where other users cannot see it)")
}

// parse reads flags, and from the environment those that are not given.
func parse(flags *flag.FlagSet, args []string, getenv func(string) string) error {
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(flags.Output(), "%s: unexpected argument %q\n", flags.Name(), flags.Arg(0))
		return errUsage
	}
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var wrong error
	flags.VisitAll(func(f *flag.Flag) {
		name := "REDACT_CONSOLE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := getenv(name); value != "" && !given[f.Name] && flags.Set(f.Name, value) != nil {
			wrong = fmt.Errorf("the environment variable %s is not what --%s takes: %s", name, f.Name, f.Usage)
		}
	})
	return wrong
}

// open opens the database. Its errors do not repeat the URL, which may hold a
// password.
func open(ctx context.Context, db string) (*store.Store, error) {
	s, err := store.Open(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("the database cannot be opened: %w", err)
	}
	return s, nil
}

// version is that of the build.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
