package audit

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// NewID returns a UUIDv7 (RFC 9562, 5.7) of a time: ids sort as they were made,
// to the millisecond.
func NewID(at time.Time) string {
	var b [16]byte
	// It does not fail where KrakenD runs (getrandom(2)).
	_, _ = rand.Read(b[6:])
	ms := uint64(at.UnixMilli())
	for i := 0; i < 6; i++ {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:8], b[:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:], b[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// stamp is a time as records tell it.
func stamp(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }
