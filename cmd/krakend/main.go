// Command krakend is KrakenD Community Edition 2.12.1, assembled from its own
// modules. It loads plugins as the original does and has nothing of its own; see
// docs/krakend-build.md for what is left out.
package main

import "github.com/krakend-redact/krakend-redact/internal/gateway"

func main() {
	gateway.Main()
}
