package cli

import (
	"encoding/xml"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/policytest"
)

// junitSuite is the JUnit form of test results, as far as pipelines agree on it
// (https://github.com/testmoapp/junitxml).
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// printJUnit prints test results for pipelines. A rule that no test has touched is
// a failed test.
func (a *app) printJUnit(r testResult) error {
	results := r.Results
	for _, name := range r.Untouched {
		results = append(results, policytest.Result{
			Kind: "coverage", Name: "rule " + name, Failures: []policytest.Failure{{Say: "no test has had a finding of it"}},
		})
	}
	suite := junitSuite{Name: r.Policy.Name, Tests: len(results), Failures: r.Failed + len(r.Untouched)}
	for _, t := range results {
		c := junitCase{Class: r.Policy.Name + "." + t.Kind, Name: t.Name}
		if !t.Passed {
			var text []string
			for _, f := range t.Failures {
				text = append(text, strings.TrimSuffix(f.Say+"\n"+f.Detail, "\n"))
			}
			c.Failure = &junitFailure{t.Failures[0].Say, strings.Join(text, "\n")}
		}
		suite.Cases = append(suite.Cases, c)
	}
	e := xml.NewEncoder(a.out)
	e.Indent("", "  ")
	a.printf("%s", xml.Header)
	if err := e.Encode(suite); err != nil {
		return err
	}
	a.printf("\n")
	return nil
}
