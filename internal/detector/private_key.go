package detector

var privateKey = Detector{
	Name:        "private_key",
	Title:       "Private key (PEM, OpenSSH, PGP)",
	Placeholder: "PRIVATE_KEY",
	Pattern: `-----BEGIN (?:[0-9A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----` +
		`(?:(?:[^-]|-[^-])*-----END (?:[0-9A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----|(?:(?:\s|\\[nrt])*[0-9A-Za-z+/=]{16}[0-9A-Za-z+/=]*)+)`,
	Check:      func(value string) int { return whole(value, longestRun(value) >= 24) },
	Validation: "block of which one line at least is Base64; also without its end",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.rfc-editor.org/rfc/rfc7468",
	Examples: Examples{
		Match: []Example{
			{"key:\n" + pem("RSA PRIVATE KEY", "\n") + "\nend", pem("RSA PRIVATE KEY", "\n")},
			{`{"private_key":"` + pem("PRIVATE KEY", `\n`) + `"}`, pem("PRIVATE KEY", `\n`)},
			{pem("OPENSSH PRIVATE KEY", "\r\n"), pem("OPENSSH PRIVATE KEY", "\r\n")},
			{pem("PGP PRIVATE KEY BLOCK", "\n"), pem("PGP PRIVATE KEY BLOCK", "\n")},
			{"-----BEGIN " + "EC PRIVATE KEY-----\n" + filler[:64] + "\nand so on", "-----BEGIN " + "EC PRIVATE KEY-----\n" + filler[:64]},
		},
		NoMatch: []string{
			"-----BEGIN " + "PUBLIC KEY-----\n" + filler[:64] + "\n-----END PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----\n" + filler[:64] + "\n-----END CERTIFICATE-----",
			"-----BEGIN " + "PRIVATE KEY-----\n...\n-----END " + "PRIVATE KEY-----", "look for -----BEGIN " + "RSA PRIVATE KEY----- in files", "-----BEGIN " + "PRIVATE KEY-----\n[REDACTED_PRIVATE_KEY_1]\n-----END " + "PRIVATE KEY-----",
		},
	},
}

// pem is an example of a block.
func pem(label, newline string) string {
	return "-----BEGIN " + label + "-----" + newline + filler[:64] + newline + filler[64:100] + "==" + newline + "-----END " + label + "-----"
}

// longestRun is the length of the longest run of Base64 in text.
func longestRun(text string) int {
	longest, run := 0, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}
