package check

import (
	"math/rand"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

func tree(t *testing.T, expression string) *syntax.Regexp {
	t.Helper()
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestEmptyLanguage(t *testing.T) {
	for expression, want := range map[string]bool{
		`a\bb`: true, `a\b-`: false, `a\Bb`: false, `a\B-`: true, `a^b`: true, `a$b`: true, `(?m)a$\nb`: false, `(?m)a$b`: true,
		`\Aa\z`: false, `a\Ab`: true, `a\zb`: true, `(?:a\bb|c)`: false, `a\b\Bb`: true, `[^\x00-\x{10FFFF}]`: true,
		`é\bx`: false, `\bé\b`: false, `x\bé`: false, `(?i)k\b\x{212a}`: false, `.\bx`: false, `\w\b\w`: true, `\W\b\W`: true,
		`\d{3}\b\d`: true, `a(?:\bb)?`: false, `a(?:\bb)+`: true, ``: false, `$^`: false, `x$^`: true, `(?s).\n^a`: true, `(?ms).\n^a`: false,
	} {
		if got := emptyLanguage(tree(t, expression)); got != want {
			t.Errorf("%s: got %v", expression, got)
		}
	}
}

// TestEmptyLanguageAgreesWithRegexp: no short text matches what is said to be
// empty.
func TestEmptyLanguageAgreesWithRegexp(t *testing.T) {
	texts := []string{""}
	for from := 0; len(texts) < 1000; from++ {
		for _, c := range []string{"a", "-", "\n", "é", "b"} {
			texts = append(texts, texts[from]+c)
		}
	}
	pieces := []string{"a", "b", "-", `\n`, ".", `\b`, `\B`, "^", "$", `\A`, `\z`, "é", `[^a]`, `\w`, `\W`, "(?:a|-)", "(?:b|^)?", "(?:a$)*"}
	random := rand.New(rand.NewSource(1))
	empty := 0
	for range 3000 {
		var b strings.Builder
		b.WriteString([]string{"", "(?m)", "(?s)", "(?i)"}[random.Intn(4)])
		for range 1 + random.Intn(4) {
			b.WriteString(pieces[random.Intn(len(pieces))])
		}
		expression := b.String()
		if !emptyLanguage(tree(t, expression)) {
			continue
		}
		empty++
		pattern := regexp.MustCompile(expression)
		for _, text := range texts {
			if pattern.MatchString(text) {
				t.Errorf("%s matches %q", expression, text)
			}
		}
	}
	if empty < 100 {
		t.Errorf("only %d were empty", empty)
	}
}

func TestMisspelt(t *testing.T) {
	for name, want := range map[string]string{
		redactRequest: "", "redact_request": redactRequest, "redact-requests": redactRequest, "Redact-Request": redactRequest,
		"redactResponse": redactResponse, "redact-reponse": redactResponse, "modifier/response_body": responseBody,
		"modifiers/response-body": responseBody, "content_replacer": contentReplacer, "redact": "", "my-plugin": "", "": "",
	} {
		if got, _ := misspelt(name, ourNames()); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
