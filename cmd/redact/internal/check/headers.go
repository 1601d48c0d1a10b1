package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// providers are the headers without which a provider refuses requests. Of several
// in one entry, one will do; key is the query parameter that serves as well.
var providers = []struct {
	host    string
	headers [][]string
	key     string
}{
	{"api.openai.com", [][]string{{"Authorization"}}, ""},
	{"openai.azure.com", [][]string{{"Api-Key", "Authorization"}}, ""},
	{"api.anthropic.com", [][]string{{"X-Api-Key", "Authorization"}, {"Anthropic-Version"}}, ""},
	{"generativelanguage.googleapis.com", [][]string{{"X-Goog-Api-Key", "Authorization"}}, "key"},
	{"api.mistral.ai", [][]string{{"Authorization"}}, ""},
}

// headers reports headers and query parameters that go out and should not, or
// should and do not.
func (k *krakendCheck) headers(r route) {
	list := r.owner.Get("input_headers")
	forwards := func(name string) bool { return containsFold(list.Strings(), name) || containsFold(list.Strings(), "*") }
	masked := false
	for _, b := range r.backends {
		onRequests := r.hasOurs(requestModifier) || b.hasOurs(requestModifier)
		redacts := r.has(redactRequest) || b.has(redactRequest)
		masked = masked || redacts
		martian := b.extra.Get("modifier/martian")
		if redacts && list != nil {
			k.callersHeaders(r, list, martian)
		}
		if onRequests && len(list.List()) > 0 && !forwards("Content-Type") && sendsBody(r.owner) {
			k.at("KR055", k.doc, list, "Content-Type is not in input_headers, so neither the modifiers nor the provider learn what the body is", `add "Content-Type"`)
		}
		if redacts {
			k.providersHeaders(r, b, list, forwards, martian)
		}
		if !redacts && forwards("Accept-Encoding") && slices.ContainsFunc([]scope{r.scope, b}, func(s scope) bool {
			return s.has(responseBody) || s.has(contentReplacer) || s.has(responseGenerator)
		}) {
			k.at("KR056", k.doc, list, "Accept-Encoding goes to the backend, which may then answer in a coding that the modifiers of answers cannot read", "")
		}
	}
	if query := r.owner.Get("input_query_strings"); masked && slices.Contains(query.Strings(), "*") {
		k.at("KR057", k.doc, query, "all query parameters of callers go to the provider", "")
	}
}

// callersHeaders reports credentials of callers that reach the provider.
func (k *krakendCheck) callersHeaders(r route, list, martian *config.Node) {
	all := containsFold(list.Strings(), "*")
	var leaks []string
	for _, name := range []string{"Authorization", "Cookie"} {
		// A named Authorization is the caller's own key for the provider, unless
		// it is what KrakenD knows the caller by.
		asked := containsFold(list.Strings(), name) && r.extra.Get("auth/validator") != nil
		if (all || asked) && !takesOff(martian, name) {
			leaks = append(leaks, name)
		}
	}
	if len(leaks) > 0 {
		k.at("KR054", k.doc, list, "callers' "+strings.Join(leaks, " and ")+" reach the provider", "")
	}
}

// providersHeaders reports what a known provider will miss.
func (k *krakendCheck) providersHeaders(r route, b scope, list *config.Node, forwards func(string) bool, martian *config.Node) {
	for _, p := range providers {
		if !slices.ContainsFunc(k.hostsOf(b), func(h string) bool { return h == p.host || strings.HasSuffix(h, "."+p.host) }) {
			continue
		}
		at := list
		if at == nil {
			at = r.owner.Find("endpoint")
		}
		for _, names := range p.headers {
			inQuery := p.key != "" && names[0] != "Anthropic-Version" &&
				(slices.Contains(r.owner.Get("input_query_strings").Strings(), p.key) || strings.Contains(b.owner.Get("url_pattern").Str(), p.key+"="))
			if inQuery || slices.ContainsFunc(names, func(n string) bool {
				return forwards(n) || sets(martian, n) || b.extra.Get("auth/client-credentials") != nil || k.Enterprise && b.extra.Get("ai/llm") != nil
			}) {
				continue
			}
			k.at("KR055", k.doc, at, fmt.Sprintf("%s wants the header %s, which is neither in input_headers nor set by modifier/martian", p.host, strings.Join(names, " or ")), "")
		}
	}
}

// sendsBody tells whether callers of an endpoint send bodies.
func sendsBody(endpoint *config.Node) bool {
	method := strings.ToUpper(endpoint.Get("method").Str())
	return method == "POST" || method == "PUT" || method == "PATCH"
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// takesOff tells whether Martian removes or overwrites a header.
func takesOff(martian *config.Node, name string) bool {
	found := sets(martian, name)
	martian.Walk(func(n *config.Node) {
		if n.Key == "header.Blacklist" && containsFold(n.Get("names").Strings(), name) {
			found = true
		}
	})
	return found
}

// sets tells whether Martian gives a header a value.
func sets(martian *config.Node, name string) bool {
	found := false
	martian.Walk(func(n *config.Node) {
		if (n.Key == "header.Modifier" || n.Key == "header.Append") && strings.EqualFold(n.Get("name").Str(), name) {
			found = true
		}
	})
	return found
}
