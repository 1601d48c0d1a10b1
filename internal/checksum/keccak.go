package checksum

import (
	"encoding/binary"
	"math/bits"
)

// Keccak256 is Keccak with 256 bits as Ethereum uses it: with the padding of
// the submission to NIST, which is not that of SHA3-256.
// See https://keccak.team/keccak_specs_summary.html.
func Keccak256(data []byte) (hash [32]byte) {
	const rate = 136
	var state [25]uint64
	for len(data) >= rate {
		absorb(&state, data[:rate])
		data = data[rate:]
	}
	var last [rate]byte
	copy(last[:], data)
	last[len(data)] ^= 0x01
	last[rate-1] ^= 0x80
	absorb(&state, last[:])
	for i := 0; i < 4; i++ {
		binary.LittleEndian.PutUint64(hash[8*i:], state[i])
	}
	return hash
}

func absorb(state *[25]uint64, block []byte) {
	for i := 0; i < len(block)/8; i++ {
		state[i] ^= binary.LittleEndian.Uint64(block[8*i:])
	}
	permute(state)
}

var (
	keccakConstants = [24]uint64{
		0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
		0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
		0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
		0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
		0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
		0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
	}
	// keccakLanes is the order in which ρ and π visit the lanes, and
	// keccakTurns by how much they turn each.
	keccakLanes = [24]int{10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1}
	keccakTurns = [24]int{1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44}
)

// permute is Keccak-f[1600].
func permute(a *[25]uint64) {
	for _, constant := range keccakConstants {
		var c [5]uint64
		for x := range c {
			c[x] = a[x] ^ a[x+5] ^ a[x+10] ^ a[x+15] ^ a[x+20]
		}
		for x := range c {
			d := c[(x+4)%5] ^ bits.RotateLeft64(c[(x+1)%5], 1)
			for y := 0; y < 25; y += 5 {
				a[x+y] ^= d
			}
		}
		moving := a[1]
		for i, lane := range keccakLanes {
			a[lane], moving = bits.RotateLeft64(moving, keccakTurns[i]), a[lane]
		}
		for y := 0; y < 25; y += 5 {
			row := [5]uint64(a[y : y+5])
			for x := range row {
				a[x+y] = row[x] ^ ^row[(x+1)%5]&row[(x+2)%5]
			}
		}
		a[0] ^= constant
	}
}
