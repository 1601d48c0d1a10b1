// Package pattern reads the expressions of rules: RE2 syntax, and look-around at
// their two ends, which RE2 does not have. It says what an expression consists
// of and what is wrong with it; it matches nothing.
package pattern

import (
	"regexp/syntax"
)

// MaxLook bounds in bytes what a look-around can look at. A stream holds back
// that much behind a match.
const MaxLook = 255

// Pattern is an expression taken apart.
type Pattern struct {
	// Tree is what matches, without the look-around.
	Tree *syntax.Regexp
	// Before and After must hold where the match begins and ends.
	Before, After []Look
	// Groups is the number of capture groups.
	Groups int
}

// Look is a look-around: what must stand there, or must not.
type Look struct {
	Tree *syntax.Regexp
	Not  bool
	// Width is the most that it looks at, in bytes.
	Width int
}

// Error says what is wrong with an expression, without ever quoting it: an
// expression may be the password that it looks for.
type Error struct{ Reason, Remedy string }

func (e *Error) Error() string { return e.Reason + "; " + e.Remedy }

// The remedies for look-around that cannot be a check at the ends of a match.
const (
	useBacktracking = `put it at the very beginning ((?<=…), (?<!…)) or end ((?=…), (?!…)) of the pattern, or set "engine": "backtracking"`
	seeSyntax       = `see https://github.com/google/re2/wiki/Syntax, or set "literal": true for plain text`
)

// Parse takes an expression apart. Its errors are of type [*Error].
func Parse(expression string) (*Pattern, error) {
	parts, err := split(expression)
	if err != nil {
		return nil, err
	}
	p := &Pattern{}
	if p.Tree, err = parse(parts.rest, seeSyntax); err != nil {
		return nil, err
	}
	if (parts.before != nil || parts.after != nil) && p.Tree.Op == syntax.OpEmptyMatch {
		return nil, &Error{"has nothing but look-around", "write what to find between it"}
	}
	p.Groups = p.Tree.MaxCap()
	if p.Before, err = looks(parts.before); err != nil {
		return nil, err
	}
	if p.After, err = looks(parts.after); err != nil {
		return nil, err
	}
	return p, nil
}

func looks(parts []part) ([]Look, error) {
	var list []Look
	for _, part := range parts {
		tree, err := parse(part.expression, seeSyntax)
		if err != nil {
			return nil, err
		}
		if tree.MaxCap() > 0 {
			return nil, &Error{"has a capture group in a look-around", "write it as (?:…)"}
		}
		_, most := Width(tree)
		if most == Unbounded || most > MaxLook {
			return nil, &Error{
				"has a look-around that can look further than 255 bytes",
				`bound its repeats, as in \s{0,10}, or set "engine": "backtracking"`,
			}
		}
		list = append(list, Look{tree, part.not, most})
	}
	return list, nil
}

func parse(expression, remedy string) (*syntax.Regexp, error) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err == nil {
		return tree, nil
	}
	reason := "is not a valid regular expression"
	if se, ok := err.(*syntax.Error); ok {
		reason += ": " + se.Code.String()
	}
	return nil, &Error{reason, remedy}
}
