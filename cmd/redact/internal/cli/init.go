package cli

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/scaffold"
)

// initResult is what redact init prints.
type initResult struct {
	Dir   string   `json:"dir"`
	Files []string `json:"files"`
	Next  []string `json:"next"`
}

// initialize writes the first files of a gateway.
func (a *app) initialize() *cobra.Command {
	var o scaffold.Options
	var dir string
	var yes, force bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a policy, a KrakenD configuration that masks by it, and a compose file",
		Long: `Write a policy, a KrakenD configuration that masks by it, and a compose file.

On a terminal it asks for what no flag says; elsewhere, and with --yes, it takes the
defaults. The configuration has the interlock, which refuses requests that were not
masked, and takes the provider's key from the environment. Its backend is a template of
its own, to be used in a configuration that you have. Nothing is replaced without --force.`,
		Example: `  redact init --dir gateway
  redact init --dir gateway --provider anthropic --packs pii,secrets --unmask=false --yes
  redact init --dir gateway --yes --jwk-url https://id.example.com/jwks.json --issuer https://id.example.com --audience llm`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, asks := terminal(a.in); asks && !yes {
				if err := a.ask(c, &o); err != nil {
					return err
				}
			}
			for _, pack := range o.Packs {
				if err := checkChoice("packs", pack, detector.Packs()...); err != nil {
					return err
				}
			}
			files, err := scaffold.Files(o)
			if err != nil {
				return err
			}
			if err := checkScaffold(files); err != nil {
				return failure{err}
			}
			if err := scaffold.Write(dir, files, force); err != nil {
				return failure{err}
			}
			return a.printInit(dir, files)
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "the folder to write to")
	c.Flags().StringVar(&o.Provider, "provider", "openai", "the LLM provider: "+strings.Join(scaffold.Providers(), ", "))
	c.Flags().StringSliceVar(&o.Packs, "packs", []string{detector.PackDefault}, "packs of detectors: "+strings.Join(detector.Packs(), ", "))
	c.Flags().BoolVar(&o.Unmask, "unmask", true, "give values back in answers")
	c.Flags().StringVar(&o.JWKURL, "jwk-url", "", "let in callers with a token (JWT) only, and find its keys here")
	c.Flags().StringVar(&o.Issuer, "issuer", "", "who issues the tokens")
	c.Flags().StringVar(&o.Audience, "audience", "", "whom the tokens are meant for")
	c.Flags().BoolVar(&yes, "yes", false, "ask nothing")
	c.Flags().BoolVar(&force, "force", false, "replace files that exist")
	completeWith(c, "provider", scaffold.Providers()...)
	completeWith(c, "packs", detector.Packs()...)
	return c
}

// checkScaffold makes sure that a gateway takes the policy.
func checkScaffold(files []scaffold.File) error {
	for _, f := range files {
		if f.Name != scaffold.PolicyFile {
			continue
		}
		p, err := policy.Parse(f.Name, "", f.Text)
		if err != nil {
			return err
		}
		if _, err := exchange.New(p, exchange.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// ask asks for what flags do not say.
func (a *app) ask(c *cobra.Command, o *scaffold.Options) error {
	q := questions{app: a, lines: bufio.NewScanner(a.in)}
	if !c.Flags().Changed("provider") {
		o.Provider = q.ask("LLM provider ("+strings.Join(scaffold.Providers(), ", ")+")", o.Provider, oneOf(scaffold.Providers()))
	}
	if !c.Flags().Changed("packs") {
		packs := q.ask("What to look for: packs, with commas between ("+strings.Join(detector.Packs(), ", ")+")", strings.Join(o.Packs, ","), func(answer string) string {
			for _, pack := range splitList(answer) {
				if say := oneOf(detector.Packs())(pack); say != "" {
					return say
				}
			}
			return ""
		})
		o.Packs = splitList(packs)
	}
	if !c.Flags().Changed("unmask") {
		o.Unmask = q.ask("Give values back in answers (yes, no)", "yes", oneOf([]string{"yes", "no", "y", "n"}))[0] == 'y'
	}
	if !c.Flags().Changed("jwk-url") {
		o.JWKURL = q.ask("Let in callers with a token (JWT) only: URL of its keys, https://…, or none", "none", func(answer string) string {
			if answer == "none" || strings.HasPrefix(answer, "https://") {
				return ""
			}
			return "it begins with https://"
		})
		if o.JWKURL == "none" {
			o.JWKURL = ""
		}
	}
	if o.JWKURL != "" && !c.Flags().Changed("issuer") {
		o.Issuer = q.ask("Who issues the tokens", "", notEmpty)
	}
	if o.JWKURL != "" && !c.Flags().Changed("audience") {
		o.Audience = q.ask("Whom the tokens are meant for", "", notEmpty)
	}
	return q.err
}

// questions asks questions on a terminal.
type questions struct {
	app   *app
	lines *bufio.Scanner
	err   error // the end of the answers
}

// ask asks until the answer is right. wrong says what is wrong with an answer.
func (q *questions) ask(question, otherwise string, wrong func(answer string) string) string {
	for q.err == nil {
		fmt.Fprintf(q.app.errOut, "%s", question)
		if otherwise != "" {
			fmt.Fprintf(q.app.errOut, " [%s]", otherwise)
		}
		fmt.Fprint(q.app.errOut, ": ")
		if !q.lines.Scan() {
			fmt.Fprintln(q.app.errOut)
			if q.err = q.lines.Err(); q.err == nil {
				q.err = errors.New("no answer: nothing was written")
			}
			break
		}
		answer := strings.TrimSpace(q.lines.Text())
		if answer == "" {
			answer = otherwise
		}
		say := wrong(answer)
		if say == "" {
			return answer
		}
		fmt.Fprintf(q.app.errOut, "  %s\n", say)
	}
	return "-"
}

func oneOf(choices []string) func(string) string {
	return func(answer string) string {
		if slices.Contains(choices, answer) {
			return ""
		}
		return fmt.Sprintf("%q is none of %s", answer, strings.Join(choices, ", "))
	}
}

func notEmpty(answer string) string {
	if answer == "" {
		return "there has to be one"
	}
	return ""
}

// splitList splits a list with commas.
func splitList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func (a *app) printInit(dir string, files []scaffold.File) error {
	r := initResult{Dir: dir, Next: []string{
		"put redact.so, built for your KrakenD, into " + dir + "/plugins (docs/install.md)",
		"redact try " + dir + "/" + scaffold.PolicyFile + " 'some text of yours'",
		"docker compose up in " + dir + ", or copy the backend in templates/llm_backend.tmpl into your own krakend.json",
	}}
	for _, f := range files {
		r.Files = append(r.Files, f.Name)
	}
	if a.output == "json" {
		return a.printJSON(r)
	}
	for _, name := range r.Files {
		a.printf("%s %s/%s\n", a.paint(styleGood, "wrote"), dir, name)
	}
	a.printf("\nnext:\n")
	for i, step := range r.Next {
		a.printf("  %d. %s\n", i+1, step)
	}
	return nil
}
