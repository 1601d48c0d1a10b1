package detector

import "strings"

var basicAuth = Detector{
	Name:        "basic_auth",
	Title:       "User and password for HTTP Basic authentication",
	Placeholder: "BASIC_AUTH",
	Pattern:     `(?<![0-9A-Za-z_])(?i:basic[ \t]{1,4}([0-9a-z+/]{4}[0-9a-z+/]*={0,2}))(?![0-9A-Za-z+/=])`,
	Group:       1,
	Check: func(value string) int {
		return whole(value, len(value)%4 == 0 && len(value) <= 1024 && userAndPassword(strings.TrimRight(value, "=")))
	},
	Validation: "Base64 of printable text with a colon, behind “Basic”",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.rfc-editor.org/rfc/rfc7617",
	Examples: Examples{
		Match: []Example{
			{"Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
			{"curl -H 'authorization: basic dXNlcjpwYXNz'", "dXNlcjpwYXNz"},
			{`{"Authorization":"Basic YTpi"}`, "YTpi"},
		},
		NoMatch: []string{"Basic authentication", "basic information needed", "Basic QWxhZGRpbg==", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=", "Visual Basic dXNlcjpwYXN", "Basic ////////", "BASICQWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
	},
}

// userAndPassword tells whether text, in Base64 without padding, decodes to
// printable text with a colon that is not its first character alone.
func userAndPassword(text string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	bits, buffer, colon := 0, uint32(0), false
	for i := 0; i < len(text); i++ {
		buffer = buffer<<6 | uint32(strings.IndexByte(alphabet, text[i]))&63
		if bits += 6; bits >= 8 {
			bits -= 8
			c := byte(buffer >> bits)
			if c < 0x20 || c == 0x7f {
				return false
			}
			colon = colon || c == ':'
		}
	}
	return colon
}
