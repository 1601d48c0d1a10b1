// Package scan searches files for what a policy would have masked: texts, JSON
// Lines, JSON documents and HAR archives, also compressed, of any size in
// bounded memory. It tells places and rules and never a value.
//
// It prints nothing and knows nothing of the command line.
package scan

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// Options say what is scanned and how.
type Options struct {
	// Policy has the rules.
	Policy *policy.Policy
	// Paths are files and folders; folders are scanned with all below them.
	Paths []string
	// Include and Exclude are globs of the files in folders, see [Options.takes].
	// No Include takes all.
	Include, Exclude []string
	// State is the file that the state is kept in. It is not scanned.
	State string
	// Format is how files are read, FormatAuto by default.
	Format Format
	// Workers is how many texts are searched at a time. 0: one for each CPU.
	Workers int
	// Found is told the findings, in the order of files and places.
	Found func(Finding)
	// Read is told, from another goroutine, how many bytes of a file, as it is
	// stored, have been read. Nil: nobody asks.
	Read func(bytes int)
	// Problem is told of each file that was not, or not wholly, inspected.
	Problem func(file, reason string)
	// Done is called when all that the state has has been told. An error ends the
	// scan. Nil: nothing to do.
	Done func() error
}

// Finding is something that a rule has found.
type Finding struct {
	File string `json:"file"`
	// Line and Column count from 1, columns in characters; both are 0 in HAR archives.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Pointer is the JSON pointer (RFC 6901) of the string or number, in a line
	// or document that is JSON. What rules find in the pointer is replaced.
	Pointer string `json:"pointer,omitempty"`
	// Inner is the pointer in the JSON that the string at Pointer is, in HAR
	// archives.
	Inner    string          `json:"inner,omitempty"`
	Rule     string          `json:"rule"`
	Severity policy.Severity `json:"severity"`
	Action   policy.Action   `json:"action"`
	// Placeholder is what would have stood in its place, with n for the number.
	// Empty for actions that write none.
	Placeholder string `json:"placeholder,omitempty"`
	// Partial is the first and last character of the value with dots between
	// them; dots only for values of fewer than minPartial characters.
	Partial string `json:"partial,omitempty"`
}

// Scanner scans files by one policy.
type Scanner struct {
	options Options
	sizes   sizes
	engine  *detect.Engine
	masker  *redact.Masker
	// elsewhere are the rules that take no part in texts, because they are limited
	// to fields of JSON. Nil for none.
	elsewhere []bool
}

// New compiles the policy.
func New(o Options) (*Scanner, error) {
	engine, err := detect.Compile(o.Policy)
	if err != nil {
		return nil, err
	}
	masker, err := redact.NewMasker(o.Policy, redact.Options{})
	if err != nil {
		return nil, err
	}
	if err := o.checkGlobs(); err != nil {
		return nil, err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	s := &Scanner{options: o, sizes: usual, engine: engine, masker: masker}
	for i, rule := range o.Policy.Rules {
		if len(rule.Fields) > 0 {
			if s.elsewhere == nil {
				s.elsewhere = make([]bool, len(o.Policy.Rules))
			}
			s.elsewhere[i] = true
		}
	}
	return s, nil
}

// Run scans what state does not have yet and adds to it. When ctx ends, Run
// returns its error, and the state tells how far it has come: another Run with it
// tells Found the findings that are missing.
func (s *Scanner) Run(ctx context.Context, state *State) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	// What is read but not yet counted is bounded by the length of the queue.
	queue := make(chan *unit, 2*s.options.Workers)
	work := make(chan *unit)
	go func() {
		defer close(queue)
		defer close(work)
		r := reader{scanner: s, state: state.resume(), emit: func(u *unit) bool {
			u.done = make(chan struct{})
			select {
			case queue <- u:
			case <-ctx.Done():
				return false
			}
			if u.kind == kindNone {
				close(u.done)
				return true
			}
			// The queue has the unit already and waits for it.
			work <- u
			return true
		}}
		if err := r.run(ctx); err != nil {
			stop(err)
		}
	}()
	for range s.options.Workers {
		go func() {
			searcher := s.newSearcher()
			for u := range work {
				searcher.search(u)
				close(u.done)
			}
		}()
	}
	for u := range queue {
		<-u.done
		if err := s.count(state, u); err != nil {
			stop(err)
		}
	}
	return context.Cause(ctx)
}

// count adds what was found in a unit to the state and tells of it.
func (s *Scanner) count(state *State, u *unit) error {
	state.advance(u)
	for _, reason := range u.problems {
		s.options.Problem(u.file.path, reason)
	}
	for _, f := range u.findings {
		state.Summary.add(f)
		s.options.Found(f)
	}
	if s.options.Done == nil {
		return nil
	}
	return s.options.Done()
}

// errChanged is a file that is not what the state has of it.
func errChanged(path string) error {
	return fmt.Errorf("%s has changed since the scan was interrupted; delete the state file and scan again", path)
}

// errBinary is the reason why a file is skipped.
var errBinary = errors.New("is binary and was not inspected")
