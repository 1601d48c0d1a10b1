package cli

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/scan"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
)

// scanFlags are what redact scan was asked for.
type scanFlags struct {
	options scan.Options
	format  string
	show    string
	failOn  string
	limit   int
	state   string
}

// severities are those of findings, from the least to the worst.
var severities = []policy.Severity{policy.Low, policy.Medium, policy.High, policy.Critical}

// scan tells what a policy would have masked in files.
func (a *app) scan() *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "scan POLICY PATH...",
		Short: "Tell what a policy would have masked in logs, JSON Lines and HAR archives",
		Long: `Search files and folders for what a policy would have masked: text, JSON Lines,
JSON, HAR archives, also compressed with gzip or zstd, of any size in bounded memory.
Places and rules are printed, never values.

The exit code is 1 when there are findings (see --fail-on) or files that could not be
inspected. With --state, an interrupted scan (Ctrl-C) goes on where it stopped.`,
		Example: `  redact scan policies/pii.json /var/log/gateway
  redact scan policy.json prompts.jsonl.zst --output json --fail-on high
  redact scan policy.json logs --include '*.log' --exclude 'old/**' --state scan.state`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			err := errors.Join(
				checkChoice("format", f.format, scan.Formats()...),
				checkChoice("show", f.show, "placeholder", "partial"),
				checkChoice("fail-on", f.failOn, "low", "medium", "high", "critical", "never"),
			)
			if err != nil {
				return err
			}
			if f.limit < 0 {
				return errors.New("--limit is negative; 0 is no limit")
			}
			p, err := policy.Load(args[0])
			if err != nil {
				return err
			}
			f.options.Policy, f.options.Paths, f.options.Format = p, args[1:], scan.Format(f.format)
			return a.runScan(c.Context(), f, args[0])
		},
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.options.Include, "include", nil, "files in folders to scan, such as *.log or logs/**/*.txt (default all)")
	flags.StringSliceVar(&f.options.Exclude, "exclude", nil, "files and folders in folders to leave out")
	flags.StringVar(&f.format, "format", string(scan.FormatAuto), "how files are read: "+strings.Join(scan.Formats(), ", "))
	flags.IntVar(&f.options.Workers, "workers", 0, "how many texts are searched at a time (default the number of CPUs)")
	flags.StringVar(&f.show, "show", "placeholder", "what is shown of a value: placeholder, or partial (the first and last character)")
	flags.StringVar(&f.failOn, "fail-on", "low", "the least severity of findings that make the exit code 1: low, medium, high, critical or never")
	flags.IntVar(&f.limit, "limit", 1000, "how many findings are printed; all are counted (0 for no limit)")
	flags.StringVar(&f.state, "state", "", "file that keeps how far the scan has come; an interrupted scan goes on from there")
	return c
}

// stateEvery is how often the state is written while a scan runs.
const stateEvery = 10 * time.Second

func (a *app) runScan(parent context.Context, f scanFlags, policyFile string) error {
	if parent == nil {
		parent = context.Background()
	}
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	state, err := openState(f, policyFile)
	if err != nil {
		return err
	}
	read, clearBar := a.scanProgress(ctx, f.options)
	out := bufio.NewWriterSize(a.out, 1<<20)
	saved := time.Now()
	f.options.Read = read
	f.options.Problem = func(file, reason string) {
		clearBar()
		fmt.Fprintf(a.errOut, "redact: %s: %s\n", printable(file), reason)
	}
	f.options.Found = func(found scan.Finding) {
		if f.limit > 0 && state.Summary.Findings > f.limit {
			return
		}
		a.printFinding(out, found, f.show)
	}
	f.options.Done = func() error {
		if out.Buffered() > 0 {
			clearBar()
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if f.state == "" || time.Since(saved) < stateEvery {
			return nil
		}
		saved = time.Now()
		return state.Save(f.state)
	}
	s, err := scan.New(f.options)
	if err != nil {
		return err
	}
	err = s.Run(ctx, state)
	clearBar()
	if flushed := out.Flush(); flushed != nil {
		return flushed
	}
	if f.state != "" {
		if err := state.Save(f.state); err != nil {
			return failure{fmt.Errorf("the state could not be written: %w", err)}
		}
	}
	switch {
	case ctx.Err() != nil && f.state != "":
		return failure{fmt.Errorf("interrupted; the same command goes on from here (%s)", f.state)}
	case ctx.Err() != nil:
		return failure{errors.New("interrupted; with --state it could go on from here")}
	case err != nil:
		return failure{err}
	}
	if err := a.printSummary(state.Summary, f.limit); err != nil {
		return err
	}
	return verdict(state.Summary, f.failOn)
}

// verdict is errFindings if the exit code is to be 1.
func verdict(s scan.Summary, failOn string) error {
	if s.NotInspected > 0 {
		return errFindings
	}
	for _, severity := range severities[max(0, slices.Index(severities, policy.Severity(failOn))):] {
		if failOn != "never" && s.BySeverity[severity] > 0 {
			return errFindings
		}
	}
	return nil
}

// openState reads or begins the state of a scan.
func openState(f scanFlags, policyFile string) (*scan.State, error) {
	if f.state == "" {
		return scan.NewState(""), nil
	}
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	e := json.NewEncoder(hash)
	for _, part := range []any{text, f.options.Paths, f.options.Include, f.options.Exclude, f.format, f.limit} {
		if err := e.Encode(part); err != nil {
			return nil, err
		}
	}
	return scan.LoadState(f.state, hex.EncodeToString(hash.Sum(nil)))
}

// scanProgress shows how far a scan has come where standard error is a terminal. read
// is to be told what was read, clear makes room for a line.
func (a *app) scanProgress(ctx context.Context, o scan.Options) (read func(int), clear func()) {
	if _, ok := terminal(a.errOut); !ok {
		return nil, func() {}
	}
	total := o.Size(ctx)
	if total == 0 {
		total = -1 // not known, as of a pipe
	}
	bar := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(a.errOut), progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetDescription("scanning"),
	)
	// A bar that cannot be drawn is no reason to stop.
	return func(n int) { _ = bar.Add(n) }, func() { _ = bar.Clear() }
}

// printFinding prints a finding as a line.
func (a *app) printFinding(out io.Writer, f scan.Finding, show string) {
	if show != "partial" {
		f.Partial = ""
	}
	if a.output == "json" {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		_ = e.Encode(struct { // a failure to write is a failure of the command
			Type string `json:"type"`
			scan.Finding
		}{"finding", f})
		return
	}
	place := f.File
	if f.Line > 0 {
		place += ":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column)
	}
	if f.Pointer != "" {
		place += " " + f.Pointer
	}
	if f.Inner != "" {
		place += " " + f.Inner
	}
	stand := f.Placeholder
	if stand == "" {
		stand = "(" + string(f.Action) + ")"
	}
	if f.Partial != "" {
		stand += " " + f.Partial
	}
	fmt.Fprintf(out, "%s: %s %s %s\n", printable(place), a.paint(severityStyle(f.Severity), string(f.Severity)), printable(f.Rule), a.paint(stylePlaceholder, printable(stand)))
}

func severityStyle(s policy.Severity) style {
	switch s {
	case policy.Critical, policy.High:
		return styleBad
	case policy.Medium:
		return styleWarning
	}
	return styleFaint
}

// shownFiles is how many files the summary names, those with the most findings.
const shownFiles = 20

func (a *app) printSummary(s scan.Summary, limit int) error {
	if a.output == "json" {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		return e.Encode(struct {
			Type string `json:"type"`
			scan.Summary
		}{"summary", s})
	}
	if limit > 0 && s.Findings > limit {
		a.printf("… and %d more (--limit)\n", s.Findings-limit)
	}
	if s.Findings > 0 {
		a.printf("\n")
		byRule := counted(s.ByRule)
		a.printCounts("rule", byRule)
		var bySeverity []count
		for _, severity := range slices.Backward(severities) {
			if n := s.BySeverity[severity]; n > 0 {
				bySeverity = append(bySeverity, count{string(severity), n})
			}
		}
		a.printCounts("severity", bySeverity)
		byFile := counted(s.ByFile)
		a.printCounts("file", byFile[:min(len(byFile), shownFiles)])
		if more := len(byFile) - shownFiles; more > 0 {
			a.printf("%8s  %d more files\n\n", "…", more)
		}
	}
	a.printf("%s in %s, %d bytes", plural(s.Findings, "finding"), plural(s.Files, "file"), s.Bytes)
	for _, skipped := range []count{{"binary", s.Binary}, {"link", s.Links}, {"excluded", s.Excluded}} {
		if skipped.n > 0 {
			a.printf("; skipped %d %s", skipped.n, skipped.name)
		}
	}
	if s.NotInspected > 0 {
		a.printf("; %s", a.paint(styleBad, plural(s.NotInspected, "problem")+" on standard error: not all was inspected"))
	}
	a.printf("\n")
	return nil
}

type count struct {
	name string
	n    int
}

// counted returns counts, the largest first.
func counted(counts map[string]int) []count {
	var list []count
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, count{name, counts[name]})
	}
	slices.SortStableFunc(list, func(a, b count) int { return cmp.Compare(b.n, a.n) })
	return list
}

func (a *app) printCounts(title string, counts []count) {
	a.printf("%8s  %s\n", "findings", a.paint(styleStrong, title))
	for _, c := range counts {
		a.printf("%8d  %s\n", c.n, printable(c.name))
	}
	a.printf("\n")
}
