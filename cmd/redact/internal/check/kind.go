package check

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// kind is what a file is.
type kind int

const (
	unknownKind kind = iota
	jsonFile
	yamlFile
	dockerfile
	policyKind
	krakendKind
)

// kindOfName tells what a file is from its name.
func kindOfName(path string) kind {
	name := strings.ToLower(filepath.Base(path))
	switch ext := filepath.Ext(name); {
	case ext == ".json":
		return jsonFile
	case ext == ".yml" || ext == ".yaml":
		return yamlFile
	case strings.HasPrefix(name, "dockerfile") || ext == ".dockerfile" || strings.HasPrefix(name, "containerfile"):
		return dockerfile
	}
	return unknownKind
}

// policyFields are the fields that a policy alone has.
var policyFields = []string{"redaction_rules", "response_rules", "deny_terms", "unmask_for_user", "packs"}

// kindOf tells what a document is. A field that is nearly right counts, so that
// its mistake is told.
func kindOf(root *config.Node) kind {
	versioned := root.Get("version") != nil
	for _, list := range []string{"endpoints", "async_agent"} {
		if n := root.Get(list); n != nil && n.Kind == config.Array && (versioned || slices.ContainsFunc(n.Children, func(e *config.Node) bool { return e.Get("backend") != nil })) {
			return krakendKind
		}
	}
	for _, f := range root.Fields() {
		for _, known := range policyFields {
			if f.Key == known || len(known) > 6 && distance(f.Key, known) <= 2 {
				return policyKind
			}
		}
	}
	if versioned && (root.Get("extra_config") != nil || root.Get("plugin") != nil) {
		return krakendKind
	}
	return unknownKind
}

var rootField = regexp.MustCompile(`(?m)^\s*"endpoints"\s*:`)

// looksLikeRoot tells whether a template is one that KrakenD is started with, and
// not a part of one. The version may come out of another template.
func looksLikeRoot(text []byte) bool {
	return rootField.Match(text) && (bytes.Contains(text, []byte(`"version"`)) || bytes.Contains(text, []byte("template ")))
}

// distance is how many letters have to be put in, taken out or changed to make
// one word the other (V. Levenshtein, 1966).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := diagonal
			if a[i-1] != b[j-1] {
				changed++
			}
			diagonal = row[j]
			row[j] = min(changed, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// misspelt returns the word that a name was probably meant to be, if it is not
// one of them itself.
func misspelt(name string, words []string) (meant string, ok bool) {
	plain := func(s string) string {
		s = strings.NewReplacer("_", "", "-", "", ".", "", "/", "", " ", "").Replace(strings.ToLower(s))
		return strings.TrimSuffix(s, "s")
	}
	best := 3
	for _, w := range words {
		if name == w {
			return "", false
		}
		d := distance(strings.ToLower(name), w)
		if plain(name) == plain(w) {
			d = 0
		}
		if d < best && d*4 <= len(w) {
			best, meant = d, w
		}
	}
	return meant, meant != ""
}
