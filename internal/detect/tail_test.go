package detect

import (
	"fmt"
	"testing"
)

func TestTailOf(t *testing.T) {
	for expression, want := range map[string]string{
		`\bAKIA[0-9A-Z]{16}\b`:              "16 to 16 of 36, word",
		`\bgh[pousr]_[A-Za-z0-9]{36,255}\b`: "36 to 255 of 62, word",
		`(sk-([a-z_-]{20,})())`:             "20 to -1 of 28",
		`sk-[a-z]{20}[a-z]*`:                "20 to -1 of 26",
		`sk-[a-z]{20}(?:[a-z][a-z]*)?`:      "20 to -1 of 26",
		`sk-[a-z]{20}(?:[a-z](?:[a-z]+)?)?`: "20 to -1 of 26",
		`(?i)key_[a-z]{20}`:                 "20 to 20 of 52, others",
		`(?:xoxb|xoxp)-[0-9]{10}`:           "10 to 10 of 10",
		`sk-[a-z]{2}-[a-z]{10}`:             "10 to 10 of 26",
		`sk-\S{20,}`:                        "20 to -1 of 123, others",
		`sk-[a-z_-]{20,}\b`:                 "<nil>", // the last of them may be no part of a word
		`(?i)key_[a-z]{20}\b`:               "<nil>",
		`sk-[a-z]{20,}?`:                    "<nil>",
		`sk-[a-z]{20}[a-z]*?`:               "<nil>",
		`sk-[a-z]{20}a?a?`:                  "<nil>",
		`sk-[a-z]{20}[a-z]?[a-z]?`:          "<nil>",
		`sk-[a-z]{20,}\B`:                   "<nil>",
		`sk-[a-z]{20,}$`:                    "<nil>",
		`sk-\b[a-z]{20}`:                    "<nil>",
		`sk-[a-z]{20}x`:                     "<nil>",
		`sk-(?:[a-z]{20}|[0-9]{20})`:        "<nil>",
		`(?:xoxb|xoxp-)[0-9]{10}`:           "<nil>",
	} {
		e, err := New([]Rule{{Expression: expression}})
		if err != nil {
			t.Fatal(err)
		}
		if e.finders[0].prefix == 0 {
			t.Errorf("%s has no rare beginning", expression)
		}
		if got := fmt.Sprint(e.finders[0].tail); got != want {
			t.Errorf("%s: %s, want %s", expression, got, want)
		}
	}
}

func (t *tail) String() string {
	if t == nil {
		return "<nil>"
	}
	n := 0
	for _, in := range t.of {
		if in {
			n++
		}
	}
	text := fmt.Sprintf("%d to %d of %d", t.least, t.most, n)
	if t.word {
		text += ", word"
	}
	if !t.ascii {
		text += ", others"
	}
	return text
}
