package cli

import "testing"

func TestPlaces(t *testing.T) {
	p := places{text: "ab\n\nüx\r\ny"}
	for _, tc := range []struct{ at, line, column int }{{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {6, 3, 2}, {6, 3, 2}, {9, 4, 1}, {10, 4, 2}} {
		if line, column := p.of(tc.at); line != tc.line || column != tc.column {
			t.Errorf("%d: %d:%d, want %d:%d", tc.at, line, column, tc.line, tc.column)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain\n\tü": "plain\n\tü", "\x1b[2J\a": "␛[2J␇", "\x7f": "␡", "\u009b2J": "\ufffd2J", "\r\n": "␍\n",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
