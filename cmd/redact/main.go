// redact checks, tests and tries policies and KrakenD configurations before they
// run in a gateway, with the very engine that the gateway runs.
package main

import (
	"os"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
