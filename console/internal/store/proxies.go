package store

import (
	"context"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Proxy is a protected endpoint: what people want it to run and what gateways
// say that it runs.
type Proxy struct {
	Name string
	// Policy and Number are the version that is assigned to it, empty for none:
	// its gateways then decide for themselves.
	Policy     string
	Number     int
	AssignedBy string
	AssignedAt time.Time
	// Reports say what it runs, one for each gateway, sorted by gateway.
	Reports []ProxyReport
}

// ProxyReport is what one gateway has said last about a proxy.
type ProxyReport struct {
	audit.ProxyStatus
	Gateway string
	Seen    time.Time
}

// Gateway is a gateway instance, as it has reported last.
type Gateway struct {
	Name    string
	Version string
	// Started is when it started and Seen when it wrote its last status.
	Started, Seen time.Time
	// Dropped is how many audit lines it has lost since it started.
	Dropped int64
	// Proxies are the names of those that it protects, sorted.
	Proxies []string
}

// Proxies returns all proxies that a gateway has reported or that a policy was
// assigned to, sorted by name.
func (s *Store) Proxies(ctx context.Context) ([]Proxy, error) { return nil, errUnfinished }

// Proxy returns one proxy. It fails with [ErrNotFound].
func (s *Store) Proxy(ctx context.Context, name string) (Proxy, error) {
	return Proxy{}, errUnfinished
}

// AssignPolicy assigns a version of a policy to a proxy, which need not have been
// reported yet; an empty policy takes the assignment back. It fails with
// [ErrNotFound] when there is no such version.
func (s *Store) AssignPolicy(ctx context.Context, by, proxy, policy string, number int) error {
	return errUnfinished
}

// DeleteProxy forgets a proxy and what was reported of it. It comes back when a
// gateway reports it again. It fails with [ErrNotFound].
func (s *Store) DeleteProxy(ctx context.Context, by, name string) error { return errUnfinished }

// Gateways returns all gateways, sorted by name.
func (s *Store) Gateways(ctx context.Context) ([]Gateway, error) { return nil, errUnfinished }

// DeleteGateway forgets a gateway and its reports. It comes back with its next
// status. It fails with [ErrNotFound].
func (s *Store) DeleteGateway(ctx context.Context, by, name string) error { return errUnfinished }
