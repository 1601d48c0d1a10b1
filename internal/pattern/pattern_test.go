package pattern_test

import (
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

func describe(p *pattern.Pattern) string {
	var b strings.Builder
	for _, l := range p.Before {
		b.WriteString(map[bool]string{false: "<", true: "<!"}[l.Not] + l.Tree.String() + " ")
	}
	b.WriteString(p.Tree.String())
	for _, l := range p.After {
		b.WriteString(map[bool]string{false: " =", true: " !"}[l.Not] + l.Tree.String())
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for expression, want := range map[string]string{
		`abc`:                       `abc`,
		`(?<=a)b`:                   `<a b`,
		`(?<!a)b(?!c)`:              `<!a b !c`,
		`(?<!a)(?<=[xy])b(?=c)`:     `<!a <[xy] b =c`,
		`b(?=c)(?!d)`:               `b !d =c`,
		`(?i)(?<!a)b(?!c)`:          `<!(?i:A) (?i:B) !(?i:C)`,
		`(?i)(?s)(?<!a)b(?!.)`:      `<!(?i:A) (?i:B) !(?s:.)`,
		`(?:(?<!a)b(?!c))`:          `<!a b !c`,
		`((?<!a)b(?!c))`:            `<!a (b) !c`,
		`(?i:(?<!a)b(?!c))`:         `<!(?i:A) (?i:B) !(?i:C)`,
		`(?P<x>(?<!a)b)`:            `<!a (?P<x>b)`,
		`(?<!a)(?:b|c)`:             `<!a [bc]`,
		`(?<![a)(])b`:               `<![\(\)a] b`,
		`(?<!\))b`:                  `<!\) b`,
		`a(?i)b(?=c)`:               `a(?i:B) =(?i:C)`,
		`\Q(?=a)\Eb(?=c)`:           `\(\?=a\)b =c`,
		`\Q(?=a`:                    `\(\?=a`,
		`[(?=](?=c)`:                `[\(=\?] =c`,
		`[]](?=c)`:                  `\] =c`,
		`[^](?=]x`:                  `[^\(=\?\]]x`,
		`[[:alpha:](?=]x`:           `[\(=\?A-Za-z]x`,
		`\(?=a`:                     `\(?=a`,
		`(?<!a|b)c(?!(?:d|e){1,3})`: `<![ab] c ![de]{1,3}`,
	} {
		p, err := pattern.Parse(expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		} else if got := describe(p); got != want {
			t.Errorf("%s: got %s, want %s", expression, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for expression, want := range map[string]string{
		`canary(`:            "is not a valid regular expression: missing closing )",
		`canary(?=b)c`:       "has look-around in its middle",
		`canary(?:b(?=c))`:   "has look-around in its middle",
		`(?:canary(?=b)|c)d`: "has look-around in its middle",
		`(?=canary)b`:        "looks ahead at its beginning",
		`canary(?<=b)`:       "looks behind at its end",
		`canary|b(?=c)`:      "has look-around at the end of one of several alternatives",
		`(?:(?<!a)b|canary)`: "has look-around at the end of one of several alternatives",
		`(?<=a*)canary`:      "has a look-around that can look further than 255 bytes",
		`(?<=a{256})canary`:  "has a look-around that can look further than 255 bytes",
		`(?<=(a))canary`:     "has a capture group in a look-around",
		`(?<=canary)`:        "has nothing but look-around",
		`(?<=a)(?=canary)`:   "has nothing but look-around",
		`(?=canary)(?=b)`:    "looks ahead at its beginning",
		`(?=canary)`:         "has nothing but look-around",
		`(?<=canary`:         "is not a valid regular expression",
		`canary(?=b`:         "is not a valid regular expression",
		`canary(?=b)*`:       "has look-around in its middle",
	} {
		_, err := pattern.Parse(expression)
		wrong, ok := err.(*pattern.Error)
		if !ok || !strings.HasPrefix(wrong.Reason, want) {
			t.Errorf("%s: %v, want %s", expression, err, want)
		} else if strings.Contains(err.Error(), "canary") || wrong.Remedy == "" {
			t.Errorf("%s: %v", expression, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`(?i)(?<!a)b(?!c)`, `[[:x](?=`, `\Q(?=`, `((?<=a|))`, `(?`, `(?=)`, `(?<!(?<=`, `\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		p, err := pattern.Parse(expression)
		if err != nil {
			if _, ok := err.(*pattern.Error); !ok {
				t.Errorf("%T", err)
			}
			return
		}
		if least, most := pattern.Width(p.Tree); most != pattern.Unbounded && least > most {
			t.Errorf("%q: %d to %d", expression, least, most)
		}
	})
}
