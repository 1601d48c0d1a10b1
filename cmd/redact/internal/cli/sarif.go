package cli

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
)

// levels are SARIF's words for severities (SARIF 2.1.0, section 3.27.10).
var levels = map[check.Severity]string{check.Error: "error", check.Warning: "warning", check.Info: "note"}

// printSARIF prints findings for code review
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
func (a *app) printSARIF(r check.Result) error {
	run := sarif.NewRunWithInformationURI("redact", "https://github.com/krakend-redact/krakend-redact")
	run.WithColumnKind("unicodeCodePoints")
	used := map[string]bool{}
	for _, f := range r.Findings {
		used[f.Code] = true
	}
	for _, code := range check.Codes() {
		if used[code.ID] {
			run.AddRule(code.ID).
				WithShortDescription(sarif.NewMultiformatMessageString().WithText(code.Title)).
				WithHelpURI(code.PageURL()).
				WithHelp(sarif.NewMultiformatMessageString().WithText(code.Remedy).WithMarkdown(code.Page())).
				WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(levels[code.Severity]))
		}
	}
	for _, f := range r.Findings {
		location := sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
			WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri(f.File))).
			WithRegion(sarif.NewRegion().WithStartLine(f.Line).WithStartColumn(f.Column)))
		if f.Pointer != "" {
			location.WithLogicalLocations([]*sarif.LogicalLocation{sarif.NewLogicalLocation().WithFullyQualifiedName(f.Pointer)})
		}
		run.CreateResultForRule(f.Code).
			WithLevel(levels[f.Severity]).
			WithMessage(sarif.NewTextMessage(f.Reason + ". Remedy: " + f.Remedy + ".")).
			AddLocation(location)
	}
	report := sarif.NewReport()
	report.AddRun(run)
	return a.printJSON(report)
}

// uri returns a file as a reference that is relative to the folder of the source,
// unless the file is named by its whole path.
func uri(file string) string {
	path := filepath.ToSlash(file)
	if filepath.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return (&url.URL{Path: strings.TrimPrefix(path, "./")}).EscapedPath()
}
