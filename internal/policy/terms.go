package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// maxTerm bounds a denied term in bytes: a streamed answer has to hold back as
// much.
const maxTerm = 1024

// readTerms reads denied terms, inline and from a file with one on each line.
// Empty lines there, and those that begin with #, are comments.
func readTerms(o *strictjson.Object, rule *Rule, sources *Sources) {
	var file string
	o.Strings("terms", &rule.Terms)
	o.String("file", &file)
	o.Bool("case_sensitive", &rule.CaseSensitive)
	o.Bool("whole_words", &rule.WholeWords)
	if o.Has("file") {
		rule.Terms = append(rule.Terms, termsOf(o, file, sources)...)
	}
	if len(rule.Terms) == 0 {
		o.Fail("terms", "holds no term, so nothing would be found", `name terms under "terms", or a file with one on each line under "file"`)
	}
	for i, term := range rule.Terms {
		if strings.TrimSpace(term) == "" {
			o.Fail("terms", fmt.Sprintf("holds a term of white space (number %d)", i+1), "remove it")
		}
		if len(term) > maxTerm {
			o.Fail("terms", fmt.Sprintf("holds a term of more than %d bytes (number %d)", maxTerm, i+1), "use its distinctive part")
		}
	}
}

func termsOf(o *strictjson.Object, file string, sources *Sources) []string {
	text, err := sources.read(file)
	if err != nil {
		o.Fail("file", "cannot be read: "+reasonOf(err), pathRemedy)
		return nil
	}
	if !utf8.Valid(text) {
		o.Fail("file", "is not UTF-8 text", "save it as UTF-8")
		return nil
	}
	var terms []string
	for _, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			terms = append(terms, line)
		}
	}
	return terms
}
