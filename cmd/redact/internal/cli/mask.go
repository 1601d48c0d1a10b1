package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/vaultfile"
)

// vaultFlags say where a vault lies.
type vaultFlags struct{ vault, key string }

func (v *vaultFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&v.vault, "vault", "", "the encrypted file with what stands behind the placeholders")
	c.Flags().StringVar(&v.key, "key-file", "", "the key of the vault, made by redact keygen")
}

// maskResult is what redact mask prints as JSON.
type maskResult struct {
	Text    string          `json:"text"`
	Counts  map[string]int  `json:"counts"` // of findings, by rule
	Watched []watchedResult `json:"watched"`
	// Restorable counts the placeholders that unmask can give back.
	Restorable int `json:"restorable"`
}

// mask masks a text for good, or so that unmask can give it back.
func (a *app) mask() *cobra.Command {
	var options exchange.Options
	var at vaultFlags
	var force bool
	c := &cobra.Command{
		Use:   "mask POLICY [FILE|-]",
		Short: "Mask a file, and keep what stands behind the placeholders in an encrypted vault",
		Long: `Mask a file or the standard input as the gateway masks a request.

Without --vault, nothing can be given back. With it, redact unmask can: the vault
holds the values of the rules that unmask, encrypted with age (age-encryption.org).
It and its key must not be readable by others (mode 0600), and nothing is replaced
without --force.

The input is read as a whole, since placeholders are numbered around those that
stand in it already; --max-bytes bounds it.`,
		Example: `  redact keygen redact.key
  redact mask policy.json --vault notes.vault --key-file redact.key < notes.txt > masked.txt
  redact unmask --vault notes.vault --key-file redact.key < answer.txt
  redact mask policy.json app.log > masked.log`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completePolicy,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := policy.Load(args[0])
			if err != nil {
				return err
			}
			e, err := exchange.New(p, options)
			if err != nil {
				return err
			}
			key, err := at.forMasking(p, force)
			if err != nil {
				return err
			}
			m, err := a.maskFile(e, args[1:])
			if err != nil {
				return failure{err}
			}
			if key != nil {
				if err := vaultfile.Write(at.vault, key, m.Vault, force); err != nil {
					return failure{err}
				}
			}
			if a.output != "json" {
				_, err := io.WriteString(a.out, m.Text)
				return err
			}
			r := maskResult{Text: m.Text, Counts: map[string]int{}, Watched: watchedOf(p, m), Restorable: m.Vault.Restorable()}
			for _, c := range m.Changes {
				r.Counts[p.Rules[c.Rule].Name]++
			}
			return a.printJSON(r)
		},
	}
	a.exchangeFlags(c, &options)
	at.add(c)
	c.Flags().BoolVar(&force, "force", false, "replace a vault that exists")
	return c
}

// forMasking returns the key of the vault that is to be written, nil for none.
func (v *vaultFlags) forMasking(p *policy.Policy, force bool) (*vaultfile.Key, error) {
	if v.vault == "" && v.key == "" {
		return nil, nil
	}
	if v.vault == "" || v.key == "" {
		return nil, errors.New("--vault and --key-file belong together; redact keygen makes a key")
	}
	unmasks := false
	for _, r := range p.Rules {
		unmasks = unmasks || r.Unmask
	}
	if !unmasks {
		return nil, errors.New(`no rule of the policy unmasks, so the vault would be empty: set "unmask_for_user": true in the policy, or leave out --vault`)
	}
	if err := vaultfile.Check(v.vault, force); err != nil {
		return nil, failure{err}
	}
	key, err := vaultfile.ReadKey(v.key)
	if err != nil {
		return nil, failure{err}
	}
	return key, nil
}

// maskFile masks a file. What a gateway would refuse is not masked either.
func (a *app) maskFile(e *exchange.Exchange, args []string) (*exchange.Masked, error) {
	in, err := a.open(append(args, "-")[0])
	if err != nil {
		return nil, err
	}
	defer in.Close()
	m, err := e.Mask(in, false)
	if err != nil {
		return nil, err
	}
	if len(m.Blocked) > 0 {
		return nil, fmt.Errorf("the input holds what these rules block: %s", strings.Join(m.Blocked, ", "))
	}
	return m, nil
}

// grammars are how exactly placeholders must be spelled, as in the gateway's
// setting "tolerant".
var grammars = map[string]placeholder.Grammar{
	"standard": placeholder.Tolerant, "aggressive": placeholder.Aggressive, "strict": placeholder.Strict,
}

// unmask puts back what mask has replaced.
func (a *app) unmask() *cobra.Command {
	var options exchange.RestoreOptions
	var at vaultFlags
	var tolerant, inURLs string
	c := &cobra.Command{
		Use:   "unmask [FILE|-]",
		Short: "Put the values of a vault back in place of their placeholders",
		Long: `Put the values of a vault back in place of their placeholders, as the gateway does
in answers: also where an LLM has spelled them in its own way, and not in links to
hosts that the masked text did not name.

JSON of up to --max-bytes stays JSON: values are escaped, numbers are numbers
again. Text, larger JSON and, with --profile, event streams are restored as they
arrive, in constant memory.`,
		Example: `  redact unmask --vault notes.vault --key-file redact.key < answer.txt
  redact unmask --profile openai --vault v --key-file k answer.json
  curl -sN … | redact unmask --profile openai --vault v --key-file k`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if at.vault == "" || at.key == "" {
				return errors.New("--vault and --key-file are missing: name the files that redact mask was given")
			}
			if err := checkChoice("tolerant", tolerant, "standard", "aggressive", "strict"); err != nil {
				return err
			}
			if err := checkChoice("restore-in-urls", inURLs, "known_hosts", "always", "never"); err != nil {
				return err
			}
			if err := exchange.CheckProfile(options.Profile); err != nil {
				return err
			}
			options.Grammar = grammars[tolerant]
			options.Links = placeholder.Links{Always: inURLs == "always", Never: inURLs == "never"}
			if err := a.unmaskFile(args, at, options); err != nil {
				return failure{err}
			}
			return nil
		},
	}
	at.add(c)
	c.Flags().StringVar(&options.Profile, "profile", "", "take the input for an answer, whole or streamed, in this format: "+strings.Join(exchange.Profiles(), ", "))
	c.Flags().Int64Var(&options.MaxBytes, "max-bytes", exchange.DefaultMaxBytes, "how large JSON may be to be read as a whole")
	c.Flags().StringVar(&tolerant, "tolerant", "standard", "how placeholders may be spelled: standard, aggressive (also without brackets) or strict")
	c.Flags().StringVar(&inURLs, "restore-in-urls", "known_hosts", "which links may get values: known_hosts, always or never")
	completeWith(c, "profile", exchange.Profiles()...)
	completeWith(c, "tolerant", "standard", "aggressive", "strict")
	completeWith(c, "restore-in-urls", "known_hosts", "always", "never")
	return printsText(c)
}

func (a *app) unmaskFile(args []string, at vaultFlags, o exchange.RestoreOptions) error {
	key, err := vaultfile.ReadKey(at.key)
	if err != nil {
		return err
	}
	vault, err := vaultfile.Read(at.vault, key)
	if err != nil {
		return err
	}
	in, err := a.open(append(args, "-")[0])
	if err != nil {
		return err
	}
	defer in.Close()
	stats, err := exchange.Restore(a.out, in, vault, o)
	if err != nil {
		return err
	}
	if stats.Suppressed > 0 {
		fmt.Fprintf(a.errOut, "redact: %d placeholders in links were left as they are; --restore-in-urls always puts values there too\n", stats.Suppressed)
	}
	return nil
}

// keygen makes the key of vaults.
func (a *app) keygen() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make a key for the vaults of redact mask",
		Long: `Make a key for the vaults of redact mask: an X25519 key of age, as age-keygen makes
them. Whoever has it can read the vaults.`,
		Example: "  redact keygen redact.key",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := vaultfile.NewKey(args[0], force); err != nil {
				return failure{err}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace a key that exists: vaults made with it can never be read again")
	return printsText(c)
}
