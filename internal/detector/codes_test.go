package detector

import (
	"strconv"
	"strings"
	"testing"
)

// The tables say what the lists do.
func TestTablesOfCodes(t *testing.T) {
	for code := range isCallingCode {
		if want := strings.Contains(callingCodes, " "+strconv.Itoa(code)+" "); isCallingCode[code] != want {
			t.Errorf("calling code %d: %v", code, !want)
		}
	}
	for a := byte('A'); a <= 'Z'; a++ {
		for b := byte('A'); b <= 'Z'; b++ {
			want := 0
			for i := 0; i < len(ibanLengths); i += 4 {
				if ibanLengths[i] == a && ibanLengths[i+1] == b {
					want, _ = strconv.Atoi(ibanLengths[i+2 : i+4])
				}
			}
			if got := int(ibanLengthOf[a&0x1F][b&0x1F]); got != want || got != int(ibanLengthOf[(a|0x20)&0x1F][(b|0x20)&0x1F]) {
				t.Errorf("IBANs of %c%c have %d characters, want %d", a, b, got, want)
			}
		}
	}
	if n := checkE164("+049 123 456 78"); n != 0 {
		t.Errorf("a code that begins with 0 is taken")
	}
}
