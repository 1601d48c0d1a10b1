package modifiers

import (
	"fmt"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/profile"
	"github.com/krakend-redact/krakend-redact/internal/redact"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// redactSettings are the settings under "redact".
type redactSettings struct {
	policy *policy.Policy
	// sources are the files that the policy was read from, nil for one that
	// stands in the settings.
	sources *policy.Sources
	// reload is how often they are looked at, 0 for never. Default: 5 s.
	reload time.Duration
	// proxy is the name that people know the endpoint by. Default: none.
	proxy string
	// options say what is looked into; see redact.Options for the defaults.
	options redact.Options
	// headers are the names of headers to mask, in lower case. Default: none.
	headers map[string]bool
	// query are the names of query parameters to mask. nil, the default: all.
	query map[string]bool
	// answer says how answers are restored; see redact.AnswerOptions.
	answer redact.AnswerOptions
	// metrics says where to tell Prometheus. Default: nowhere.
	metrics *metricsSettings
	// audit are the settings of audit log and alerts, and log is what they are
	// written to.
	audit *auditSettings
	log   *audit.Log
	// observe is told of every event; nil for nobody.
	observe func(*audit.Event)
	// passOnError passes on what cannot be looked into. Default: refuse it.
	passOnError bool
}

// settingsPlace is what errors call the place of settings, which have no file
// of their own.
const settingsPlace = "plugin/req-resp-modifier"

// defaultMaxBody is the default of max_body_bytes: 10 MiB.
const defaultMaxBody = 10 << 20

// Default and least of reload_interval.
const (
	defaultReload = 5 * time.Second
	minReload     = time.Second
)

// autoProfile finds the wire format out from path and body.
const autoProfile = "auto"

var grammars = map[string]placeholder.Grammar{
	"standard": placeholder.Tolerant, "aggressive": placeholder.Aggressive, "strict": placeholder.Strict,
}

// readRedactSettings reads the settings, and sees to it that they take effect.
func readRedactSettings(extra map[string]interface{}) (*redactSettings, error) {
	if err := checkScope(extra); err != nil {
		return nil, err
	}
	s, err := parseRedactSettings(extra)
	if err != nil {
		return nil, err
	}
	return s, checkPair(extra, s.policy)
}

func parseRedactSettings(extra map[string]interface{}) (*redactSettings, error) {
	inner, ok := extra["redact"]
	if !ok {
		return nil, &strictjson.Error{
			File: settingsPlace, Field: "redact", Reason: "is missing, so there is no policy",
			Remedy: `add "redact": { "policy": "path/to/policy.json" } beside "name"`,
		}
	}
	o, err := strictjson.Value(settingsPlace+": redact", inner)
	if err != nil {
		return nil, err
	}
	s := &redactSettings{options: redact.Options{MaxBytes: defaultMaxBody}, reload: defaultReload}
	onError, format, tolerant, inURLs := "refuse", autoProfile, "standard", "known_hosts"
	var headers, query, fields, urlHosts []string
	o.String("proxy", &s.proxy)
	o.Int("max_body_bytes", &s.options.MaxBytes, 1)
	o.Choice("on_error", &onError, "refuse", "pass")
	o.Strings("headers", &headers)
	o.Strings("query", &query)
	o.Strings("fields", &fields)
	o.Choice("profile", &format, append([]string{autoProfile}, profile.Names()...)...)
	o.Choice("tolerant", &tolerant, "standard", "aggressive", "strict")
	o.Choice("restore_in_urls", &inURLs, "known_hosts", "listed_hosts", "always", "never")
	o.Strings("url_hosts", &urlHosts)
	o.Bool("keys", &s.options.Keys)
	o.Bool("allow_binary", &s.options.AllowBinary)
	s.audit = readAudit(o)
	if format != autoProfile {
		s.options.Profile = format
	}
	s.answer = redact.AnswerOptions{
		MaxBytes: s.options.MaxBytes,
		Profile:  s.options.Profile,
		Grammar:  grammars[tolerant],
		Links:    placeholder.Links{Always: inURLs == "always", Never: inURLs == "never", Listed: inURLs == "listed_hosts"},
	}
	for i, host := range urlHosts {
		if strings.ContainsAny(host, "/:@*") {
			o.Fail(fmt.Sprintf("url_hosts[%d]", i), "is not a host name", `write a name such as "wiki.example.com", without scheme, port or path`)
		}
		s.answer.Links.Hosts = append(s.answer.Links.Hosts, strings.ToLower(host))
	}
	s.passOnError = onError == "pass"
	s.headers = setOf(headers, strings.ToLower)
	if o.Has("query") {
		s.query = setOf(query, strings.TrimSpace)
	}
	for i, f := range fields {
		path, err := fieldpath.Compile(f)
		if err != nil {
			o.Fail(fmt.Sprintf("fields[%d]", i), err.Error(), `write a path such as "messages.*.content"`)
			break
		}
		s.options.Fields = append(s.options.Fields, path)
	}
	if o.Has("fields") && len(fields) == 0 {
		o.Fail("fields", "is empty, so no field would be looked into", "name the fields, or leave it out for the default")
	}
	s.metrics = readMetrics(o)
	policy.ReadDuration(o, "reload_interval", &s.reload, 0)
	if s.reload != 0 && s.reload < minReload {
		o.Fail("reload_interval", "is shorter than one second", `write "1s" or more, or "0s" for never`)
	}
	place, text := o.Raw("policy"), o.IsString("policy")
	switch {
	case place == nil:
		o.Missing("policy", "name a policy file, or write the policy here")
	case text:
		var file string
		o.String("policy", &file)
		if err := o.Close(); err != nil {
			return nil, err
		}
		s.policy, s.sources, err = policy.LoadSources(file)
		return s, err
	}
	if err := o.Close(); err != nil {
		return nil, err
	}
	s.policy, err = policy.Parse(settingsPlace+": redact.policy", "inline", place)
	return s, err
}

func setOf(names []string, spell func(string) string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[spell(n)] = true
	}
	return set
}

// label is how log lines call the scope.
func (s *redactSettings) label() string {
	if s.proxy == "" {
		return policyLabel(s.policy)
	}
	return fmt.Sprintf("proxy %q, %s", s.proxy, policyLabel(s.policy))
}

// announce tells at start which policy applies. KrakenD does not tell a
// modifier its scope; its own next DEBUG line does.
func (s *redactSettings) announce(log lurax.Logger, slow []detect.SlowRule) {
	var names []string
	for _, r := range s.policy.Rules {
		names = append(names, r.Name)
	}
	log.Info(fmt.Sprintf("%s: %s from %s applies with %d rules: %s", redactRequestName, s.label(), s.policy.Source, len(names), strings.Join(names, ", ")))
	for _, rule := range slow {
		log.Warning(fmt.Sprintf("%s: %s: rule %q is slow: it %s; %s", redactRequestName, s.label(), names[rule.Rule], rule.Reason, rule.Remedy))
	}
	if s.policy.Mode == policy.Test {
		log.Warning(fmt.Sprintf("%s: %s: mode test: NOTHING IS MASKED, findings are only counted", redactRequestName, s.label()))
	}
}
