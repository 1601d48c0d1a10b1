package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
)

// check finds mistakes in policies and configurations.
func (a *app) check() *cobra.Command {
	var o check.Options
	var paths []string
	strict := false
	c := alsoPrints(&cobra.Command{
		Use:   "check FILE...",
		Short: "Find mistakes in policies, KrakenD configurations and container files",
		Long: `Find mistakes in policies, KrakenD configurations and container files.

What a file is shows in its name and content: policies and configurations of
KrakenD (*.json), templates of flexible configuration, which are rendered as
KrakenD does, Dockerfiles, and the images in compose files, Kubernetes manifests
and Helm values (*.yml, *.yaml). Of a folder, all that is known is checked.

Policies and settings are read by the code that runs in the gateway. The exit code
is 1 if there is an error, with --strict also for a warning. "redact explain CODE"
says more about a finding. A provider's key is never printed.`,
		Example: `  redact check policies/ krakend.json docker-compose.yml
  LLM_API_KEY=none redact check krakend.json --settings settings --partials partials --templates templates
  redact check krakend.json --path /etc/krakend=deploy --path /opt/krakend/plugins=bin/plugins
  redact check . --output sarif > redact.sarif`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			for _, p := range paths {
				from, to, ok := strings.Cut(p, "=")
				if !ok || from == "" || to == "" {
					return fmt.Errorf("--path is %q; write FROM=TO, the path at the gateway and the one here", p)
				}
				o.Paths = append(o.Paths, check.Mapping{From: from, To: to})
			}
			if info, err := os.Stat(files[0]); o.Rendered != "" && (len(files) > 1 || err == nil && info.IsDir()) {
				return errors.New("--rendered takes the result of one template; name one file")
			}
			fails := func(s check.Severity) bool { return s == check.Error || strict && s == check.Warning }
			r := check.Run(files, o)
			if err := a.printCheck(r, fails); err != nil {
				return failure{err}
			}
			for _, f := range r.Findings {
				if fails(f.Severity) {
					return errFindings
				}
			}
			return nil
		},
	}, "sarif", "junit")
	flags := c.Flags()
	flags.BoolVar(&strict, "strict", false, "take warnings for errors")
	flags.StringVar(&o.Folder, "folder", "", "KrakenD's working folder, where relative paths start (default: this one)")
	flags.StringArrayVar(&paths, "path", nil, "where a path of the gateway's machine is found here, as FROM=TO; may be repeated")
	flags.StringVar(&o.Flexible.Settings, "settings", os.Getenv("FC_SETTINGS"), "folder of flexible configuration's settings (default: FC_SETTINGS)")
	flags.StringVar(&o.Flexible.Partials, "partials", os.Getenv("FC_PARTIALS"), "folder of flexible configuration's partials (default: FC_PARTIALS)")
	flags.StringVar(&o.Flexible.Templates, "templates", os.Getenv("FC_TEMPLATES"), "folder of flexible configuration's templates (default: FC_TEMPLATES)")
	flags.StringVar(&o.Rendered, "rendered", "", "write what a template renders to into this file, which may then hold keys of the environment")
	flags.BoolVar(&o.Enterprise, "enterprise", false, "the gateway is KrakenD Enterprise")
	flags.BoolVar(&o.CompiledIn, "compiled-in", false, "the gateway is krakend-redact, which needs no plugins")
	return c
}

// checkResult is what redact check prints as JSON.
type checkResult struct {
	Summary checkSummary `json:"summary"`
	check.Result
}

type checkSummary struct {
	Files    int `json:"files"`
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
}

// printCheck prints what was found. fails tells which findings are failures.
func (a *app) printCheck(r check.Result, fails func(check.Severity) bool) error {
	switch a.output {
	case "json":
		return a.printJSON(checkResult{checkSummary{len(r.Files), r.Count(check.Error), r.Count(check.Warning), r.Count(check.Info)}, r})
	case "sarif":
		return a.printSARIF(r)
	case "junit":
		return a.printJUnit("redact check", checkSuites(r, fails))
	}
	styles := map[check.Severity]style{check.Error: styleBad, check.Warning: styleWarning, check.Info: styleFaint}
	file := ""
	for _, f := range r.Findings {
		if f.File != file {
			file = f.File
			a.printf("%s\n", a.paint(styleStrong, oneLine(file)))
		}
		a.printf("  %d:%d  %s  %s  %s\n", f.Line, f.Column, a.paint(styles[f.Severity], string(f.Severity)), f.Code, oneLine(f.Reason))
		if f.Pointer != "" {
			a.printf("      at %s\n", oneLine(f.Pointer))
		}
		a.printf("      %s\n", oneLine(f.Remedy))
	}
	if len(r.Findings) > 0 {
		a.printf("\n")
	}
	a.printf("%s: %s, %s, %d info\n", plural(len(r.Files), "file"), plural(r.Count(check.Error), "error"), plural(r.Count(check.Warning), "warning"), r.Count(check.Info))
	return nil
}
