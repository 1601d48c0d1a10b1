package placeholder_test

import (
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

func TestTheNumberGoesBeforeTheClosingBracket(t *testing.T) {
	for _, tt := range []struct {
		replacement string
		number      int
		want        string
		open        bool
	}{
		{"[REDACTED_CC]", 1, "[REDACTED_CC_1]", false},
		{"[REDACTED_CC]", 1234567, "[REDACTED_CC_1234567]", false},
		{"<X>", 2, "<X_2>", false},
		{"{{X}}", 3, "{{X_3}}", false},
		{"((<[X]>))", 4, "((<[X_4]>))", false},
		{"TEXT", 5, "TEXT_5", true},
		{"TEXT_", 5, "TEXT__5", true},
		{"[X] ", 6, "[X] _6", true},
		{"[A] and [B]", 7, "[A] and [B_7]", false},
		{"【卡】", 8, "【卡_8】", false},
		{"［X］", 9, "［X_9］", false},
		{"«X»", 10, "«X_10»", false},
		{"‹X›", 11, "‹X_11›", false},
		{"]", 12, "_12]", false},
		{"***", 13, "***_13", true},
		{"\xff]", 14, "\xff_14]", false},
	} {
		stem := placeholder.NewStem(tt.replacement)
		if got := stem.Format(tt.number); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.replacement, got, tt.want)
		}
		if got := stem.Open(); got != tt.open {
			t.Errorf("%q: Open() = %v", tt.replacement, got)
		}
	}
}

func TestConfusable(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"[CC]", "[EMAIL]", false},
		{"[REDACTED]", "[REDACTED_CC]", false},
		{"[REDACTED_CARD]", "[REDACTED_CARDHOLDER]", false},
		{"[REDACTED_1]", "[REDACTED]", false},
		{"[REDACTED_EMAIL]", "<REDACTED_EMAIL>", false},
		{"[A]", "{A}", false},
		{"[[X]]", "[[Y]]", false},
		{"EMAIL", "CARD", false},
		{"EMAIL_MASKED", "MASKED_EMAIL", false},
		{"REDACTED", "REDACTED_CC", false},
		{"<<X>>", "<<Y>>", false},
		{"[X]", "[X_1]]", false},
		{"***", "###", false},

		// One stands inside the other: "[A_" before EMAIL_1 makes [A_EMAIL_1.
		{"EMAIL", "[A_EMAIL]", true},
		{"[X]", "[[X]]", true},
		{"EMAIL", "MASKED_EMAIL", true},
		// X_1 and a 2 that follows, against X_1_2.
		{"X", "X_1", true},
		// The same up to the closing brackets: "[X_1]" before a "]".
		{"[X]", "[X]]", true},
		{"X", "X]", true},
		{"{X}", "{X}}", true},
		// One ends as the other begins: "API_" before KEY_2_1 makes API_KEY_2.
		{"API_KEY", "KEY_2", true},
		{"«CC»", "»EMAIL«", true},
		{"[A]", "]B]", true},
		// X_1 beside 5Y_1 makes X_15.
		{"X", "5Y", true},
		{"[X]", "5]Y", true},
	} {
		a, b := placeholder.NewStem(tt.a), placeholder.NewStem(tt.b)
		if got := placeholder.Confusable(a, b); got != tt.want {
			t.Errorf("Confusable(%q, %q) = %v", tt.a, tt.b, got)
		}
		if got := placeholder.Confusable(b, a); got != tt.want {
			t.Errorf("Confusable(%q, %q) = %v", tt.b, tt.a, got)
		}
	}
}

// Two of one kind side by side must stay two: 1X_1 beside 1X_2 is 1X_11X_2.
func TestConfusableWithItself(t *testing.T) {
	for replacement, want := range map[string]bool{
		"[X]": false, "X": false, "[1]": false, "X1": false, "<<X>>": false, "[X_1]": false, "***": false, "__": false,
		"1X": true, "0000": true, "]X]": true, "X_1X": true,
	} {
		stem := placeholder.NewStem(replacement)
		if got := placeholder.Confusable(stem, stem); got != want {
			t.Errorf("%q: %v", replacement, got)
		}
	}
}
