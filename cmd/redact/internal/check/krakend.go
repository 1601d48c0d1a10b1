package check

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// namespace is where KrakenD looks for request and response modifiers.
const namespace = "plugin/req-resp-modifier"

// Names of our modifiers.
const (
	redactRequest     = "redact-request"
	redactResponse    = "redact-response"
	responseBody      = "modifier/response-body"
	contentReplacer   = "content-replacer"
	requestGenerator  = "modifier/request-body-generator"
	bodyGenerator     = "modifier/body-generator"
	responseGenerator = "modifier/response-body-generator"
)

// modifier is what the check has to know of one of our modifiers.
type modifier struct {
	name string
	// plugin is the file that holds it.
	plugin string
	// onRequests tells that it works on requests, and so can be demanded by an
	// interlock.
	onRequests bool
}

var ours = []modifier{
	{redactRequest, "redact.so", true},
	{redactResponse, "redact.so", false},
	{responseBody, "response-body.so", false},
	{contentReplacer, "response-body.so", false},
	{requestGenerator, "body-generator.so", true},
	{bodyGenerator, "body-generator.so", true},
	{responseGenerator, "body-generator.so", false},
}

func ourNames() []string {
	var names []string
	for _, m := range ours {
		names = append(names, m.name)
	}
	return names
}

func modifierOf(name string) (modifier, bool) {
	i := slices.IndexFunc(ours, func(m modifier) bool { return m.name == name })
	if i < 0 {
		return modifier{}, false
	}
	return ours[i], true
}

// level is where a scope stands.
type level string

const (
	service  level = "service"
	endpoint level = "endpoint"
	backend  level = "backend"
)

// scope is an extra_config with the modifiers in it.
type scope struct {
	level level
	// owner is the endpoint or backend, extra its extra_config.
	owner, extra *config.Node
	// settings is the object with the names and settings of modifiers.
	settings *config.Node
	names    []string
}

func newScope(l level, owner *config.Node) scope {
	s := scope{level: l, owner: owner, extra: owner.Get("extra_config")}
	s.settings = s.extra.Get(namespace)
	s.names = s.settings.Get("name").Strings()
	return s
}

func (s scope) has(name string) bool { return slices.Contains(s.names, name) }

// hasOurs tells whether one of our modifiers is named that the filter takes.
func (s scope) hasOurs(filter func(modifier) bool) bool {
	return slices.ContainsFunc(s.names, func(name string) bool {
		m, ok := modifierOf(name)
		return ok && filter(m)
	})
}

func anyModifier(modifier) bool       { return true }
func requestModifier(m modifier) bool { return m.onRequests }

// krakendCheck is the check of one configuration.
type krakendCheck struct {
	*checker
	doc  *config.Document
	root *config.Node
}

// route is an endpoint or an asynchronous agent, with its backends.
type route struct {
	scope
	backends []scope
}

// all returns the scopes of the route.
func (r route) all() []scope { return append([]scope{r.scope}, r.backends...) }

func (r route) anyHas(name string) bool {
	return slices.ContainsFunc(r.all(), func(s scope) bool { return s.has(name) })
}

// krakend checks a configuration of KrakenD.
func (c *checker) krakend(doc *config.Document) {
	k := &krakendCheck{checker: c, doc: doc, root: doc.Root}
	routes := k.routes()
	k.repeatedKeys()
	for _, s := range k.scopes(routes) {
		k.namespaces(s)
		k.settings(s, k.modifierNames(s))
		k.replacements(s)
	}
	for _, r := range routes {
		if !slices.ContainsFunc(r.all(), func(s scope) bool { return s.hasOurs(anyModifier) }) {
			continue
		}
		k.placement(r)
		k.interlocks(r)
		k.expressions(r)
		k.headers(r)
		k.encodings(r)
		k.limits(r)
	}
	k.plugin(routes)
	k.service(routes)
	k.secrets()
}

func (k *krakendCheck) routes() []route {
	var routes []route
	for _, list := range []string{"endpoints", "async_agent"} {
		for _, e := range k.root.Get(list).List() {
			r := route{scope: newScope(endpoint, e)}
			for _, b := range e.Get("backend").List() {
				r.backends = append(r.backends, newScope(backend, b))
			}
			routes = append(routes, r)
		}
	}
	return routes
}

func (k *krakendCheck) scopes(routes []route) []scope {
	list := []scope{newScope(service, k.root)}
	for _, r := range routes {
		list = append(list, r.all()...)
	}
	return list
}

// repeatedKeys reports keys that stand twice in one object.
func (k *krakendCheck) repeatedKeys() {
	k.root.Walk(func(n *config.Node) {
		seen := map[string]bool{}
		for _, f := range n.Fields() {
			if seen[f.Key] && !isComment(f.Key) {
				k.at("KR005", k.doc, f, fmt.Sprintf("%q stands twice in one object, and KrakenD takes the last", f.Key), "")
			}
			seen[f.Key] = true
		}
	})
}

func isComment(key string) bool { return key != "" && strings.IndexByte("@$_#", key[0]) >= 0 }

// namespaces reports what stands in an extra_config and does nothing there.
func (k *krakendCheck) namespaces(s scope) {
	for _, f := range s.extra.Fields() {
		meant, near := misspelt(f.Key, []string{namespace})
		_, mine := modifierOf(f.Key)
		switch {
		case near && f.Get("name") != nil:
			k.at("KR041", k.doc, f, fmt.Sprintf("KrakenD does not know the namespace %q and ignores it", f.Key), `write "`+meant+`"`)
		case f.Key == namespace && s.level == service && slices.ContainsFunc(f.Get("name").Strings(), func(n string) bool { _, ok := modifierOf(n); return ok }):
			k.at("KR041", k.doc, f, "modifiers at the service level are ignored", "move them to the backend")
		case f.Key == "redact" || f.Key == redactRequest || f.Key == redactResponse:
			k.at("KR041", k.doc, f, fmt.Sprintf("%q is no namespace of KrakenD, which ignores it", f.Key), `name the modifiers under "`+namespace+`", with the settings beside "name"`)
		case f.Key == "plugin/http-client" || f.Key == "plugin/http-server":
			k.wrongKind(f)
		case !k.Enterprise && config.EnterpriseOnly(f.Key):
			remedy := "remove it, or run KrakenD Enterprise and check with --enterprise"
			if mine {
				remedy = fmt.Sprintf("put it one level deeper: \"%s\": { \"name\": [%q], %q: { … } }; or check with --enterprise", namespace, f.Key, f.Key)
			}
			k.at("KR049", k.doc, f, fmt.Sprintf("%q belongs to KrakenD Enterprise; the free edition ignores it without a word", f.Key), remedy)
		}
	}
}

// wrongKind reports our modifiers where KrakenD looks for other plugins.
func (k *krakendCheck) wrongKind(f *config.Node) {
	names := f.Get("name").List()
	if one := f.Get("name"); one != nil && one.Kind == config.String {
		names = []*config.Node{one}
	}
	for _, n := range names {
		if _, ok := modifierOf(n.Str()); ok {
			k.at("KR041", k.doc, n, fmt.Sprintf("%s is a modifier, and %q loads plugins of another kind", n.Str(), f.Key), `name it under "`+namespace+`"`)
		}
	}
}

// settingsKeys are the keys of settings that stand beside "name".
var settingsKeys = []string{"redact", responseBody, contentReplacer, requestGenerator, bodyGenerator, responseGenerator}

// modifierNames reports names and keys that are nearly those of our modifiers,
// and tells whether there are any.
func (k *krakendCheck) modifierNames(s scope) (found bool) {
	if name := s.settings.Get("name"); name != nil && name.Kind == config.String {
		if _, ok := modifierOf(name.Str()); ok {
			found = true
			k.at("KR040", k.doc, name, "name is a text, and KrakenD wants a list", fmt.Sprintf("write [%q]", name.Str()))
		}
	}
	for _, n := range s.settings.Get("name").List() {
		meant, near := misspelt(n.Str(), ourNames())
		if n.Str() == "redact" {
			meant, near = redactRequest+`", "`+redactResponse, true
		}
		if near {
			found = true
			k.at("KR040", k.doc, n, fmt.Sprintf("KrakenD knows no modifier %q and goes on without it", n.Str()), `write "`+meant+`"`)
		}
	}
	for _, f := range s.settings.Fields() {
		if f.Key == "name" || isComment(f.Key) || slices.Contains(s.names, f.Key) && !slices.Contains(ourNames(), f.Key) {
			continue
		}
		meant, near := misspelt(f.Key, settingsKeys)
		if f.Key == redactRequest || f.Key == redactResponse {
			meant, near = "redact", true
		}
		if near {
			found = true
			k.at("KR040", k.doc, f, fmt.Sprintf("no modifier reads settings under %q", f.Key), `write "`+meant+`"`)
		}
	}
	return found
}

// placement reports modifiers that do not run when it matters.
func (k *krakendCheck) placement(r route) {
	if r.hasOurs(anyModifier) && len(r.backends) > 1 {
		k.at("KR045", k.doc, r.settings, fmt.Sprintf("the endpoint has %d backends: when one of them fails, KrakenD skips the endpoint's modifiers of answers and sends what the others gave", len(r.backends)), "")
	}
	for _, b := range r.backends {
		if r.has(redactRequest) && b.has(redactRequest) {
			k.at("KR046", k.doc, b.settings, "redact-request runs at the endpoint, too: its note opens this backend's interlock even if this one does not run", "")
		}
	}
}

// interlocks reports backends that get requests even if a modifier did not run.
func (k *krakendCheck) interlocks(r route) {
	for _, b := range r.backends {
		if !r.hasOurs(requestModifier) && !b.hasOurs(requestModifier) {
			continue
		}
		cel := b.extra.Get("validation/cel")
		if k.brokenCEL(b, cel) {
			continue
		}
		for _, name := range append(slices.Clone(r.names), b.names...) {
			if m, ok := modifierOf(name); ok && m.onRequests && !demanded(cel, name) {
				at := b.settings
				if at == nil {
					at = b.owner
				}
				k.at("KR047", k.doc, at, "nothing demands that "+name+" has run: without the plugin, requests go out as they are",
					fmt.Sprintf(`add to the backend's "validation/cel": { "check_expr": "'%s' in req_params" }`, name))
			}
		}
	}
}

// brokenCEL reports a list of expressions that KrakenD drops without a word.
func (k *krakendCheck) brokenCEL(b scope, cel *config.Node) bool {
	if cel == nil {
		for _, f := range b.extra.Fields() {
			if meant, near := misspelt(f.Key, []string{"validation/cel"}); near {
				k.at("KR048", k.doc, f, fmt.Sprintf("KrakenD does not know the namespace %q and ignores it", f.Key), `write "`+meant+`"`)
				return true
			}
		}
		return false
	}
	if cel.Kind != config.Array {
		k.at("KR048", k.doc, cel, "validation/cel is no list, and KrakenD ignores it", "")
		return true
	}
	for _, item := range cel.List() {
		if item.Get("check_expr").Str() == "" {
			k.at("KR048", k.doc, item, "an expression stands under no check_expr, and KrakenD ignores it", "")
			return true
		}
	}
	return false
}

// demanded tells whether an expression asks for the note of a modifier.
func demanded(cel *config.Node, name string) bool {
	return slices.ContainsFunc(cel.List(), func(item *config.Node) bool {
		expression := item.Get("check_expr").Str()
		return strings.Contains(expression, "req_params") &&
			(strings.Contains(expression, "'"+name+"'") || strings.Contains(expression, `"`+name+`"`))
	})
}

// encodings reports encodings under which answers get lost.
func (k *krakendCheck) encodings(r route) {
	output := r.owner.Get("output_encoding")
	raw := output.Str() == "no-op" || output == nil && k.root.Get("output_encoding").Str() == "no-op"
	if raw && len(r.backends) > 1 {
		k.at("KR059", k.doc, r.owner.Find("output_encoding"), "no-op takes one backend only, and KrakenD does not start", "give each backend an endpoint of its own")
	}
	for _, b := range r.backends {
		encoding := b.owner.Get("encoding")
		if b.hasOurs(anyModifier) && encoding.Str() == "no-op" && !raw {
			k.at("KR059", k.doc, encoding, "the backend's answer is passed on raw, but the endpoint encodes it anew: callers get an empty object", "")
		}
	}
}

// defaultMaxBody is the default of max_body_bytes.
const defaultMaxBody = 10 << 20

// limits reports bodies that KrakenD lets in and redact refuses.
func (k *krakendCheck) limits(r route) {
	limit := r.extra.Get("proxy", "max_payload")
	if limit == nil {
		limit = k.root.Get("extra_config", "router", "max_payload")
	}
	size, ok := limit.Int()
	if !ok || size <= 0 {
		return
	}
	for _, s := range r.all() {
		if !s.has(redactRequest) {
			continue
		}
		bytes, ok := s.settings.Get("redact", "max_body_bytes").Int()
		if !ok {
			bytes = defaultMaxBody
		}
		if size > bytes {
			k.at("KR053", k.doc, limit, fmt.Sprintf("max_payload is %d, but redact reads bodies of at most %d bytes and refuses larger ones with 413", size, bytes), "")
		}
	}
}

// hostsOf returns the names of a backend's hosts.
func (k *krakendCheck) hostsOf(b scope) []string {
	list := b.owner.Get("host")
	if list == nil {
		list = k.root.Get("host")
	}
	var hosts []string
	for _, h := range list.Strings() {
		if u, err := url.Parse(h); err == nil {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	return hosts
}
