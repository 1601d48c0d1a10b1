package detector_test

import (
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

func TestContext(t *testing.T) {
	near := detector.Context{Words: []string{"ssn", "social security", "numéro", "номер", "号码"}, Forbid: []string{"version"}, Before: 24, After: 10}
	tests := []struct {
		name string
		c    detector.Context
		text string // the value is 123
		want bool
	}{
		{"none", near, "the 123", false},
		{"before", near, "my ssn 123", true},
		{"behind", near, "123 is ssn", true},
		{"touching", near, "ssn123ssn", true},
		{"any case", near, "SSN: 123", true},
		{"several words", near, "Social Security: 123", true},
		{"several words in snake case", near, "SOCIAL_SECURITY_NO=123", true},
		{"several words in kebab case", near, "social-security: 123", true},
		{"several words run together", near, "social.security 123", false},
		{"other letters in any case", near, "NUMÉRO 123", true},
		{"other scripts in any case", near, "Номер 123", true},
		{"no spaces around", near, "身份证号码是123", true},
		{"beside a script without spaces", near, "我的ssn是123", true},
		{"inside a word", near, "assn 123", false},
		{"inside a word, behind", near, "ssnx 123", false},
		{"inside a word with other letters", near, "ssné 123", false},
		{"snake case", near, `{"user_ssn_no": 123}`, true},
		{"camel case", near, "userSsnNumber=123", true},
		{"no camel case", near, "SSNumber=123", false},
		{"too far", near, "ssn" + strings.Repeat(" ", 22) + "123", false},
		{"just near enough", near, "ssn" + strings.Repeat(" ", 21) + "123", true},
		{"too far behind", near, "123" + strings.Repeat(" ", 8) + "ssn", false},
		{"just near enough behind", near, "123" + strings.Repeat(" ", 7) + "ssn", true},
		{"cut off", near, "xssn" + strings.Repeat(" ", 21) + "123", false},
		{"forbidden", near, "ssn version 123", false},
		{"part of a forbidden one", near, "ssn conversion 123", true},
		{"only forbidden words", detector.Context{Forbid: []string{"v"}, Before: 5}, "x 123", true},
		{"only forbidden words, there", detector.Context{Forbid: []string{"v"}, Before: 5}, "v 123", false},
		{"strong", detector.Context{Words: []string{"x"}, Unless: func(v string) bool { return v == "123" }}, "123", true},
		{"strong but forbidden", detector.Context{Words: []string{"x"}, Forbid: []string{"y"}, Before: 5, Unless: func(string) bool { return true }}, "y 123", false},
		{"broken text", near, "\xc3ssn \xff123\xc3", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := strings.Index(tt.text, "123")
			if got := tt.c.Accepts(tt.text, at, at+3); got != tt.want {
				t.Errorf("%q: %v", tt.text, got)
			}
		})
	}
}

// What a word told of is also asked for as it is spelt, and what other findings
// leave of it: that is no value as the detector knows it.
func TestUnlessWithstandsAnyText(t *testing.T) {
	asked := 0
	for _, d := range detector.All() {
		if d.Context == nil || d.Context.Unless == nil {
			continue
		}
		for _, e := range d.Examples.Match {
			for i := 0; i < len(e.Value); i++ {
				d.Context.Unless(e.Value[i:])
				d.Context.Unless(e.Value[:i+1])
				for _, spelt := range []string{`\u0030`, "\u200b", "０", "\xff", "~", "\x00"} {
					d.Context.Unless(e.Value[:i] + spelt + e.Value[i+1:])
					d.Context.Unless(e.Value[:i] + spelt + e.Value[i:])
					asked++
				}
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d spellings: the test tests little", asked)
	}
}
