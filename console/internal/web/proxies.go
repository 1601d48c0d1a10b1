package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// proxiesData is what the page of proxies shows.
type proxiesData struct {
	Proxies  []proxyRow
	Gateways []gatewayRow
	// Versions are what can be assigned, the newest of each policy first.
	Versions  []versionChoice
	Publishes bool
}

// File is where a proxy's policy is published, for the settings of its gateways.
func (p proxyRow) File() string { return publish.ProxyFile(p.Name) }

// versionChoice is a version of a policy in a list to choose from.
type versionChoice struct {
	Policy string
	Number int
}

// Value is the choice as a form sends it. The number comes first: a policy's name
// may hold anything.
func (c versionChoice) Value() string { return strconv.Itoa(c.Number) + " " + c.Policy }

// proxyRow is a proxy as the page shows it.
type proxyRow struct {
	store.Proxy
	Reports []reportRow
}

// reportRow is what one gateway runs at a proxy.
type reportRow struct {
	store.ProxyReport
	Silent bool
	// Differs: it is not what was assigned.
	Differs bool
}

// Assigned is the version that is assigned, as a form sends it.
func (p proxyRow) Assigned() string {
	if p.Policy == "" {
		return ""
	}
	return versionChoice{p.Policy, p.Number}.Value()
}

func (s *Server) proxiesPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	ctx := r.Context()
	proxies, err := s.Store.Proxies(ctx)
	if err != nil {
		return err
	}
	gateways, err := s.Store.Gateways(ctx)
	if err != nil {
		return err
	}
	data := proxiesData{Publishes: s.Publisher != nil}
	now := s.Now()
	for _, proxy := range proxies {
		row := proxyRow{Proxy: proxy}
		digest := ""
		if proxy.Policy != "" {
			version, err := s.Store.PolicyVersion(ctx, proxy.Policy, proxy.Number)
			if err != nil {
				return err
			}
			digest = version.Digest
		}
		for _, report := range proxy.Reports {
			row.Reports = append(row.Reports, reportRow{
				ProxyReport: report, Silent: now.Sub(report.Seen) > silentAfter, Differs: digest != "" && digest != report.Policy.Digest,
			})
		}
		data.Proxies = append(data.Proxies, row)
	}
	for _, gateway := range gateways {
		data.Gateways = append(data.Gateways, gatewayRow{gateway, now.Sub(gateway.Seen) > silentAfter})
	}
	if v.may(store.Editor) {
		if data.Versions, err = s.versionChoices(r); err != nil {
			return err
		}
	}
	s.render(w, r, v, http.StatusOK, "proxies", "Proxies", data)
	return nil
}

// versionsShown is how many versions of each policy can be chosen; older ones
// are applied by saving them again.
const versionsShown = 10

// versionChoices lists the newest versions of all policies.
func (s *Server) versionChoices(r *http.Request) ([]versionChoice, error) {
	policies, err := s.Store.Policies(r.Context())
	if err != nil {
		return nil, err
	}
	var choices []versionChoice
	for _, policy := range policies {
		for number := policy.Latest.Number; number > max(0, policy.Latest.Number-versionsShown); number-- {
			choices = append(choices, versionChoice{policy.Latest.Policy, number})
		}
	}
	return choices, nil
}

// proxyName tells whether a gateway may report a proxy by a name: package ingest
// cuts longer ones.
func proxyName(name string) bool {
	return name != "" && len(name) <= 256 && !strings.ContainsFunc(name, unicode.IsControl)
}

// assignPolicy says which version of a policy a proxy is to run.
func (s *Server) assignPolicy(w http.ResponseWriter, r *http.Request, v *visitor) error {
	proxy := strings.TrimSpace(r.PostFormValue("proxy"))
	if !proxyName(proxy) {
		return refuse(http.StatusBadRequest, "Name the proxy, in at most 256 bytes and one line.")
	}
	chosen, code := versionChoice{}, "taken"
	if value := r.PostFormValue("version"); value != "" {
		number, policy, ok := strings.Cut(value, " ")
		count, err := strconv.Atoi(number)
		if !ok || err != nil || count < 1 {
			return refuse(http.StatusBadRequest, "There is no such version.")
		}
		chosen, code = versionChoice{policy, count}, "assigned"
	}
	var version store.PolicyVersion
	if chosen.Policy != "" {
		var err error
		if version, err = s.Store.PolicyVersion(r.Context(), chosen.Policy, chosen.Number); err != nil {
			return err
		}
	}
	// One after the other: the file must be that of who assigned last.
	s.assigning.Lock()
	defer s.assigning.Unlock()
	if err := s.Store.AssignPolicy(r.Context(), v.User.Name, proxy, chosen.Policy, chosen.Number); err != nil {
		return err
	}
	if err := s.publishProxy(r, v, proxy, version); err != nil {
		return err
	}
	return redirect(w, r, "/proxies", code)
}

// forgetProxy deletes a proxy that is there no more.
func (s *Server) forgetProxy(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := s.Store.DeleteProxy(r.Context(), v.User.Name, r.PostFormValue("proxy")); err != nil {
		return err
	}
	return redirect(w, r, "/proxies", "forgotten")
}

// forgetGateway deletes a gateway that is there no more.
func (s *Server) forgetGateway(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := s.Store.DeleteGateway(r.Context(), v.User.Name, r.PostFormValue("gateway")); err != nil {
		return err
	}
	return redirect(w, r, "/proxies", "forgotten")
}
