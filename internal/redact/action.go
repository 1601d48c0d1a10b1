package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// BlockedError tells that rules with the action "block" have found something.
type BlockedError struct {
	// Rules are their names.
	Rules []string
}

func (e *BlockedError) Error() string {
	return "the request was blocked by: " + strings.Join(e.Rules, ", ")
}

// instead returns what an action puts in the place of a value. isNumber tells
// that the value was all of a JSON number.
func instead(v *placeholder.Vault, rule *policy.Rule, value secret.String, isNumber bool) string {
	switch rule.Action {
	case policy.Partial:
		return partly(value.Reveal(), rule.KeepFirst, rule.KeepLast)
	case policy.Hash:
		return rule.Placeholder.Tagged(hashOf(rule.HashKey.Reveal(), value.Reveal()))
	}
	return v.IssueFor(rule.Placeholder, value, rule.Unmask, isNumber)
}

// minHidden is how many characters of a value partly hides at least: a value
// with fewer beside the readable ones could be guessed, so all of it is hidden.
const minHidden = 4

// partly returns a value of which only the first and last characters can be
// read.
func partly(value string, first, last int) string {
	size := utf8.RuneCountInString(value)
	if size < first+last+minHidden {
		first, last = 0, 0
	}
	var b strings.Builder
	at := 0
	for _, r := range value {
		if at < first || at >= size-last {
			b.WriteRune(r)
		} else {
			b.WriteByte('*')
		}
		at++
	}
	return b.String()
}

// hashSize is how many bytes of a hash are written: enough that two values have
// different ones (64 bits, a collision in billions).
const hashSize = 8

// hashOf returns the beginning of the HMAC-SHA-256 (RFC 2104) of a value. The
// letter in front keeps it from being read as the number of a placeholder.
func hashOf(key, value string) string {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte(value))
	return "h" + hex.EncodeToString(mac.Sum(nil)[:hashSize])
}
