package split

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Task is one request.
type Task struct {
	Format Format
	Stream bool
	Script string
	Body   []byte
	prompt Prompt
}

// Path is where the request goes.
func (t Task) Path() string {
	if t.Stream && t.Format.StreamPath != "" {
		return t.Format.StreamPath
	}
	return t.Format.Path
}

// Exchange sends a task through what is measured and returns what reached the
// model and what the user got.
type Exchange func(ctx context.Context, t Task) (received, answer string, err error)

// Rates are what has been counted.
type Rates struct {
	Requests       int
	Restored, Of   int // echoed values that came back exactly
	Up, Sent       int // of the caller's values, those that the model saw
	Down, Injected int // of the model's values, those that the user saw
	// examples are the first failure of each kind.
	examples map[string]string
}

// The kinds of failures.
const (
	lost = "did not come back"
	up   = "reached the model"
	down = "the model's own, reached the user"
)

// example keeps a failure, unless there is one of its kind.
func (r *Rates) example(what, where, sent, got string) {
	if r.examples == nil {
		r.examples = map[string]string{}
	}
	if r.examples[what] == "" {
		r.examples[what] = fmt.Sprintf("%s (%s): %q as %q", what, where, sent, got)
	}
}

// Result are the rates of one way to answer.
type Result struct {
	Way Way
	Rates
}

// Measure sends every prompt in every format, answered in every way.
func Measure(ctx context.Context, formats []Format, prompts int, exchange Exchange) ([]Result, error) {
	var results []Result
	for _, w := range Ways() {
		r := Result{Way: w}
		for _, f := range formats {
			if !w.fits(f) {
				continue
			}
			for _, script := range w.Scripts {
				for seed := range prompts {
					p := NewPrompt(uint64(seed))
					body, err := json.Marshal(f.body(p, w))
					if err != nil {
						return nil, err
					}
					t := Task{f, w.Stream, script, body, p}
					received, answer, err := exchange(ctx, t)
					if err != nil {
						return nil, fmt.Errorf("%s, %s, %q: %w", f.Name, w.Name, script, err)
					}
					if err := r.count(t, w, received, answer); err != nil {
						return nil, fmt.Errorf("%s, %s, %q: %w", f.Name, w.Name, script, err)
					}
				}
			}
		}
		results = append(results, r)
	}
	return results, nil
}

// count adds an exchange.
func (r *Rates) count(t Task, w Way, received, answer string) error {
	if received == "" {
		return fmt.Errorf("nothing reached the model, the user got %.200s", answer)
	}
	texts := t.texts(w, answer)
	if len(texts) != w.lanes() {
		return fmt.Errorf("the answer has %d texts instead of %d: %.400s", len(texts), w.lanes(), answer)
	}
	r.Requests++
	where := strings.TrimSuffix(t.Format.Name+", "+w.Name+", "+t.Script, ", ")
	for _, s := range append(t.prompt.segments, t.prompt.system, t.prompt.earlier) {
		if s.injected {
			continue
		}
		r.Sent++
		if strings.Contains(received, s.core) {
			r.Up++
			r.example(up, where, s.text, s.text)
		}
	}
	for _, text := range texts {
		for i, s := range t.prompt.segments {
			_, got, _ := strings.Cut(text, open(i))
			got, _, _ = strings.Cut(got, border)
			if s.injected {
				r.Injected++
				// The answer may have it elsewhere too, such as in its last event.
				if strings.Contains(text, s.core) || strings.Contains(answer, s.core) {
					r.Down++
					r.example(down, where, s.text, got)
				}
				continue
			}
			r.Of++
			if got == s.text {
				r.Restored++
			} else {
				r.example(lost, where, s.text, got)
			}
		}
	}
	return nil
}

// texts returns what the user reads in an answer.
func (t Task) texts(w Way, answer string) []string {
	if w.Calls == 0 {
		return t.Format.text.texts(answer, w.Stream)
	}
	texts := t.Format.call.texts(answer, w.Stream)
	for i, arguments := range texts {
		var call struct{ Text string }
		if json.Unmarshal([]byte(arguments), &call) != nil {
			call.Text = "" // with broken JSON, a caller can do nothing
		}
		texts[i] = call.Text
	}
	return texts
}

// Sample is a task to show: Chat Completions, answered whole.
func Sample() (Task, error) {
	f, p := Formats()[0], NewPrompt(0)
	body, err := json.Marshal(f.body(p, Way{}))
	return Task{Format: f, Body: body, prompt: p}, err
}
