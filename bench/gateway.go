package main

import (
	"context"
	"net/http"
	"path/filepath"

	"github.com/krakend-redact/krakend-redact/bench/host"
)

// gateway is a running KrakenD with one endpoint.
type gateway struct {
	variant
	*host.Process
}

// startGateway runs the variant and waits until it is ready. env is added to its
// environment.
func startGateway(ctx context.Context, b *binaries, v variant, upstream, dir string, clients int, env ...string) (*gateway, error) {
	p, err := host.Start(ctx, b.gateway, filepath.Join(dir, v.name), gatewayConfig(b, v, upstream), newClient(clients), env...)
	return &gateway{v, p}, err
}

func gatewayConfig(b *binaries, v variant, upstream string) object {
	c := object{
		"extra_config": object{
			"router":            object{"disable_access_log": true},
			"telemetry/logging": object{"level": "ERROR", "stdout": true, "prefix": "[KRAKEND]"},
		},
		"endpoints": []object{{
			"endpoint": "/chat", "method": http.MethodPost, "output_encoding": "no-op", "timeout": "20s",
			"backend": []object{{
				"host": []string{upstream}, "url_pattern": "/chat", "method": http.MethodPost, "encoding": "no-op",
				"extra_config": v.extra,
			}},
		}},
	}
	// Only the variant that needs it carries the plugin.
	if _, ok := v.extra["plugin/req-resp-modifier"]; ok && b.plugins != "" {
		c["plugin"] = object{"pattern": ".so", "folder": b.plugins + "/"}
	}
	return c
}
