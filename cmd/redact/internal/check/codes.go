package check

import (
	"fmt"
	"slices"
	"strings"
)

// Code is one kind of finding. Its text is a page of the documentation, and its
// example is what the tests run.
type Code struct {
	// ID is what findings name, such as KR047.
	ID       string
	Severity Severity
	// Title says in a few words what is wrong.
	Title string
	// Why says what comes of it, in Markdown.
	Why string
	// Remedy says how to mend it, in one line.
	Remedy  string
	Example Example
}

// Example is a text with the mistake, and the same without it.
type Example struct {
	// File is what the text is called.
	File string
	// In is where in the file it stands: one of frames, empty for all of it.
	In           frame
	Wrong, Right string
	// Missing tells that the file with the mistake is not there.
	Missing bool
}

// frame is the rest of a file that an example is a part of.
type frame string

// The frames. What a page shows goes in the place of %s.
const (
	inBackend  frame = "in a backend"
	inEndpoint frame = "in an endpoint"
	inRoot     frame = "at the root"
	inRules    frame = "in redaction_rules"
)

const soundRoot = `"version": 3, "extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }, "plugin": { "pattern": ".so", "folder": "plugins/" }`

var frames = map[frame]string{
	"":         "%s",
	inBackend:  `{ ` + soundRoot + `, "endpoints": [{ "endpoint": "/chat", "method": "POST", "backend": [{ "url_pattern": "/chat", "host": ["http://llm"], %s }] }] }`,
	inEndpoint: `{ ` + soundRoot + `, "endpoints": [{ "endpoint": "/chat", "method": "POST", %s }] }`,
	inRoot:     `{ "version": 3, %s, "endpoints": [{ "endpoint": "/chat", "method": "POST", "backend": [{ "url_pattern": "/chat", "host": ["http://llm"], ` + masked + ` }] }] }`,
	inRules:    `{ "redaction_rules": [%s] }`,
}

// masked is a backend as it should be.
const masked = `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json" }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`

// Codes returns all codes in the order of their numbers.
func Codes() []Code {
	return slices.Concat(fileCodes, policyCodes, krakendCodes, serviceCodes, settingsCodes, containerCodes)
}

// Lookup returns the code with a number, in any case.
func Lookup(id string) (Code, bool) {
	for _, c := range Codes() {
		if strings.EqualFold(c.ID, id) {
			return c, true
		}
	}
	return Code{}, false
}

// PageURL returns the address of the page in the project's documentation.
func (c Code) PageURL() string {
	return "https://github.com/krakend-redact/krakend-redact/blob/main/docs/checks/" + c.ID + ".md"
}

// Page returns the documentation of the code, in Markdown.
func (c Code) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\nSeverity: %s\n\n%s\n\n## Example\n\n", c.ID, c.Title, c.Severity, c.Why)
	at := "`" + c.Example.File + "`"
	if c.Example.In != "" {
		at += ", " + string(c.Example.In)
	}
	if c.Example.Missing {
		fmt.Fprintf(&b, "%s is not there.\n", at)
	} else {
		fmt.Fprintf(&b, "Wrong (%s):\n\n%s\nRight:\n\n%s", at, c.Example.fenced(c.Example.Wrong), c.Example.fenced(c.Example.Right))
	}
	fmt.Fprintf(&b, "\n## Remedy\n\n%s.\n", strings.ToUpper(c.Remedy[:1])+c.Remedy[1:])
	return b.String()
}

func (e Example) fenced(text string) string {
	language := "json"
	switch {
	case strings.HasSuffix(e.File, ".yml"):
		language = "yaml"
	case e.File == "Dockerfile":
		language = "dockerfile"
	}
	return "```" + language + "\n" + text + "\n```\n"
}

// Index returns the list of all codes, in Markdown.
func Index() string {
	var b strings.Builder
	b.WriteString("# What redact check finds\n\nEach finding of [redact check](../cli.md#redact-check) has one of these codes. `redact explain CODE` prints the page.\nThese pages are made from the code of the check: `go test ./internal/check -update` in `cmd/redact` writes them anew.\n\nAn error stops the gateway or lets data pass unmasked; a warning is likely to be a mistake; an info is worth knowing.\n\n| code | severity | what is wrong |\n|---|---|---|\n")
	for _, c := range Codes() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", c.ID, c.ID, c.Severity, c.Title)
	}
	return b.String()
}
