package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionResult is what redact version prints.
type versionResult struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Modified tells that the source was not what the commit holds.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// version says what was built, and with which Go.
func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit and the Go that built it",
		Example: "  redact version\n  redact version --output json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := builtFrom()
			if a.output == "json" {
				return a.printJSON(v)
			}
			a.printf("redact %s", v.Version)
			if v.Commit != "" {
				a.printf(" (commit %s", v.Commit)
				if v.Modified {
					a.printf(", modified")
				}
				a.printf(")")
			}
			a.printf(", %s, %s\n", v.Go, v.Platform)
			return nil
		},
	}
}

// builtFrom reads what Go writes into every program.
func builtFrom() versionResult {
	v := versionResult{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
