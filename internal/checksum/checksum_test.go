package checksum_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

func TestDigits(t *testing.T) {
	tests := []struct {
		name string
		ok   func(string) bool
		good []string // published numbers
		// bad ones are as near to good ones as it gets
		bad []string
	}{
		{"Luhn", checksum.Luhn, []string{"79927398713", "4111111111111111", "378282246310005", "0"}, []string{"79927398710", "4111111111111112", "", "4111 1111", "1"}},
		{"EAN", checksum.EAN, []string{"7569217076985", "4006381333931", "73513537"}, []string{"7569217076984", "4006381333913", ""}},
		{"Mod97", checksum.Mod97, []string{"3214282912345698765432161182"}, []string{"3214282912345698765432161183", "3214282912345698765432161128", "", "-"}},
		{"IBAN", checksum.IBAN, []string{"GB82WEST12345698765432", "de89370400440532013000", "NO9386011117947"}, []string{"GB82WEST12345698765423", "DE88370400440532013000", "GB82", "", "GB82WEST-2345698765432"}},
		{"Mod11_10", checksum.Mod11_10, []string{"86095742719", "65929970489", "794623"}, []string{"86095742718", "68095742719", "", "x"}},
		{"Mod11_2", checksum.Mod11_2, []string{"11010519491231002X", "07940", "079X", "34052419800101001X"}, []string{"110105194912310021", "11010519491231020X", "", "X10105194912310020"}},
		{"Verhoeff", checksum.Verhoeff, []string{"2363", "758722", "123451", "1428570", "84736430954837284567892"}, []string{"2364", "2636", "", "75872a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range tt.good {
				if !tt.ok(text) {
					t.Errorf("%q is refused", text)
				}
			}
			for _, text := range tt.bad {
				if tt.ok(text) {
					t.Errorf("%q is accepted", text)
				}
			}
			// All of these codes find every error in one digit.
			for _, text := range tt.good {
				for i := range text {
					for c := byte('0'); c <= '9'; c++ {
						wrong := text[:i] + string(c) + text[i+1:]
						if text[i] >= '0' && text[i] <= '9' && c != text[i] && tt.ok(wrong) {
							t.Errorf("%q is accepted", wrong)
						}
					}
				}
			}
		})
	}
}

func TestBase58Check(t *testing.T) {
	versions := map[string]byte{
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": 0, // the genesis block
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2": 0,
		"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy": 5,
		"1111111111111111111114oLvT2":        0, // 20 zero bytes
		"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn": 0x6f,
	}
	for address, want := range versions {
		if version, ok := checksum.Base58Check(address); !ok || version != want {
			t.Errorf("%s: version %d, %v", address, version, ok)
		}
		for i := range address {
			wrong := []byte(address)
			wrong[i] = map[bool]byte{true: 'z', false: 'y'}[wrong[i] == 'y']
			if _, ok := checksum.Base58Check(string(wrong)); ok && wrong[i] != address[i] {
				t.Errorf("%s is accepted", wrong)
			}
		}
	}
	for _, wrong := range []string{"", "1", "11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7Div0Na", strings.Repeat("z", 35), strings.Repeat("z", 500)} {
		if _, ok := checksum.Base58Check(wrong); ok {
			t.Errorf("%q is accepted", wrong)
		}
	}
}

// The addresses are the test vectors of BIP 173 and BIP 350.
func TestSegwit(t *testing.T) {
	for address, hrp := range map[string]string{
		"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4":                                 "bc",
		"tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7":             "tb",
		"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y": "bc",
		"BC1SW50QGDZ25J":                       "bc",
		"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs": "bc",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "bc",
	} {
		if !checksum.Segwit(hrp, address) {
			t.Errorf("%s is refused", address)
		}
	}
	for _, address := range []string{
		"", "bc1", "bc1qw508",
		"tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", // another hrp
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", // checksum
		"BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", // version above 16
		"bc1rw5uspcuh",                         // program too short
		"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", // program length for version 0
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", // Bech32 for version 1
		"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", // Bech32 for version 16
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4",                     // mixed case
	} {
		if checksum.Segwit("bc", address) {
			t.Errorf("%s is accepted", address)
		}
	}
}

func TestKeccak256(t *testing.T) {
	for text, want := range map[string]string{
		"":      "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
		"abc":   "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
		"hello": "1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8",
	} {
		if hash := checksum.Keccak256([]byte(text)); hex.EncodeToString(hash[:]) != want {
			t.Errorf("%q: %x", text, hash)
		}
	}
	seen := map[[32]byte]int{}
	for n := 130; n < 280; n++ {
		hash := checksum.Keccak256(make([]byte, n))
		if other, ok := seen[hash]; ok {
			t.Errorf("%d and %d zero bytes have one hash", other, n)
		}
		seen[hash] = n
	}
}

// What is known of one byte is used for others that are as frequent.
func TestEntropyIsTheSumOfAllBytes(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 2000 {
		text := make([]byte, rnd.Intn(100))
		for i := range text {
			text[i] = byte(rnd.Intn(1 + rnd.Intn(256)))
		}
		want := 0.0
		for b := range 256 {
			if p := float64(bytes.Count(text, []byte{byte(b)})) / float64(len(text)); p > 0 {
				want -= p * math.Log2(p)
			}
		}
		if got := checksum.Entropy(string(text)); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestEntropy(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "aaaa": 0, "ab": 1, "abcd": 2, "0123456789abcdef": 4, "aab": 0.9183} {
		if got := checksum.Entropy(text); math.Abs(got-want) > 0.0001 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	n := testing.AllocsPerRun(100, func() {
		_, base58 := checksum.Base58Check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
		if !base58 || !checksum.Luhn("4111111111111111") || !checksum.Verhoeff("84736430954837284567892") ||
			!checksum.Segwit("bc", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4") || checksum.Entropy("0123456789abcdef") < 4 {
			t.Error("a good one is refused")
		}
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}
