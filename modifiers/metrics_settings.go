package modifiers

import (
	"net"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/metrics"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// metricsSettings are the settings under "metrics".
type metricsSettings struct {
	// listen is the address, host and port, and path the path of a scrape.
	listen, path string
}

// readMetrics reads where to tell Prometheus, nil for nowhere. Nothing is opened
// yet.
func readMetrics(o *strictjson.Object) *metricsSettings {
	m := o.Object("metrics")
	if m == nil {
		return nil
	}
	s := &metricsSettings{path: "/metrics"}
	m.String("listen", &s.listen)
	m.String("path", &s.path)
	if _, port, err := net.SplitHostPort(s.listen); err != nil || port == "" {
		m.Fail("listen", "is missing, or is no address with a port", `write one such as "127.0.0.1:9091"`)
	}
	if !strings.HasPrefix(s.path, "/") || strings.ContainsAny(s.path, "?#%") {
		m.Fail("path", "is not a plain path", `write one such as "/metrics"`)
	}
	_ = m.Close() // the mistake is recorded; the settings' own Close returns it
	return s
}

// open returns what the listener tells, nil where there is none.
func (s *metricsSettings) open() (*metrics.Set, error) {
	if s == nil {
		return nil, nil
	}
	set, err := metrics.Listen(s.listen, s.path)
	if err != nil {
		return nil, &strictjson.Error{
			File: settingsPlace + ": redact", Field: "metrics.listen", Reason: "cannot be listened on: " + err.Error(),
			Remedy: "free the address, or name another; the endpoints of a gateway can share one, with the same path",
		}
	}
	return set, nil
}
