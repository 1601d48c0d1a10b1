package detector

import "strings"

var password = Detector{
	Name:        "password",
	Title:       "Password named as such",
	Placeholder: "PASSWORD",
	Pattern: `(?i)(?:password|passwd|passphrase|passcode|passwort|kennwort|pwd|mot[ _]de[ _]passe|contraseña|senha|wachtwoord|lösenord|adgangskode|hasło|пароль|密码|密碼|パスワード|비밀번호)` +
		`["']?\]?(?:\s{0,3}(?:=>|:=|==?|:|：)\s{0,3}|\s(?:is|ist|lautet|est|es|è|é)(?: now| jetzt)?:?\s|是：?|は)["'` + "`" + `]?([^\s"'<>\\` + "`" + `]{4,128})`,
	Group:      1,
	Check:      checkPassword,
	Validation: "behind “password:”, “password is” and the like in ten languages; digits or punctuation in it; no variables, calls, addresses or other stand-ins",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://cwe.mitre.org/data/definitions/256.html",
	Examples: Examples{
		Match: []Example{
			{"password: hunter2", "hunter2"},
			{`"password": "P@ssw0rd!",`, "P@ssw0rd!"},
			{"DB_PASSWORD=s3cr3t-Pa55", "s3cr3t-Pa55"},
			{"My password is Tr0ub4dor&3.", "Tr0ub4dor&3"},
			{"Mein Passwort lautet geheim123, danke", "geheim123"},
			{"mysql --password='x7!kq' -u root", "x7!kq"},
			{"密码：abc12345", "abc12345"},
			{"user=jane&password=s3cr3t&x=1", "s3cr3t"},
		},
		NoMatch: []string{
			"password: required", "password = getPassword()", "password := os.Getenv(\"PW1\")", "password: ${DB_PASSWORD}", "the password is wrong", "password: string;", "password=********", "PWD=/home/jane1", "forgot password: help@example.com",
			"password: https://example.com/reset1", "passwords: abc123", "password: sha256", "password = config.db1.password", "password: [REDACTED_PASSWORD_1]", "password_hash: abc1234", `"password": "changeme"`, "password: {{ .Values.pw1 }}", "password:\n",
		},
	},
}

// notPasswords are words with digits that name algorithms.
var notPasswords = []string{"sha1", "sha256", "sha512", "md5", "argon2", "argon2id", "pbkdf2", "base64", "utf8", "utf-8", "oauth2", "bcrypt2", "int32", "int64", "uint8", "varchar2"}

func checkPassword(value string) int {
	// In a query string or a form, the next field follows.
	if at := strings.IndexByte(value, '&'); at > 0 && strings.Contains(value[at:], "=") {
		value = value[:at]
	}
	value = strings.TrimRight(value, ".,;:)]}")
	if len(value) < 4 || placeholder(value) || strings.ContainsAny(value[:1], "/&@(") || strings.Contains(value, "://") || strings.Contains(value, "./") || strings.Contains(value, "(") ||
		strings.Contains(value, "::") || strings.Contains(value, "[") || strings.Contains(value, "->") {
		return 0
	}
	if among(value, notPasswords) {
		return 0
	}
	if dot := strings.LastIndexByte(value, '.'); dot > 0 && prefixFold(value[dot+1:], "pass") {
		return 0
	}
	// An empty value, with the next field behind it.
	if at := strings.IndexByte(value, '='); at > 0 && at < len(value)-1 && words(value[:at]) {
		return 0
	}
	letters, digits, others := 0, 0, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= 0x80:
			letters++
		case c >= '0' && c <= '9':
			digits++
		case strings.IndexByte("!@#$%^&*?~+=|", c) >= 0:
			others++
		}
	}
	if others == 1 && letters+digits > 0 && strings.IndexByte(value, '@') > 0 && strings.IndexByte(value[strings.IndexByte(value, '@'):], '.') > 0 {
		return 0
	}
	return whole(value, letters > 0 && digits+others > 0 || digits >= 6 && letters == 0 && plain(value))
}

// words tells whether text is a name: letters and underscores.
func words(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}
