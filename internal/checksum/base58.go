package checksum

import "crypto/sha256"

// base58Alphabet is Bitcoin's: no 0, O, I or l.
const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58Values holds the value of each character, plus one.
var base58Values = func() (t [256]byte) {
	for i := 0; i < len(base58Alphabet); i++ {
		t[base58Alphabet[i]] = byte(i + 1)
	}
	return t
}()

// Base58Check decodes 25 bytes in Base58Check, the form of Bitcoin's addresses:
// a version, 20 bytes, and the first 4 bytes of a double SHA-256 of both. It
// returns the version, and whether length and checksum are right.
// See https://en.bitcoin.it/wiki/Base58Check_encoding.
func Base58Check(text string) (version byte, ok bool) {
	// 25 bytes take at most 35 characters.
	if len(text) < 25 || len(text) > 35 {
		return 0, false
	}
	var data [25]byte
	zeros := 0
	for i := 0; i < len(text); i++ {
		carry := int(base58Values[text[i]]) - 1
		if carry < 0 {
			return 0, false
		}
		if carry == 0 && zeros == i {
			zeros++
		}
		for j := len(data) - 1; j >= 0; j-- {
			carry += int(data[j]) * 58
			data[j] = byte(carry)
			carry >>= 8
		}
		if carry != 0 {
			return 0, false
		}
	}
	// Every leading zero byte is written as one 1, so that a number of 25 bytes
	// has one spelling only.
	leading := 0
	for leading < len(data) && data[leading] == 0 {
		leading++
	}
	if leading != zeros {
		return 0, false
	}
	sum := sha256.Sum256(data[:21])
	sum = sha256.Sum256(sum[:])
	return data[0], [4]byte(sum[:4]) == [4]byte(data[21:])
}
