package detector

import "strings"

var email = Detector{
	Name:        "email",
	Title:       "E-mail address",
	Placeholder: "EMAIL",
	Pattern:     `(?<![0-9A-Za-zÀ-ɏ._%+-])[0-9A-Za-zÀ-ɏ_][0-9A-Za-zÀ-ɏ._%+'&-]*@[0-9A-Za-zÀ-ɏ](?:[0-9A-Za-zÀ-ɏ-]*\.[0-9A-Za-zÀ-ɏ])+[0-9A-Za-zÀ-ɏ-]*`,
	Check:       checkEmail,
	Validation:  "lengths of RFC 5321, a top-level domain of letters that is no file extension; not git@, nor package@1.2.3",
	Severity:    medium,
	Packs:       []string{PackPII, PackPIIUS, PackPIIEU, PackHealth, PackFinancial, PackDefault},
	Source:      "https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2",
	Examples: Examples{
		Match: []Example{
			{"Write to jane.doe@example.com.", "jane.doe@example.com"},
			{"Jane <jane+llm_test@mail.example.co.uk>", "jane+llm_test@mail.example.co.uk"},
			{"'o'brien@example.ie'", "o'brien@example.ie"},
			{"mailto:jörg@müller.example", "jörg@müller.example"},
			{"请联系john@example.org谢谢", "john@example.org"},
			{`{"user":"x@xn--mller-kva.example"}`, "x@xn--mller-kva.example"},
			{"a@example.com,b", "a@example.com"},
			{"MAIL: JANE@EXAMPLE.COM!", "JANE@EXAMPLE.COM"},
			{"jane.doe@corp.local", "jane.doe@corp.local"},
			{"jane@mail.internal", "jane@mail.internal"},
		},
		NoMatch: []string{
			"git clone git@github.com:golang/go.git", "icon@2x.png", "npm i lodash@4.17.21", "react@18.2.0-beta.rc",
			"user@localhost", "@app.route", "a@b", "jane@.example.com", "jane..doe@example.com", "jane.@example.com",
			"jane@example..com", "jane@-example.com", "jane@example.c", "x@example.123", "foo @ example.com", "[REDACTED_EMAIL_1]@[x]",
		},
	},
}

// notDomains are endings of file names, as in icon@2x.png, that look like
// top-level domains.
var notDomains = []string{
	"png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "scss", "js", "mjs", "ts", "tsx", "jsx", "json", "html", "htm",
	"xml", "yaml", "yml", "txt", "go", "java", "php", "cpp", "lock", "localdomain", "service", "socket",
}

func checkEmail(value string) int {
	at := strings.IndexByte(value, '@')
	local, domain := value[:at], strings.TrimRight(value[at+1:], "-")
	if len(local) > 64 || len(domain) > 253 || local == "git" ||
		local[len(local)-1] == '.' || strings.Contains(local, "..") || strings.Contains(domain, "-.") {
		return 0
	}
	dot := strings.LastIndexByte(domain, '.')
	top := domain[dot+1:]
	if len(top) < 2 || plain(top) || top[0] >= '0' && top[0] <= '9' || among(top, notDomains) {
		return 0
	}
	// Two leading labels of digits are a version, as in package@1.2.3-rc.x.
	if first := strings.IndexByte(domain, '.'); first < dot && plain(domain[:first]) {
		second := domain[first+1:]
		if plain(second[:strings.IndexByte(second, '.')]) {
			return 0
		}
	}
	return at + 1 + len(domain)
}
