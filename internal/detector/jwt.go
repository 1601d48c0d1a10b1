package detector

import (
	"encoding/base64"
	"strings"
)

var jwt = Detector{
	Name:        "jwt",
	Title:       "JSON web token (JWS, JWE)",
	Placeholder: "JWT",
	Pattern:     `(?<![0-9A-Za-z_.-])eyJ[0-9A-Za-z_-]+\.[0-9A-Za-z_-]*\.[0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+)?`,
	Check: func(value string) int {
		dot := strings.IndexByte(value, '.')
		return whole(value, len(value) >= 36 && hasAlgorithm(value[:dot]))
	},
	Validation: `header that decodes to JSON with "alg"`,
	Severity:   high,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.rfc-editor.org/rfc/rfc7515",
	Examples: Examples{
		Match: []Example{
			{"Bearer " + token(`{"alg":"HS256","typ":"JWT"}`), token(`{"alg":"HS256","typ":"JWT"}`)},
			{"jwt=" + token(`{"typ":"JWT","alg":"RS256","kid":"1"}`) + "&x=1", token(`{"typ":"JWT","alg":"RS256","kid":"1"}`)},
			{token(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + "." + filler[:16] + "." + filler[:22], token(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + "." + filler[:16] + "." + filler[:22]},
		},
		NoMatch: []string{
			token(`{"typ":"JWT","kid":"12345"}`), "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.eyJ", "eyJ.a.b", "x" + token(`{"alg":"HS256"}`), "eyJhbGciOiJIUzI1NiJ9.", "a.eyJh.b",
		},
	},
}

// token is an example with that header.
func token(header string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"1234567890"}`)) + "." + filler[:43]
}

// hasAlgorithm tells whether text, in Base64 for URLs, decodes to something
// with "alg" in quotes.
func hasAlgorithm(text string) bool {
	const wanted = `"alg"`
	bits, buffer, last := 0, uint32(0), [len(wanted)]byte{}
	for i := 0; i < len(text); i++ {
		buffer = buffer<<6 | uint32(strings.IndexByte(base64URL, text[i]))&63
		if bits += 6; bits >= 8 {
			bits -= 8
			copy(last[:], last[1:])
			last[len(last)-1] = byte(buffer >> bits)
			if string(last[:]) == wanted {
				return true
			}
		}
	}
	return false
}

// base64URL is the alphabet of RFC 4648, section 5.
const base64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
