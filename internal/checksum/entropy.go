package checksum

import "math"

// Entropy is the Shannon entropy of the bytes of text in bits per byte: 0 for
// one repeated byte, near 6 for long random Base64.
func Entropy(text string) float64 {
	var count [256]int
	for i := 0; i < len(text); i++ {
		count[text[i]]++
	}
	// Most bytes of a random text are as frequent as some others.
	var known [8]float64
	sum := 0.0
	for _, n := range count {
		if n == 0 {
			continue
		}
		if n < len(known) && known[n] != 0 {
			sum -= known[n]
			continue
		}
		p := float64(n) / float64(len(text))
		bits := p * math.Log2(p)
		if n < len(known) {
			known[n] = bits
		}
		sum -= bits
	}
	return sum
}
