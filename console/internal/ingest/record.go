package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Bounds of what is kept, in bytes; longer texts are cut.
const (
	maxName    = 256
	maxText    = 1024
	maxPlace   = 192 // a placeholder: a replacement has at most 128 bytes
	maxRules   = 1000
	maxIssued  = 32
	maxExcerpt = 8
	maxProxies = 10_000
	maxCount   = 1 << 40
)

// earliest and ahead bound times: before the project there were no lines, and a
// clock that is a day ahead is wrong.
var earliest = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

const ahead = 24 * time.Hour

var (
	outcomes = []string{
		audit.OutcomeClean, audit.OutcomeMasked, audit.OutcomeCounted, audit.OutcomeRestored, audit.OutcomeTested,
		audit.OutcomeBlocked, audit.OutcomeRefused, audit.OutcomePassed, audit.OutcomeFailed,
	}
	directions = []string{audit.DirectionRequest, audit.DirectionAnswer}
	severities = []string{string(policy.Low), string(policy.Medium), string(policy.High), string(policy.Critical)}
	actions    = []string{string(policy.Mask), string(policy.Redact), string(policy.Partial), string(policy.Hash), string(policy.Block), string(policy.Alert)}
	modes      = []string{string(policy.Enforce), string(policy.Test)}
	alertTypes = []string{
		audit.AlertSeverity, audit.AlertFrequency, audit.AlertUnresolved, audit.AlertBlocked,
		audit.AlertUninspectable, audit.AlertReload, audit.AlertSink, audit.AlertFault,
	}
)

// add reads a line into a batch. Its errors hold nothing of the line.
func add(b *store.Batch, line []byte, now time.Time) error {
	var head audit.Head
	if json.Unmarshal(line, &head) != nil {
		return errors.New("not a record")
	}
	if head.Schema != audit.Schema {
		return errors.New("a schema that this console does not know")
	}
	c := checker{now: now}
	switch head.Kind {
	case audit.KindEvent:
		var e audit.Event
		if err := decode(line, &e); err != nil {
			return err
		}
		c.event(&e)
		if c.err == nil {
			b.Events = append(b.Events, e)
		}
	case audit.KindAlert:
		var a audit.Alert
		if err := decode(line, &a); err != nil {
			return err
		}
		c.alert(&a)
		if c.err == nil {
			b.Alerts = append(b.Alerts, a)
		}
	case audit.KindStatus:
		var s audit.Status
		if err := decode(line, &s); err != nil {
			return err
		}
		c.status(&s)
		if c.err == nil {
			b.Statuses = append(b.Statuses, s)
		}
	default:
		return errors.New("a kind that this console does not know")
	}
	return c.err
}

// decode reads a record of a schema that is known, so that unknown fields are
// mistakes.
func decode(line []byte, record any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(record) != nil {
		return errors.New("fields that do not belong to the record")
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one record in a line")
	}
	return nil
}

// checker makes the fields of a record what they should be, or finds the first
// that cannot be.
type checker struct {
	now time.Time
	err error
}

func (c *checker) fail(field, reason string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s %s", field, reason)
	}
}

func (c *checker) head(h *audit.Head) {
	c.id("id", &h.ID)
	c.time("time", &h.Time)
	clean(&h.Gateway, maxName)
}

// id takes UUIDs in their one spelling.
func (c *checker) id(field string, id *string) {
	u, err := uuid.Parse(*id)
	if err != nil || len(*id) != len(u.String()) {
		c.fail(field, "is not a UUID")
		return
	}
	*id = u.String()
}

func (c *checker) time(field string, t *time.Time) {
	if *t = t.UTC().Truncate(time.Millisecond); t.Before(earliest) || t.After(c.now.Add(ahead)) {
		c.fail(field, "is out of range")
	}
}

func (c *checker) word(field, word string, words []string) {
	if !slices.Contains(words, word) {
		c.fail(field, "is not known")
	}
}

func count[N int | int64](c *checker, field string, n N) {
	if n < 0 || int64(n) > maxCount {
		c.fail(field, "is out of range")
	}
}

// policy checks a policy; alerts that no policy has to do with have none.
func (c *checker) policy(p *audit.Policy, optional bool) {
	clean(&p.Name, maxName)
	clean(&p.Version, maxName)
	clean(&p.Digest, maxName)
	if p.Mode != "" || !optional {
		c.word("policy.mode", p.Mode, modes)
	}
}

func (c *checker) event(e *audit.Event) {
	c.head(&e.Head)
	c.id("exchange", &e.Exchange)
	clean(&e.RequestID, maxName)
	clean(&e.TraceID, maxName)
	clean(&e.Proxy, maxName)
	c.policy(&e.Policy, false)
	c.word("direction", e.Direction, directions)
	clean(&e.Profile, maxName)
	c.word("outcome", e.Outcome, outcomes)
	clean(&e.Reason, maxText)
	if len(e.Rules) > maxRules {
		c.fail("rules", "are too many")
		return
	}
	for i := range e.Rules {
		c.rule(&e.Rules[i])
	}
	for field, n := range map[string]int{"restored": e.Restored, "unresolved": e.Unresolved, "suppressed": e.Suppressed} {
		count(c, field, n)
	}
	for field, n := range map[string]int64{"bytes_in": e.BytesIn, "bytes_out": e.BytesOut, "micros": e.Micros} {
		count(c, field, n)
	}
	e.Excerpts = e.Excerpts[:min(len(e.Excerpts), maxExcerpt)]
	for i := range e.Excerpts {
		clean(&e.Excerpts[i], maxText)
	}
	clean(&e.Body, MaxLine)
}

func (c *checker) rule(r *audit.RuleCount) {
	clean(&r.Name, maxName)
	c.word("severity", r.Severity, severities)
	c.word("action", r.Action, actions)
	count(c, "count", r.Count)
	count(c, "more", r.More)
	if over := len(r.Placeholders) - maxIssued; over > 0 {
		r.Placeholders, r.More = r.Placeholders[:maxIssued], r.More+over
	}
	for i := range r.Placeholders {
		clean(&r.Placeholders[i], maxPlace)
	}
}

func (c *checker) alert(a *audit.Alert) {
	c.head(&a.Head)
	c.word("type", a.Type, alertTypes)
	c.word("severity", a.Severity, severities)
	clean(&a.Rule, maxName)
	clean(&a.Proxy, maxName)
	c.policy(&a.Policy, true)
	c.time("first", &a.First)
	c.time("last", &a.Last)
	if a.Last.Before(a.First) {
		c.fail("last", "is before the first")
	}
	if count(c, "count", a.Count); a.Count == 0 {
		c.fail("count", "is out of range")
	}
	clean(&a.Action, maxName)
	clean(&a.Reason, maxText)
	if a.Exchange != "" {
		c.id("exchange", &a.Exchange)
	}
}

func (c *checker) status(s *audit.Status) {
	c.head(&s.Head)
	clean(&s.Version, maxName)
	c.time("started", &s.Started)
	count(c, "dropped", s.Dropped)
	if len(s.Proxies) > maxProxies {
		c.fail("proxies", "are too many")
		return
	}
	for i := range s.Proxies {
		p := &s.Proxies[i]
		clean(&p.Proxy, maxName)
		c.policy(&p.Policy, false)
		clean(&p.Source, maxText)
		c.time("loaded", &p.Loaded)
		clean(&p.ReloadError, maxText)
	}
}

// clean cuts a text to a number of bytes and replaces what no page and no
// database should have to deal with: control characters (PostgreSQL refuses NUL)
// and bytes that are no UTF-8.
func clean(text *string, limit int) {
	s := *text
	if strings.ContainsFunc(s, isControl) || !utf8.ValidString(s) {
		s = strings.Map(func(r rune) rune {
			if isControl(r) {
				return utf8.RuneError
			}
			return r
		}, s)
	}
	if len(s) > limit {
		const mark = "…"
		end := limit - len(mark)
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + mark
	}
	*text = s
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0
}
