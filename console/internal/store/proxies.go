package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
func (s *Store) Proxies(ctx context.Context) ([]Proxy, error) { return s.proxies(ctx, "") }

// Proxy returns one proxy. It fails with [ErrNotFound].
func (s *Store) Proxy(ctx context.Context, name string) (Proxy, error) {
	proxies, err := s.proxies(ctx, name)
	if err != nil || len(proxies) == 0 {
		return Proxy{}, notFound(err)
	}
	return proxies[0], nil
}

// proxies returns the proxy with a name, or all.
func (s *Store) proxies(ctx context.Context, only string) ([]Proxy, error) {
	var named, reported conditions
	named.equal("name", only)
	reported.equal("proxy", only)
	var proxies []Proxy
	at := map[string]int{}
	rows, err := s.read.QueryContext(ctx, "SELECT name, policy, number, assigned_by, assigned_at FROM proxies"+named.where()+" ORDER BY name", named.args...)
	if err := each(rows, err, func(scan func(...any) error) error {
		var p Proxy
		var assigned int64
		err := scan(&p.Name, &p.Policy, &p.Number, &p.AssignedBy, &assigned)
		p.AssignedAt = timeOf(assigned)
		at[p.Name] = len(proxies)
		proxies = append(proxies, p)
		return err
	}); err != nil {
		return nil, err
	}
	rows, err = s.read.QueryContext(ctx, "SELECT proxy, gateway, seen, record FROM proxy_reports"+reported.where()+" ORDER BY gateway", reported.args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var r ProxyReport
		var proxy string
		var seen int64
		var text []byte
		if err := scan(&proxy, &r.Gateway, &seen, &text); err != nil {
			return err
		}
		r.Seen = timeOf(seen)
		if i, known := at[proxy]; known {
			proxies[i].Reports = append(proxies[i].Reports, r)
			return json.Unmarshal(text, &proxies[i].Reports[len(proxies[i].Reports)-1].ProxyStatus)
		}
		return nil
	})
	return proxies, err
}

// AssignPolicy assigns a version of a policy to a proxy, which need not have been
// reported yet; an empty policy takes the assignment back. It fails with
// [ErrNotFound] when there is no such version.
func (s *Store) AssignPolicy(ctx context.Context, by, proxy, policy string, number int) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		c := Change{Action: "proxy.assign", Object: "proxy/" + proxy}
		if policy == "" {
			number = 0
		} else {
			found, err := t.exists("SELECT 1 FROM policy_versions WHERE policy = $1 AND number = $2", policy, number)
			if err != nil || !found {
				return Change{}, notFound(err)
			}
			c.After = versionObject(policy, number)
		}
		var before string
		var beforeNumber int
		err := t.QueryRowContext(ctx, "SELECT policy, number FROM proxies WHERE name = $1", proxy).Scan(&before, &beforeNumber)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Change{}, err
		}
		if before != "" {
			c.Before = versionObject(before, beforeNumber)
		}
		return c, t.exec(`INSERT INTO proxies (name, policy, number, assigned_by, assigned_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (name) DO UPDATE SET policy = excluded.policy, number = excluded.number, assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at`,
			proxy, policy, number, by, time.Now().UnixMilli())
	})
}

// DeleteProxy forgets a proxy and what was reported of it. It comes back when a
// gateway reports it again. It fails with [ErrNotFound].
func (s *Store) DeleteProxy(ctx context.Context, by, name string) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		if err := t.execOne("DELETE FROM proxies WHERE name = $1", name); err != nil {
			return Change{}, err
		}
		return Change{Action: "proxy.delete", Object: "proxy/" + name}, t.exec("DELETE FROM proxy_reports WHERE proxy = $1", name)
	})
}

// Gateways returns all gateways, sorted by name.
func (s *Store) Gateways(ctx context.Context) ([]Gateway, error) {
	proxies := map[string][]string{}
	rows, err := s.read.QueryContext(ctx, "SELECT gateway, proxy FROM proxy_reports ORDER BY proxy")
	if err := each(rows, err, func(scan func(...any) error) error {
		var gateway, proxy string
		err := scan(&gateway, &proxy)
		proxies[gateway] = append(proxies[gateway], proxy)
		return err
	}); err != nil {
		return nil, err
	}
	var gateways []Gateway
	rows, err = s.read.QueryContext(ctx, "SELECT name, version, started, seen, dropped FROM gateways ORDER BY name")
	err = each(rows, err, func(scan func(...any) error) error {
		var g Gateway
		var started, seen int64
		err := scan(&g.Name, &g.Version, &started, &seen, &g.Dropped)
		g.Started, g.Seen, g.Proxies = timeOf(started), timeOf(seen), proxies[g.Name]
		gateways = append(gateways, g)
		return err
	})
	return gateways, err
}

// DeleteGateway forgets a gateway and its reports. It comes back with its next
// status. It fails with [ErrNotFound].
func (s *Store) DeleteGateway(ctx context.Context, by, name string) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		if err := t.execOne("DELETE FROM gateways WHERE name = $1", name); err != nil {
			return Change{}, err
		}
		return Change{Action: "gateway.delete", Object: "gateway/" + name}, t.exec("DELETE FROM proxy_reports WHERE gateway = $1", name)
	})
}
