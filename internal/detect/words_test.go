package detect

import "testing"

func TestMatchesWords(t *testing.T) {
	for expression, want := range map[string]bool{
		`\b\d{3}\d?\b`:                      true,
		`(?i)\b(?:4\d{12}(?:\d{3})?|5\d)\b`: true,
		`\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b`:  true,
		`\b((?:ab|cd)([a-z]{2}){1,20})\b`:   true,
		`\b\w+\b`:                           true,
		`\b[a-z]{2,20}[0-9]{2,20}\b`:        false, // twice as many letters, no digits
		`\b(?:[a-z]{2,20}|[0-9]{40})\b`:     false,
		`\b(?:a{1,9}){2}\b`:                 false,
		`\b(?:a{1,9}|b)\b`:                  false,
		`\b[0-9]{2,3}`:                      false,
		`[0-9]{2,3}\b`:                      false,
		`\b[0-9-]{2,3}\b`:                   false,
		`(?i)\b[a-z]{2,3}\b`:                false, // ſ and K
		`\b[0-9]{2,3}(?:\b|x)`:              false,
		`\b[0-9]{2,}\B`:                     false,
		`\b\w*?\b`:                          false, // prefers nothing to a word
		`\b(?:|[0-9])\b`:                    false,
		`(?<!x)\b[0-9]+\b`:                  false, // a refused match makes the search jump
	} {
		e, err := New([]Rule{{Expression: expression}})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.finders[0].words; got != want {
			t.Errorf("%s: %v", expression, got)
		}
	}
}
