package checksum

import "strings"

// bech32Alphabet maps values of five bits to characters.
const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

var bech32Values = func() (t [256]byte) {
	for i := 0; i < len(bech32Alphabet); i++ {
		t[bech32Alphabet[i]] = byte(i + 1)
	}
	return t
}()

// Segwit tells whether address is a segregated witness address for the
// human-readable part hrp, in lower case: Bech32 for witness version 0, Bech32m
// for the others, as BIP 173 and BIP 350 define them.
func Segwit(hrp, address string) bool {
	// Version, 2 to 40 bytes of program, 6 characters of checksum.
	if len(address) < len(hrp)+1+8 || len(address) > 90 ||
		!strings.EqualFold(address[:len(hrp)], hrp) || address[len(hrp)] != '1' {
		return false
	}
	upper, lower := false, false
	for i := 0; i < len(address); i++ {
		upper = upper || address[i] >= 'A' && address[i] <= 'Z'
		lower = lower || address[i] >= 'a' && address[i] <= 'z'
	}
	if upper && lower {
		return false
	}
	sum := uint32(1)
	for i := 0; i < len(hrp); i++ {
		sum = bech32Step(sum, hrp[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := 0; i < len(hrp); i++ {
		sum = bech32Step(sum, hrp[i]&31)
	}
	data := address[len(hrp)+1:]
	for i := 0; i < len(data); i++ {
		c := data[i]
		if upper && c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if bech32Values[c] == 0 {
			return false
		}
		sum = bech32Step(sum, bech32Values[c]-1)
	}
	version := data[0]
	if version >= 'A' && version <= 'Z' {
		version |= 0x20
	}
	bytes := (len(data) - 7) * 5 / 8
	if bytes < 2 || bytes > 40 || bech32Values[version] > 17 {
		return false
	}
	if version == 'q' {
		return sum == 1 && (bytes == 20 || bytes == 32)
	}
	return sum == 0x2bc830a3
}

// bech32Step carries on the checksum of BIP 173, a BCH code over GF(32).
func bech32Step(sum uint32, value byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(value)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
