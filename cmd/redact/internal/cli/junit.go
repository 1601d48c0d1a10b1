package cli

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/policytest"
)

// The elements of a JUnit report, as far as pipelines read them
// (https://github.com/testmoapp/junitxml).
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// printJUnit prints results for pipelines, and counts them.
func (a *app) printJUnit(name string, suites []junitSuite) error {
	all := junitSuites{Name: name, Suites: suites}
	for i := range suites {
		s := &suites[i]
		s.Tests = len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil {
				s.Failures++
			}
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
	}
	a.printf("%s", xml.Header)
	e := xml.NewEncoder(a.out)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	a.printf("\n")
	return nil
}

// checkSuites makes a suite of each file and a case of each finding. Those that
// fails takes are failures, and the others are passed cases with an output. A file
// without findings is one passed case.
func checkSuites(r check.Result, fails func(check.Severity) bool) []junitSuite {
	files := slices.Clone(r.Files)
	byFile := map[string][]check.Finding{}
	for _, f := range r.Findings {
		if byFile[f.File] == nil && !slices.Contains(files, f.File) {
			files = append(files, f.File)
		}
		byFile[f.File] = append(byFile[f.File], f)
	}
	var suites []junitSuite
	for _, file := range files {
		suite := junitSuite{Name: file}
		for _, f := range byFile[file] {
			c := junitCase{Name: fmt.Sprintf("%s %d:%d", f.Code, f.Line, f.Column), Class: file, File: file, Line: f.Line}
			text := fmt.Sprintf("%s:%d:%d: %s %s: %s\n%s\n%s", f.File, f.Line, f.Column, f.Severity, f.Code, f.Reason, f.Pointer, f.Remedy)
			if fails(f.Severity) {
				c.Failure = &junitFailure{f.Code, f.Reason, text}
			} else {
				c.Out = text
			}
			suite.Cases = append(suite.Cases, c)
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []junitCase{{Name: "no findings", Class: file, File: file}}
		}
		suites = append(suites, suite)
	}
	return suites
}

// testSuite makes a case of each test. A rule that no test has touched is a failed
// one.
func testSuite(r testResult) junitSuite {
	results := r.Results
	for _, name := range r.Untouched {
		results = append(results, policytest.Result{
			Kind: "coverage", Name: "rule " + name, Failures: []policytest.Failure{{Say: "no test has had a finding of it"}},
		})
	}
	suite := junitSuite{Name: r.Policy.Name}
	for _, t := range results {
		c := junitCase{Class: r.Policy.Name + "." + t.Kind, Name: t.Name}
		if !t.Passed {
			var text []string
			for _, f := range t.Failures {
				text = append(text, strings.TrimSuffix(f.Say+"\n"+f.Detail, "\n"))
			}
			c.Failure = &junitFailure{Message: t.Failures[0].Say, Text: strings.Join(text, "\n")}
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}
