package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/migrate"
	"github.com/spf13/cobra"
)

// migrateFlags are what redact migrate was asked for.
type migrateFlags struct {
	write      string
	acceptLoss bool
}

// migrateResult is what redact migrate prints with --output json.
type migrateResult struct {
	// Policy is the policy; Config is the configuration, as text, since it may
	// have comments. Neither is there if it was written to a file.
	Policy     json.RawMessage `json:"policy,omitempty"`
	Config     string          `json:"config,omitempty"`
	NotCarried []migrate.Item  `json:"not_carried"`
	Ignored    []migrate.Item  `json:"ignored"`
	Notes      []migrate.Item  `json:"notes"`
}

// migrate turns the configurations of other products into ours.
func (a *app) migrate() *cobra.Command {
	var f migrateFlags
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Turn configurations of other products into ours",
		Long: `Turn what other products are told about sensitive data into a policy, or KrakenD
Enterprise's namespaces into plugins. The result is printed, or written with --write.

What cannot be carried over is listed on standard error with the reason, and makes the
exit code 1 unless --accept-loss is given. Nothing is dropped silently.`,
		Example: `  redact migrate krakend krakend.json --write krakend.ce.json
  redact migrate gitleaks .gitleaks.toml --accept-loss > policies/secrets.json
  redact migrate presidio recognizers.yaml --output json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.PersistentFlags().StringVar(&f.write, "write", "", "file to write the result to, instead of standard output")
	c.PersistentFlags().BoolVar(&f.acceptLoss, "accept-loss", false, "exit with 0 although something was not carried over")
	reverse := false
	krakend := a.migrateFrom(&f, "krakend", "namespaces of KrakenD Enterprise to plugins of the free edition, or back (JSON)", "krakend.json --write krakend.ce.json", true,
		func(text []byte, _ string) (*migrate.Result, error) {
			if reverse {
				return migrate.ToEnterprise(text)
			}
			return migrate.ToPlugins(text)
		})
	krakend.Example += "\n  redact migrate krakend --reverse krakend.ce.json > krakend.json"
	krakend.Flags().BoolVar(&reverse, "reverse", false, "turn plugins into namespaces of the Enterprise edition")
	c.AddCommand(
		krakend,
		a.migrateFrom(&f, "presidio", "recognizers of Presidio (YAML)", "recognizers.yaml > policy.json", false, migrate.Presidio),
		a.migrateFrom(&f, "gitleaks", "rules of gitleaks (TOML)", ".gitleaks.toml --accept-loss > policy.json", false, migrate.Gitleaks),
		a.migrateFrom(&f, "litellm", "guardrails of LiteLLM's proxy (YAML)", "config.yaml > policy.json", false, migrate.LiteLLM),
		a.migrateFrom(&f, "kong", "the plugin ai-sanitizer of Kong (YAML, JSON)", "kong.yaml > policy.json", false, migrate.Kong),
		a.migrateFrom(&f, "bedrock", "a guardrail of AWS Bedrock (JSON)", "guardrail.json > policy.json", false, migrate.Bedrock),
	)
	return c
}

func (a *app) migrateFrom(f *migrateFlags, name, what, example string, isConfig bool, source migrate.Source) *cobra.Command {
	return &cobra.Command{
		Use:     name + " FILE",
		Short:   "Migrate " + what,
		Example: "  redact migrate " + name + " " + example,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			result, err := source(text, filepath.Dir(args[0]))
			if result != nil && (a.output != "json" || err != nil) {
				a.printItems("not carried over", styleBad, result.Lost)
				a.printItems("ignored", styleFaint, result.Ignored)
				a.printItems("note", styleWarning, result.Notes)
			}
			if err != nil {
				return failure{fmt.Errorf("%s %w", args[0], err)}
			}
			if err := a.writeMigrated(*f, result, isConfig); err != nil {
				return err
			}
			if len(result.Lost) > 0 && !f.acceptLoss {
				return errFindings
			}
			return nil
		},
	}
}

// writeMigrated prints the result or writes it to a file.
func (a *app) writeMigrated(f migrateFlags, result *migrate.Result, isConfig bool) error {
	report := migrateResult{NotCarried: itemsOf(result.Lost), Ignored: itemsOf(result.Ignored), Notes: itemsOf(result.Notes)}
	switch {
	case f.write != "":
		if err := os.WriteFile(f.write, result.Text, 0o644); err != nil {
			return failure{err}
		}
	case a.output != "json":
		_, err := a.out.Write(result.Text)
		return err
	case isConfig:
		report.Config = string(result.Text)
	default:
		report.Policy = result.Text
	}
	if a.output == "json" {
		return a.printJSON(report)
	}
	return nil
}

// itemsOf makes an empty list of none.
func itemsOf(items []migrate.Item) []migrate.Item {
	if items == nil {
		return []migrate.Item{}
	}
	return items
}

func (a *app) printItems(title string, s style, items []migrate.Item) {
	for _, item := range items {
		fmt.Fprintf(a.errOut, "%s: %s: %s\n", a.paint(s, title), oneLine(item.Path), oneLine(item.Reason))
	}
}
