package checksum

import (
	"math"
	"math/bits"
)

// Entropy is the Shannon entropy of the bytes of text in bits per byte: 0 for
// one repeated byte, near 6 for long random Base64.
func Entropy(text string) float64 {
	var count [256]uint32
	var there [4]uint64 // a bit for each byte that there is
	for i := 0; i < len(text); i++ {
		c := text[i]
		count[c]++
		there[c>>6] |= 1 << (c & 63)
	}
	// Most bytes of a random text are as frequent as some others.
	var known [8]float64
	sum := 0.0
	for i, some := range there {
		for ; some != 0; some &= some - 1 {
			n := count[i<<6|bits.TrailingZeros64(some)]
			if n < uint32(len(known)) && known[n] != 0 {
				sum -= known[n]
				continue
			}
			p := float64(n) / float64(len(text))
			share := p * math.Log2(p)
			if n < uint32(len(known)) {
				known[n] = share
			}
			sum -= share
		}
	}
	return sum
}
