// Package report writes what a check has found: for people, for programs, for
// code review (SARIF) and for pipelines (JUnit).
//
// It knows nothing of how findings come about.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
)

// Paint gives a text the look of a severity, or of a heading if that is empty.
type Paint func(s check.Severity, text string) string

// Text writes findings for people, file by file.
func Text(w io.Writer, r check.Result, paint Paint) error {
	var b strings.Builder
	file := ""
	for _, f := range r.Findings {
		if f.File != file {
			file = f.File
			fmt.Fprintf(&b, "%s\n", paint("", plain(file)))
		}
		fmt.Fprintf(&b, "  %d:%d  %s  %s  %s\n", f.Line, f.Column, paint(f.Severity, string(f.Severity)), f.Code, plain(f.Reason))
		if f.Pointer != "" {
			fmt.Fprintf(&b, "      at %s\n", plain(f.Pointer))
		}
		fmt.Fprintf(&b, "      %s\n", plain(f.Remedy))
	}
	if len(r.Findings) > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s: %s, %s, %s\n", counted(len(r.Files), "file"), counted(r.Count(check.Error), "error"), counted(r.Count(check.Warning), "warning"), counted(r.Count(check.Info), "info"))
	_, err := io.WriteString(w, b.String())
	return err
}

func counted(n int, word string) string {
	if n == 1 || word == "info" {
		return fmt.Sprintf("%d %s", n, word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// plain keeps what somebody wrote into a file, such as a rule's name, from
// breaking the line or steering the terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

// summary is what the JSON report begins with.
type summary struct {
	Files    int `json:"files"`
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
}

// JSON writes findings for programs.
func JSON(w io.Writer, r check.Result) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Summary summary `json:"summary"`
		check.Result
	}{summary{len(r.Files), r.Count(check.Error), r.Count(check.Warning), r.Count(check.Info)}, r})
}
