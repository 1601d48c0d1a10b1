package detector

import "strings"

var urlCredentials = Detector{
	Name:        "url_credentials",
	Title:       "User and password in a URL",
	Placeholder: "URL_CREDENTIALS",
	Pattern:     `\b[A-Za-z][0-9A-Za-z+.-]{1,20}://([^\s/?#@:"'<>\\` + "`" + `]{0,64}:[^\s/?#@"'<>\\` + "`" + `]{1,128})@[0-9A-Za-z\[]`,
	Group:       1,
	Check: func(value string) int {
		colon := strings.IndexByte(value, ':')
		return whole(value, colon >= 0 && !placeholder(value[colon+1:]))
	},
	Validation: "in front of a host; no variables or other stand-ins",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
	Examples: Examples{
		Match: []Example{
			{"https://jane:s3cr3t@example.com/x", "jane:s3cr3t"},
			{"git clone https://oauth2:abcDEF123@git.example.com/a.git", "oauth2:abcDEF123"},
			{"ftp://u:p%40ss@[2001:db8::1]/", "u:p%40ss"},
			{"redis://:hunter2@cache:6379", ":hunter2"},
		},
		NoMatch: []string{
			"https://example.com:8080/a@b", "https://jane@example.com", "https://user:${PASSWORD}@example.com", "https://user:<password>@example.com",
			"https://user:***@example.com", "https://example.com/x:y@z", "jane:s3cr3t@example.com", "http://user:password@host", "https://[REDACTED_URL_CREDENTIALS_1]@example.com",
		},
	},
}
