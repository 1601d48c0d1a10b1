package check

import (
	"testing"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// FuzzCheck: nothing that somebody writes into a file makes the check fail.
func FuzzCheck(f *testing.F) {
	for _, code := range Codes() {
		if e := code.Example; e.File == "krakend.json" || e.File == "policy.json" {
			f.Add(`{ "version": 3, "endpoints": [{ "backend": [{ ` + e.Wrong + ` }], ` + e.Wrong + ` }] }`)
			f.Add(`{ "redaction_rules": [` + e.Wrong + `] }`)
			f.Add(e.Wrong)
		}
	}
	f.Add(`{"endpoints":[null,{"backend":[1,{"extra_config":{"plugin/req-resp-modifier":{"name":[1],"redact":{"policy":[]}}}}]}],"plugin":[]}`)
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := config.Parse("krakend.json", []byte(text))
		if err != nil {
			return
		}
		for _, check := range []func(*checker){
			func(c *checker) { c.krakend(doc) },
			func(c *checker) { c.policy(doc, doc.Root) },
		} {
			c := &checker{Options: Options{Folder: folder}, policies: map[string]string{}}
			check(c)
			for _, found := range c.result.Findings {
				if found.Severity == "" || found.Reason == "" || found.Remedy == "" || found.Line < 1 || found.Column < 1 {
					t.Errorf("incomplete: %+v", found)
				}
			}
		}
	})
}
