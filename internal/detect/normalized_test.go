package detect_test

import "testing"

func TestSpellingsHideNothing(t *testing.T) {
	e := compile(t, rule("CARD", `\b4[0-9]{15}\b`), rule("EMAIL", `\b[a-z.]+@[a-z]+\.org\b`), rule("CODED", `%40|ﬃ`))
	for text, want := range map[string]string{
		"4111111111111111":                     "0:4111111111111111",
		"pay 4111\u200b1111\u200b11111111 now": "0:4111\u200b1111\u200b11111111",
		"４１１１１１１１１１１１１１１１":                     "0:４１１１１１１１１１１１１１１１",
		"ann＠example.org":                      "1:ann＠example.org",
		"ann&#64;example.org!":                 "1:ann&#64;example.org",
		"ann%40example.org":                    "1:ann%40example.org",
		`ann\u0040example.org`:                 `1:ann\u0040example.org`,
		"𝐚𝐧𝐧@example.org and x@y.org":          "1:𝐚𝐧𝐧@example.org 1:x@y.org",
		"an\u00adn@example.org":                "1:an\u00adn@example.org",
		"oﬃce and %40":                         "2:ﬃ 2:%40",
		"R&D; 100% of it – that is it":         "",
	} {
		if got := found(e, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
