package bodytemplate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"
)

// ParseError is a mistake in a template.
type ParseError struct {
	// Place is the file, with the line where it is known.
	Place string
	// Reason says what is wrong.
	Reason string
	// Remedy says how to mend it.
	Remedy string
}

// Error returns one line with all that is known.
func (e *ParseError) Error() string {
	if e.Remedy == "" {
		return e.Place + ": " + e.Reason
	}
	return e.Place + ": " + e.Reason + "; " + e.Remedy
}

// ExecError says where and why an execution failed. Neither field holds a
// value of the request or a constant of the template.
type ExecError struct {
	// Place is file, line and column.
	Place string
	// Reason is one of a fixed set of texts with at most a function's name.
	Reason string
}

// Error returns place and reason.
func (e *ExecError) Error() string { return e.Place + ": " + e.Reason }

// reason is an error whose text is fixed, so that it may be logged.
type reason string

func (r reason) Error() string { return string(r) }

var (
	location  = regexp.MustCompile("^template: " + mainName + `((?::\d+){1,2}): `)
	undefined = regexp.MustCompile(`^function "(\w+)" not defined$`)
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`[^`]*`?")
	plainName = regexp.MustCompile(`^"(?:[$.]?\w*|[^\w\s"\\]+)"$`)
	calling   = regexp.MustCompile(`error calling (\w+): $`)
)

// place splits an error of text/template into its place and the rest.
func place(file string, err error) (where, rest string) {
	text := err.Error()
	m := location.FindStringSubmatchIndex(text)
	if m == nil {
		return file, strings.TrimPrefix(text, "template: ")
	}
	return file + text[m[2]:m[3]], text[m[1]:]
}

// parseError hides the constants that text/template quotes: a template may
// hold the very password that it looks for.
func parseError(file string, err error) *ParseError {
	where, rest := place(file, err)
	if m := undefined.FindStringSubmatch(rest); m != nil {
		return &ParseError{Place: where, Reason: fmt.Sprintf("the function %s is not available", m[1]), Remedy: whyUnavailable(m[1])}
	}
	rest = quoted.ReplaceAllStringFunc(rest, func(s string) string {
		if plainName.MatchString(s) {
			return s
		}
		return "…"
	})
	return &ParseError{Place: where, Reason: "the template cannot be parsed: " + rest}
}

// execReasons maps how text/template begins its messages to what is told.
var execReasons = []struct{ marker, reason string }{
	{"map has no entry for key", "a key is missing, and missingkey is error"},
	{"nil data; no entry for key", "a field of an absent value is asked for"},
	{"nil pointer evaluating", "a field of an absent value is asked for"},
	{"can't evaluate field", "a field is asked of a value that is no object"},
	{"range can't iterate over", "range is given a value that is neither list nor object"},
	{"to iterate over more than one variable", "range is given a value that is neither list nor object"},
	{"invalid value; expected", "an argument is absent"},
	{"wrong type for value; expected", "an argument has the wrong type"},
	{"wrong number of args", "a function is called with the wrong number of arguments"},
	{"exceeded maximum template depth", "templates call each other without an end"},
	{"not defined", "a template that is not defined is called"},
}

// execError reduces an error to its place and a fixed text.
func execError(file string, err error) *ExecError {
	var exec template.ExecError
	if !errors.As(err, &exec) {
		// Of the writer's errors, both are ours.
		if errors.Is(err, errOutput) || errors.Is(err, errStopped) {
			return &ExecError{Place: file, Reason: err.Error()}
		}
		return &ExecError{Place: file, Reason: "the template failed"}
	}
	where, rest := place(file, exec.Err)
	if cause := errors.Unwrap(exec.Err); cause != nil {
		// Cutting the cause off first keeps what it quotes out of the search.
		what := "a function"
		if m := calling.FindStringSubmatch(strings.TrimSuffix(rest, cause.Error())); m != nil {
			what = "the function " + m[1]
			switch m[1] {
			case checkRange:
				what = "range"
			case checkPrint:
				what = "printing"
			}
		}
		var why reason
		if errors.As(cause, &why) {
			return &ExecError{Place: where, Reason: fmt.Sprintf("%s failed: %s", what, why)}
		}
		return &ExecError{Place: where, Reason: what + " failed"}
	}
	for _, r := range execReasons {
		if strings.Contains(rest, r.marker) {
			return &ExecError{Place: where, Reason: r.reason}
		}
	}
	return &ExecError{Place: where, Reason: "the template failed"}
}
