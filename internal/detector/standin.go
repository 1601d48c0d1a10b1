package detector

import (
	"strings"
	"unicode/utf8"
)

// standIns are what documentation writes in place of a secret, in lower case.
var standIns = []string{
	"password", "passwd", "passwort", "pwd", "pass", "secret", "token", "changeme", "change-me", "change_me", "example", "redacted", "hidden", "placeholder",
	"null", "none", "nil", "undefined", "true", "false", "string", "required", "optional", "yourpassword", "mypassword", "todo",
}

// placeholder tells of a secret's value that it is a variable, a template or
// another stand-in: ${X}, {{x}}, <x>, %s, ***, xxxx, your-key-here, password.
func placeholder(value string) bool {
	if value == "" || strings.ContainsAny(value[:1], "$<{[%*") || strings.ContainsAny(value[len(value)-1:], ">}]*") ||
		strings.Contains(value, "${") || strings.Contains(value, "{{") || strings.Contains(value, "...") || strings.Contains(value, "[REDACTED") {
		return true
	}
	if repeats(value) || prefixFold(value, "your") || prefixFold(value, "my-") || prefixFold(value, "my_") || prefixFold(value, "xxx") {
		return true
	}
	return among(value, standIns)
}

// among tells whether text, which is not empty, is one of some words in lower case,
// in any case.
func among(text string, words []string) bool {
	first := text[0]
	for _, word := range words {
		if (lower(first) == word[0] || first >= utf8.RuneSelf) && strings.EqualFold(text, word) {
			return true
		}
	}
	return false
}

// repeats tells whether value is one byte again and again.
func repeats(value string) bool { return strings.Trim(value, value[:1]) == "" }

func prefixFold(value, prefix string) bool {
	return len(value) >= len(prefix) && strings.EqualFold(value[:len(prefix)], prefix)
}
