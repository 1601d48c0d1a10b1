// Package preview tries a policy out on a text: what it finds, what the model
// would get, and what the user would get back. Nothing of it is kept.
//
// It knows nothing of pages and versions.
package preview

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// MaxInput bounds a text in bytes.
const MaxInput = 64 << 10

// What a try fails with.
var (
	// ErrTooLarge is a text of more than MaxInput bytes.
	ErrTooLarge = fmt.Errorf("the text is longer than %d bytes", MaxInput)
	// ErrTooSlow is a policy that takes too long for the text.
	ErrTooSlow = errors.New("the policy takes too long for this text")
	// ErrBusy is what somebody gets who is one too many.
	ErrBusy = errors.New("too many policies are being tried out at once")
	// ErrUnreadable is a text that a gateway would refuse.
	ErrUnreadable = errors.New("a gateway could not look into this text, and would refuse it")
)

// errFault is a mistake of ours.
var errFault = errors.New("a fault of the console: this text cannot be tried with this policy")

// Finding is a finding in the text. Start and End are its place in bytes; both are
// -1 where it cannot be told, which is so for findings that change nothing and
// stand in JSON.
type Finding struct {
	Start, End int
	Rule       string
	Severity   string
	Action     string
	// Instead is what stands there for the model, empty for a finding that stays.
	Instead string
}

// Result is what a policy makes of a text. Everything in it may hold what the user
// has written.
type Result struct {
	// Mode is the policy's. In mode test a gateway would change nothing; Masked
	// shows what it would do in mode enforce.
	Mode     policy.Mode
	Findings []Finding
	// Blocked are the rules because of which a gateway would refuse the request.
	Blocked []string
	// Masked is what the model gets, and Restored what the user gets when the
	// model answers with exactly that.
	Masked, Restored string
}

// running holds a place for each try: even one that nobody waits for any more
// takes up the machine until it is done.
var running = make(chan struct{}, 4)

// Try tries a policy out, for as long as the context lasts. The text is taken as
// JSON when it is some, as a request's body would be.
func Try(ctx context.Context, p *policy.Policy, text string) (Result, error) {
	if len(text) > MaxInput {
		return Result{}, ErrTooLarge
	}
	select {
	case running <- struct{}{}:
	default:
		return Result{}, ErrBusy
	}
	type outcome struct {
		Result
		error
	}
	done := make(chan outcome, 1)
	go func() {
		o := outcome{error: errFault}
		defer func() {
			_ = recover() // a fault here would end the console; what it says may hold the text
			<-running
			done <- o
		}()
		o.Result, o.error = try(p, text)
	}()
	select {
	case o := <-done:
		return o.Result, o.error
	case <-ctx.Done():
		return Result{}, ErrTooSlow
	}
}

func try(p *policy.Policy, text string) (Result, error) {
	enforced := *p
	enforced.Mode = policy.Enforce
	masker, err := redact.NewMasker(&enforced, redact.Options{MaxBytes: MaxInput})
	if err != nil {
		return Result{}, err
	}
	content := redact.Content{Type: "text/plain"}
	if json.Valid([]byte(text)) {
		content.Type = "application/json"
	}
	vault := placeholder.NewVault()
	request := masker.NewRequest(vault, "")
	part, err := request.ScanBody(text, content)
	if err != nil {
		return Result{}, ErrUnreadable
	}
	r := Result{Mode: p.Mode}
	for _, c := range request.Changes(part) {
		r.Findings = append(r.Findings, findingOf(p, c.Rule, c.Start, c.End, c.Instead))
	}
	watched, err := places(masker, text, content, part.Watched())
	if err != nil {
		return Result{}, err
	}
	for _, w := range watched {
		r.Findings = append(r.Findings, findingOf(p, w.rule, w.start, w.end, ""))
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })

	r.Masked = request.Mask(part)
	if err := request.Verdict(); err != nil {
		blocked := (*redact.BlockedError)(nil)
		if !errors.As(err, &blocked) {
			return Result{}, ErrTooSlow
		}
		r.Blocked = blocked.Rules
	}
	answer := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: 16 * MaxInput, Profile: request.Profile()})
	if r.Restored, _, err = answer.Body(r.Masked, content); err != nil {
		return Result{}, ErrUnreadable
	}
	return r, nil
}

func findingOf(p *policy.Policy, rule, start, end int, instead string) Finding {
	r := &p.Rules[rule]
	return Finding{start, end, r.Name, string(r.Severity), string(r.Action), instead}
}

// watched is a finding that changes nothing.
type watched struct{ rule, start, end int }

// places finds out where findings that change nothing stand, of which only the
// rules are known.
func places(m *redact.Masker, text string, content redact.Content, rules []int) ([]watched, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	var found []watched
	request := m.NewRequest(placeholder.NewVault(), "")
	if err := request.Explain(func(x redact.Explanation) {
		if x.Reason == detect.Watched && x.Path == "" && x.Text == text {
			found = append(found, watched{x.Rule, x.Start, x.End})
		}
	}); err != nil {
		return nil, err
	}
	if _, err := request.ScanBody(text, content); err != nil {
		return nil, ErrUnreadable
	}
	// Those that were found in another way, such as behind an escape, have no place.
	left := map[int]int{}
	for _, rule := range rules {
		left[rule]++
	}
	for _, w := range found {
		left[w.rule]--
	}
	for _, rule := range slices.Sorted(maps.Keys(left)) {
		for range left[rule] {
			found = append(found, watched{rule, -1, -1})
		}
	}
	return found, nil
}
