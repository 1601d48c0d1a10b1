package cli

import (
	"io"
	"os"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// policyResult is how results name the policy that they are about.
type policyResult struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	File    string `json:"file"`
	// Mode is "test" where a gateway would mask nothing.
	Mode string `json:"mode"`
}

func policyResultOf(p *policy.Policy, file string) policyResult {
	return policyResult{p.Name, p.Version, file, string(p.Mode)}
}

func (a *app) printPolicy(p policyResult) {
	a.printf("policy %s", a.paint(styleStrong, oneLine(strings.TrimSpace(p.Name+" "+p.Version))))
	if p.Mode == string(policy.Test) {
		a.printf(" %s", a.paint(styleWarning, "(mode test: a gateway would only count, this shows what enforce would do)"))
	}
	a.printf("\n")
}

// open opens a file, or the standard input for "-".
func (a *app) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.in), nil
	}
	return os.Open(name)
}
