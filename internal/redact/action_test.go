package redact

import "testing"

func TestPartly(t *testing.T) {
	for _, tt := range []struct {
		value       string
		first, last int
		want        string
	}{
		{"4111111111111111", 0, 4, "************1111"},
		{"4111111111111111", 6, 4, "411111******1111"},
		{"DE89370400440532013000", 2, 0, "DE********************"},
		{"Zoë Müller", 1, 2, "Z*******er"},
		{"12345678", 0, 4, "****5678"},
		{"1234567", 0, 4, "*******"},
		{"x", 0, 4, "*"},
		{"secret", 0, 0, "******"},
		{"\xffabcdefgh", 1, 1, "�*******h"},
	} {
		if got := partly(tt.value, tt.first, tt.last); got != tt.want {
			t.Errorf("%q %d %d: %q, want %q", tt.value, tt.first, tt.last, got, tt.want)
		}
	}
}

// The vector is the second of RFC 4231, section 4.3.
func TestHashOf(t *testing.T) {
	if got := hashOf("Jefe", "what do ya want for nothing?"); got != "h5bdcc146bf60754e" {
		t.Errorf("got %s", got)
	}
}
