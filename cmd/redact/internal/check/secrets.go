package check

import (
	"regexp"
	"strings"
	"sync"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// keyPolicy finds keys by what their issuers make them look like. What only looks
// like some secret would be found in much that is none.
const keyPolicy = `{"packs": ["secrets"], "redaction_rules": [
	{"name": "1", "detector": "password", "enabled": false},
	{"name": "2", "detector": "generic_secret", "enabled": false},
	{"name": "` + prefixed + `", "pattern": "\\bsk-[0-9A-Za-z_-]{16,}", "case_sensitive": true}]}`

// prefixed is what a key is called that only begins as those of several providers.
const prefixed = "key of an LLM provider (sk-…)"

// keyFinder finds keys in a text.
type keyFinder struct {
	engine *detect.Engine
	rules  []policy.Rule
}

var keys = sync.OnceValue(func() *keyFinder {
	p, err := policy.Parse("keys", "keys", []byte(keyPolicy))
	if err != nil {
		return nil
	}
	engine, err := detect.Compile(p)
	if err != nil {
		return nil
	}
	return &keyFinder{engine, p.Rules}
})

// kinds returns what keys a text holds, by what they are called.
func (f *keyFinder) kinds(text string, written func(key string) bool) []string {
	var list []string
	for _, found := range f.engine.Find(nil, text) {
		kind, key := f.rules[found.Rule].Name, text[found.Start:found.End]
		if d, ok := detector.Lookup(f.rules[found.Rule].Detector); ok {
			kind = d.Title
		} else if !strings.ContainsAny(key, "0123456789") {
			continue // some name
		}
		if written(key) {
			list = append(list, kind)
		}
	}
	return list
}

// credentialHeaders are those that providers read keys from.
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "Ocp-Apim-Subscription-Key"}

// minKey is how long a key is at least, in bytes.
const minKey = 8

// noKey is what people write in a key's place.
var noKey = regexp.MustCompile(`^(?:[A-Z_]+|<.*>|\$.*|\*+|[xX.]+|…|.*(?:your|example|changeme|placeholder|dummy).*)$`)

// secrets reports keys that stand in the configuration. What comes from the
// environment is not written there.
func (k *krakendCheck) secrets() {
	finder := keys()
	written := func(key string) bool { return k.doc.Rendered == nil || k.doc.Rendered.Written(key) }
	k.root.Walk(func(n *config.Node) {
		if n.Kind != config.String || n.Text == "" {
			return
		}
		kinds := finder.kinds(n.Text, written)
		if header := n.Parent.Get("name").Str(); len(kinds) == 0 && n.Key == "value" && containsFold(credentialHeaders, header) {
			_, key, found := strings.Cut(n.Text, " ") // behind the scheme
			if !found {
				key = n.Text
			}
			if len(key) >= minKey && !noKey.MatchString(key) && written(key) {
				kinds = []string{"a credential in the header " + header}
			}
		}
		for _, kind := range kinds {
			k.at("KR058", k.doc, n, "holds a key in clear: "+kind, "")
		}
	})
}
