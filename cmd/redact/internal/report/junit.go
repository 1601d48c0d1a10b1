package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
)

// The elements of a JUnit report, as far as pipelines read them
// (https://github.com/testmoapp/junitxml).
type (
	testsuites struct {
		XMLName  xml.Name    `xml:"testsuites"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Suites   []testsuite `xml:"testsuite"`
	}
	testsuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	testcase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		File    string   `xml:"file,attr"`
		Line    int      `xml:"line,attr,omitempty"`
		Failure *failure `xml:"failure"`
		Out     string   `xml:"system-out,omitempty"`
	}
	failure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes findings for pipelines: a suite for each file, a case for each
// finding. Those that fails takes are failures, and the others are passed cases
// with an output. A file without findings is one passed case.
func JUnit(w io.Writer, r check.Result, fails func(check.Severity) bool) error {
	all := testsuites{Name: "redact check"}
	files := append([]string{}, r.Files...)
	byFile := map[string][]check.Finding{}
	for _, f := range r.Findings {
		if byFile[f.File] == nil && !slices.Contains(files, f.File) {
			files = append(files, f.File)
		}
		byFile[f.File] = append(byFile[f.File], f)
	}
	for _, file := range files {
		suite := testsuite{Name: file}
		for _, f := range byFile[file] {
			c := testcase{Name: fmt.Sprintf("%s %d:%d", f.Code, f.Line, f.Column), Class: file, File: file, Line: f.Line}
			text := fmt.Sprintf("%s:%d:%d: %s %s: %s\n%s\n%s", f.File, f.Line, f.Column, f.Severity, f.Code, f.Reason, f.Pointer, f.Remedy)
			if fails(f.Severity) {
				c.Failure = &failure{f.Code, f.Reason, text}
				suite.Failures++
			} else {
				c.Out = text
			}
			suite.Cases = append(suite.Cases, c)
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []testcase{{Name: "no findings", Class: file, File: file}}
		}
		suite.Tests = len(suite.Cases)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
