package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Prefixes tell people and secret scanners what a token is for.
const (
	LoginPrefix  = "rdc_"
	IngestPrefix = "rdi_"
)

// NewSecret returns 256 random bits behind a prefix.
func NewSecret(prefix string) string {
	var bits [32]byte
	rand.Read(bits[:]) // never fails, see crypto/rand
	return prefix + base64.RawURLEncoding.EncodeToString(bits[:])
}

// Hash is what is stored of a secret, its SHA-256. A slow hash such as argon2
// protects passwords, which can be guessed; 256 random bits cannot, however fast
// the hash is, and a fast one gives nobody a way to keep the server busy.
func Hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
