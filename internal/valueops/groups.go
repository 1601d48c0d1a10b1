package valueops

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// UnknownGroup is a reference in a replacement to a group that the pattern
// lacks, which Go replaces by nothing.
type UnknownGroup struct {
	// Written is the reference as it stands, such as $1XXXX.
	Written string
	// Meant is what was probably meant, such as ${1}XXXX, and "" when no group
	// of the pattern begins like it.
	Meant string
}

// UnknownGroups reads a replacement as [regexp.Regexp.Expand] does and returns
// the references that stay empty whatever the pattern matches. The usual
// mistake is $1XXXX: Go takes all letters, digits and underscores for the
// group's name.
func UnknownGroups(pattern *regexp.Regexp, replacement string) []UnknownGroup {
	var unknown []UnknownGroup
	for {
		_, after, found := strings.Cut(replacement, "$")
		if !found {
			return unknown
		}
		if strings.HasPrefix(after, "$") {
			replacement = after[1:]
			continue
		}
		name, size := reference(after)
		if size > 0 && !hasGroup(pattern, name) {
			unknown = append(unknown, UnknownGroup{Written: "$" + after[:size], Meant: meant(pattern, name)})
		}
		replacement = after[size:]
	}
}

// reference reads the name that follows a dollar sign and tells how long its
// spelling is: 0 when the dollar sign stands for itself.
func reference(s string) (name string, size int) {
	s, braced := strings.CutPrefix(s, "{")
	end := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if end < 0 {
		end = len(s)
	}
	switch {
	case end == 0:
		return "", 0
	case !braced:
		return s[:end], end
	case strings.HasPrefix(s[end:], "}"):
		return s[:end], end + len("{}")
	}
	return "", 0
}

func hasGroup(pattern *regexp.Regexp, name string) bool {
	if n, ok := number(name); ok {
		return n <= pattern.NumSubexp()
	}
	return pattern.SubexpIndex(name) >= 0
}

// number reads a group's number by the rules of Expand: leading zeros make it
// a name.
func number(name string) (n int, ok bool) {
	if name[0] == '0' && len(name) > 1 {
		return 0, false
	}
	for i := 0; i < len(name); i++ {
		if name[i] < '0' || name[i] > '9' || n >= 1e8 {
			return 0, false
		}
		n = n*10 + int(name[i]-'0')
	}
	return n, true
}

// meant looks for the longest beginning of a name that is a group.
func meant(pattern *regexp.Regexp, name string) string {
	for end := len(name); end > 0; {
		if hasGroup(pattern, name[:end]) {
			return "${" + name[:end] + "}" + name[end:]
		}
		_, size := utf8.DecodeLastRuneInString(name[:end])
		end -= size
	}
	return ""
}
