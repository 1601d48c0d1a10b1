package modifiers

import (
	"context"
	"errors"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/profile"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// view is what the audit log, alerts and metrics see of a scope under one version
// of its policy. A nil view sees nothing and costs nothing.
type view struct {
	settings *redactSettings
	log      *audit.Log
	alerts   *audit.Alerter
	// mirror masks what is only shown here.
	mirror *redact.Masker
	policy audit.Policy
	// include says what of the masked texts is shown.
	include string
	// narrow tells that requests go out with something in them that rules describe:
	// rules or settings leave fields out.
	narrow bool
	// strays reads what answers may hold of placeholders that nobody issued.
	strays *placeholder.Reader
}

// newView returns what is seen of a scope, nil where nobody wants to see
// anything.
func newView(s *redactSettings, v *version) (*view, error) {
	conditions, asked := conditionsOf(s, v.policy)
	if !s.audit.on && !asked && s.observe == nil {
		return nil, nil
	}
	mirror, err := v.mirror()
	if err != nil {
		return nil, err
	}
	if !s.audit.on && !asked {
		conditions = audit.Conditions{Fold: defaultFold}
	}
	include := s.audit.include
	if !s.log.HasSinks() {
		include = includeNone
	}
	return &view{
		settings: s, log: s.log, alerts: audit.NewAlerter(s.log, conditions),
		mirror: mirror.With(redact.Options{MaxBytes: s.options.MaxBytes, Keys: true, Profile: profile.Generic, AllowBinary: s.options.AllowBinary}),
		policy: policyOf(v.policy), include: include, narrow: len(s.options.Fields) > 0 || isNarrow(v.policy), strays: mirror.StrayReader(s.answer.Grammar),
	}, nil
}

// isNarrow tells whether a policy has rules for some fields only.
func isNarrow(p *policy.Policy) bool {
	return slices.ContainsFunc(p.Rules, func(r policy.Rule) bool { return len(r.Fields) > 0 })
}

func policyOf(p *policy.Policy) audit.Policy {
	return audit.Policy{Name: p.Name, Version: p.Version, Digest: p.Digest, Mode: string(p.Mode)}
}

// Defaults of alerts.
const (
	defaultSeverity = policy.High
	defaultFold     = 5 * time.Minute
)

// conditionsOf returns what alerts: what the policy says goes before what the
// settings say. asked tells that the policy says something.
func conditionsOf(s *redactSettings, p *policy.Policy) (c audit.Conditions, asked bool) {
	c = audit.Conditions{MinSeverity: string(defaultSeverity), Fold: defaultFold, Unresolved: true, Blocked: true, Uninspectable: true, Reload: true}
	for _, a := range []policy.Alerts{s.audit.alerts, p.Alerts} {
		set(&c.MinSeverity, a.MinSeverity)
		set(&c.Fold, a.Fold)
		set(&c.Unresolved, a.Unresolved)
		set(&c.Blocked, a.Blocked)
		set(&c.Uninspectable, a.Uninspectable)
		set(&c.Reload, a.Reload)
		if a.Frequency != nil {
			c.Frequency = nil
		}
		for _, f := range a.Frequency {
			c.Frequency = append(c.Frequency, frequencyOf(f))
		}
		asked = a.Given // by the policy, which comes last
	}
	for _, rules := range [][]policy.Rule{p.Rules, p.ResponseRules} {
		for _, r := range rules {
			if r.Alert != nil {
				c.Frequency = append(c.Frequency, frequencyOf(*r.Alert))
				asked = true
			}
		}
	}
	if c.MinSeverity == policy.NoSeverity {
		c.MinSeverity = ""
	}
	return c, asked
}

func frequencyOf(f policy.Frequency) audit.Frequency {
	return audit.Frequency{Rule: f.Rule, Count: f.Count, Window: f.Window, Severity: string(f.Severity)}
}

// set sets what was said.
func set[T any](target, said *T) {
	if said != nil {
		*target = *said
	}
}

// Bounds of what an event holds.
const (
	maxExcerpts     = 8
	maxPlaceholders = 32
)

// exchange is what a request tells its answer.
type exchange struct {
	id, requestID, traceID, proxy, profile string
	// bare tells that what rules describe may have gone out as it is. The answer
	// may repeat it, and without the words by which a rule knew it.
	bare  bool
	typed string // see placeholder.Vault.Typed
}

// exchangeParam is where an exchange travels with its request.
const exchangeParam = "\x00redact.exchange"

// notTyped says that too many placeholders stood in the request to tell what an
// answer made up.
const notTyped = "\x00"

func (x exchange) encode() string {
	return strings.Join([]string{x.id, x.requestID, x.traceID, printable(x.proxy), x.profile, strconv.FormatBool(x.bare), x.typed}, "\x00")
}

func exchangeOf(text string) exchange {
	parts := strings.SplitN(text, "\x00", 7)
	if len(parts) < 7 {
		return exchange{bare: true, typed: notTyped}
	}
	return exchange{parts[0], parts[1], parts[2], parts[3], parts[4], parts[5] != "false", parts[6]}
}

// requestWatch follows one request. A nil one does nothing.
type requestWatch struct {
	*view
	in      lurax.RequestWrapper
	begun   time.Time
	event   audit.Event
	vault   *placeholder.Vault
	request *redact.Request // nil before it has begun
	trace   redact.Trace
	// doc is the body as it came, without its compression; unseen tells that it
	// could not be inspected, and bare is as in exchange, before it came here.
	doc          string
	content      redact.Content
	unseen, bare bool
	// done tells that there was no panic.
	done bool
}

// watchRequest begins to follow a request.
func (v *view) watchRequest(in lurax.RequestWrapper) *requestWatch {
	w := &requestWatch{view: v, in: in, begun: time.Now()}
	w.event = audit.Event{Proxy: v.settings.proxy, Policy: v.policy, Direction: audit.DirectionRequest}
	w.event.ID = audit.NewID(w.begun)
	w.event.Time, w.event.Exchange = w.begun, w.event.ID
	if around, is := in.Params()[exchangeParam]; is { // that of the endpoint
		x := exchangeOf(around)
		w.event.Exchange, w.bare = x.id, x.bare
	}
	return w
}

// begin makes the request take note of what is done to it.
func (w *requestWatch) begin(request *redact.Request, vault *placeholder.Vault) {
	if w == nil {
		return
	}
	w.request, w.vault = request, vault
	w.trace.Texts = w.include == includeExcerpt
	request.Trace(&w.trace)
	w.name()
}

// name finds out what the request is called.
func (w *requestWatch) name() {
	e := &w.event
	e.RequestID = w.identifier(strings.Join(headerValues(w.in.Headers(), "X-Request-Id"), ","))
	if parent := traceparent.FindStringSubmatch(strings.Join(headerValues(w.in.Headers(), "Traceparent"), ",")); parent != nil {
		if e.TraceID = w.identifier(parent[1]); e.TraceID != parent[1] {
			e.TraceID = ""
		}
	}
	if e.Proxy == "" {
		e.Proxy = w.defaultProxy()
	}
}

var (
	identifier  = regexp.MustCompile(`^[A-Za-z0-9._:/+=-]{1,128}$`)
	traceparent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)`)
)

// identifier returns an identifier of the caller's, with findings masked.
func (w *requestWatch) identifier(text string) string {
	if !identifier.MatchString(text) {
		return ""
	}
	return w.hidden(text)
}

// hidden masks a text that stands for itself.
func (w *requestWatch) hidden(text string) string {
	r := w.mirror.NewRequest(placeholder.NewVault(), "")
	masked := r.Mask(r.ScanText(text))
	if r.Verdict() != nil {
		return ""
	}
	return masked
}

// defaultProxy returns method and path, with the names of URL parameters in place
// of their values.
func (w *requestWatch) defaultProxy() string {
	segments := strings.Split(pathOf(w.in), "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	for _, name := range sortedNames(w.in.Params()) {
		if value := w.in.Params()[name]; value != "" && !isOurs(name) {
			nameSegments(segments, "{"+name+"}", value)
		}
	}
	name := w.in.Method() + " " + strings.Join(segments, "/")
	names := &w.settings.audit.names
	switch {
	case names.known(name):
		return name
	case len(name) > maxProxyName:
		return otherProxy
	}
	// A name that rules find something in is looked into again each time: its
	// value is not kept.
	if name = w.hidden(printable(name)); name == "" {
		return otherProxy
	}
	called, isNew := names.add(name)
	if isNew {
		audit.StatusChanged()
	}
	return called
}

// nameSegments puts a parameter's name in place of the segments that are its
// value, or part of one that has several; where there are none, of those that
// have it in them.
func nameSegments(segments []string, name, value string) {
	found := false
	parts := strings.Split(value, "/")
	for i, segment := range segments {
		if segment != "" && (segment == value || slices.Contains(parts, segment)) {
			segments[i], found = name, true
		}
	}
	for i, segment := range segments {
		if !found && strings.Contains(segment, value) {
			segments[i] = name
		}
	}
}

// printable returns a text without control characters.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return utf8.RuneError
		}
		return r
	}, text)
}

// body takes note of a body that has been read.
func (w *requestWatch) body(raw, doc string, c redact.Content) {
	if w != nil {
		w.event.BytesIn, w.event.BytesOut = int64(len(raw)), int64(len(raw))
		w.doc, w.content = doc, c
	}
}

// replaced takes note of the body that goes on.
func (w *requestWatch) replaced(size int) {
	if w != nil {
		w.event.BytesOut = int64(size)
	}
}

// uninspected takes note of why a body could not be inspected, and of what became of
// it.
func (w *requestWatch) uninspected(outcome, reason string) {
	if w != nil {
		w.event.Outcome, w.event.Reason, w.unseen = outcome, reason, true
	}
}

// wouldRefuse takes note of why mode enforce would have refused the request.
func (w *requestWatch) wouldRefuse(err error) {
	if w == nil {
		return
	}
	if errors.As(err, new(*redact.BlockedError)) {
		w.event.Outcome, w.event.Reason = audit.OutcomeTested, blockedCode
		return
	}
	w.uninspected(audit.OutcomeTested, refusalOf(refusals, err).Code)
}

// forgetKnown forgets identifiers that turn out to be values, because of what
// stands around them elsewhere in the request.
func (w *requestWatch) forgetKnown() {
	for _, id := range []*string{&w.event.RequestID, &w.event.TraceID} {
		if w.request.ScanText(*id).Changed() {
			*id = ""
		}
	}
}

// travel makes the answer's event know its request.
func (w *requestWatch) travel(out *lurax.Request) {
	if w == nil {
		return
	}
	typed, ok := w.vault.Typed()
	if !ok {
		typed = notTyped
	}
	e := &w.event
	w.forgetKnown()
	bare := w.bare || w.unseen || w.narrow || w.settings.policy.Mode == policy.Test || w.settings.options.AllowBinary || w.watched()
	out.Params()[exchangeParam] = exchange{e.Exchange, e.RequestID, e.TraceID, e.Proxy, w.request.Profile(), bare, typed}.encode()
}

// end writes the request's line. An error means that the line is lost, and that
// the request must not go on.
func (w *requestWatch) end(err error) error {
	e := &w.event
	e.Micros = time.Since(w.begun).Microseconds()
	e.Rules = []audit.RuleCount{}
	outcome, reason := failureOf(err, w.done)
	if outcome != "" {
		e.Outcome, e.Reason, e.BytesOut = outcome, reason, 0
		w.unseen = w.unseen || outcome != audit.OutcomeBlocked
	}
	if w.request != nil {
		e.Profile = w.request.Profile()
		if outcome != "" { // else travel has done so
			w.forgetKnown()
		}
		e.Rules = ruleCounts(w.settings.policy.Rules, w.request.Counts(), w.trace.Issued)
	}
	if e.Outcome == "" {
		e.Outcome = outcomeOf(w.settings.policy, e.Rules)
	}
	worth := len(e.Rules) > 0 || e.Reason != ""
	if (worth || w.settings.audit.all) && !w.unseen && w.request != nil && w.include != includeNone {
		w.show()
	}
	return w.publish(e, worth)
}

// publish hands an event to all who see it. worth tells that it is written in
// any case.
func (v *view) publish(e *audit.Event, worth bool) error {
	if v.settings.observe != nil {
		v.settings.observe(e)
	}
	var err error
	if worth || v.settings.audit.all {
		err = v.log.Event(e)
	}
	v.alerts.Event(e)
	if err != nil && v.settings.audit.refuseOnFull {
		return errUnwritten
	}
	return nil
}

// watched tells whether something was found that stays as it is.
func (w *requestWatch) watched() bool {
	for i, n := range w.request.Counts() {
		if n > 0 && !w.settings.policy.Rules[i].Action.Changes() {
			return true
		}
	}
	return false
}

// ruleCounts tells what each rule found, and which placeholders were issued for it.
func ruleCounts(rules []policy.Rule, counts []int, issued func(rule, limit int) (placeholders []string, more int)) []audit.RuleCount {
	all := []audit.RuleCount{}
	for i, n := range counts {
		if n == 0 {
			continue
		}
		r := &rules[i]
		c := audit.RuleCount{Name: r.Name, Severity: string(r.Severity), Action: string(r.Action), Count: n}
		c.Placeholders, c.More = issued(i, maxPlaceholders)
		all = append(all, c)
	}
	return all
}

// failureOf returns what became of what a modifier did not hand on: by an error, or
// by a panic if it is not done. Both are empty where it did.
func failureOf(err error, done bool) (outcome, reason string) {
	refusal, _ := err.(*lurax.Error)
	switch {
	case !done || err != nil && (refusal == nil || refusal == errInternal):
		return audit.OutcomeFailed, audit.ReasonInternal
	case err != nil && refusal.Code == blockedCode:
		return audit.OutcomeBlocked, refusal.Code
	case err != nil:
		return audit.OutcomeRefused, refusal.Code
	}
	return "", ""
}

// outcomeOf returns what findings come to.
func outcomeOf(p *policy.Policy, rules []audit.RuleCount) string {
	outcome := audit.OutcomeClean
	for _, r := range rules {
		switch {
		case p.Mode == policy.Test:
			return audit.OutcomeTested
		case policy.Action(r.Action).Changes():
			return audit.OutcomeMasked
		default:
			outcome = audit.OutcomeCounted
		}
	}
	return outcome
}

// show puts the masked texts into the event. Values that were left as they are
// must not be seen here, nor those that rules of answers describe: the request is
// masked once more for that. Of a whole body there are always parts that were not
// looked into, such as keys.
func (w *requestWatch) show() {
	if k, _ := w.content.Kind(); k == httpbody.Multipart && w.settings.options.AllowBinary {
		return // some of its parts may not have been looked into
	}
	trace, body := &w.trace, ""
	if w.watched() || w.narrow || len(w.settings.policy.ResponseRules) > 0 || w.include == includeBody {
		trace = &redact.Trace{Texts: w.trace.Texts}
		r := w.mirror.NewRequest(w.vault.Clone(), pathOf(w.in))
		r.Trace(trace)
		out := lurax.CopyRequest(w.in)
		m := &requestRedactor{settings: w.settings, masker: w.mirror}
		m.reserve(out, r)
		part, err := r.ScanBody(w.doc, w.content)
		if err != nil {
			return
		}
		body = r.Mask(part)
		if m.maskRest(out, r) != nil || r.Verdict() != nil {
			return
		}
	}
	switch w.include {
	case includeExcerpt:
		w.event.Excerpts = trace.Excerpts(maxExcerpts)
	case includeBody:
		w.event.Body = strings.Clone(textOf(body)) // its memory is used again
	}
}

// textOf returns a body that is text, and nothing of another.
func textOf(body string) string {
	if !utf8.ValidString(body) || strings.IndexByte(body, 0) >= 0 {
		return ""
	}
	return redact.WithoutPayloads(body)
}

// answerWatch follows one answer. A nil one does nothing.
type answerWatch struct {
	*view
	begun  time.Time
	event  audit.Event
	answer *redact.Answer // nil before it has begun
	trace  redact.AnswerTrace
	vault  *placeholder.Vault
	meter  httpbody.Meter
	source *countedReader // nil for a decoded answer
	typed  string
	// later tells that the answer ends after its modifier has returned, and whole
	// that it is handed on as it is and looked into at its end.
	later, whole bool
	done         bool // there was no panic
	once         sync.Once
}

// watchAnswer begins to follow an answer.
func (v *view) watchAnswer(in lurax.ResponseWrapper) *answerWatch {
	x := exchangeOf(lurax.ParamsOf(in)[exchangeParam])
	w := &answerWatch{view: v, begun: time.Now()}
	w.event = audit.Event{
		Exchange: x.id, RequestID: x.requestID, TraceID: x.traceID, Proxy: x.proxy, Profile: x.profile,
		Policy: v.policy, Direction: audit.DirectionAnswer,
	}
	w.event.ID, w.event.Time = audit.NewID(w.begun), w.begun
	if w.event.Exchange == "" {
		w.event.Exchange = w.event.ID
	}
	if v.settings.proxy != "" {
		w.event.Proxy = v.settings.proxy // as it is spelled there
	}
	w.typed = x.typed
	w.trace.Limit = v.settings.options.MaxBytes
	w.trace.Texts = v.include == includeExcerpt && !x.bare
	w.trace.Whole = v.include == includeBody && !x.bare
	return w
}

// read counts the bytes that come of an answer.
func (w *answerWatch) read(out *lurax.Response) {
	if w != nil && out.Io() != nil && !w.whole {
		w.source = &countedReader{Reader: out.Io()}
		out.SetIo(w.source)
	}
}

// countedReader counts what is read.
type countedReader struct {
	io.Reader
	n int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	return n, err
}

// Close implements [io.Closer].
func (r *countedReader) Close() error {
	if c, ok := r.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// begin makes an answer take note of what it was.
func (w *answerWatch) begin(answer *redact.Answer, vault *placeholder.Vault) {
	if w == nil {
		return
	}
	w.answer, w.vault = answer, vault
	if w.typed != notTyped {
		w.trace.Strays = vault.Strays(w.strays, w.typed)
	}
	answer.Trace(&w.trace)
}

// follow makes the answer's line be written at the end of a stream.
func (w *answerWatch) follow(s *httpbody.Stream) {
	if w == nil || w.whole {
		return
	}
	w.later, w.event.Streamed = true, true
	w.meter.Busy = time.Since(w.begun)
	w.meter.Ended = func(err error) {
		w.done = err != httpbody.ErrFault
		switch {
		case err == io.EOF || err == httpbody.ErrFault:
		case err == httpbody.ErrAbandoned || isGivenUp(err):
			w.fails(audit.OutcomeFailed, audit.ReasonAbandoned)
		default:
			w.fails(audit.OutcomeFailed, audit.ReasonBrokenOff)
		}
		_ = w.end(nil)
	}
	s.Measure(&w.meter)
}

// isGivenUp tells whether KrakenD has let go of an answer, which it does when the
// client leaves or its time is over. It cancels the request and closes the body: which
// of the two a reader sees first is chance, and net/http has no value for the second.
func isGivenUp(err error) bool {
	return errors.Is(err, context.Canceled) || strings.HasSuffix(err.Error(), "read on closed response body") || strings.HasSuffix(err.Error(), "response body closed")
}

// fails takes note of what became of an answer, the first time.
func (w *answerWatch) fails(outcome, reason string) {
	if w != nil && w.event.Outcome == "" {
		w.event.Outcome, w.event.Reason = outcome, reason
	}
}

// end writes the answer's line, once. An error means that the line is lost and
// that the answer must not go on, should there still be a way to keep it.
func (w *answerWatch) end(err error) (lost error) {
	w.once.Do(func() { lost = w.write(err) })
	return lost
}

func (w *answerWatch) write(err error) error {
	e := &w.event
	e.BytesOut, e.Micros = w.meter.Out, w.meter.Busy.Microseconds()
	if !w.later {
		e.Micros = time.Since(w.begun).Microseconds()
	}
	if w.source != nil {
		e.BytesIn = w.source.n
	}
	e.Rules = []audit.RuleCount{}
	if outcome, reason := failureOf(err, w.done); outcome != "" {
		e.Outcome, e.Reason = outcome, reason
	}
	if w.answer != nil && e.Reason != audit.ReasonInternal {
		w.count()
	}
	if e.Outcome == "" {
		e.Outcome = outcomeOf(w.settings.policy, e.Rules)
		if e.Restored > 0 && e.Outcome != audit.OutcomeMasked {
			e.Outcome = audit.OutcomeRestored
		}
	}
	worth := len(e.Rules) > 0 || e.Reason != "" || e.Restored+e.Unresolved+e.Suppressed > 0
	if (worth || w.settings.audit.all) && (w.trace.Texts || w.trace.Whole) && e.Reason == "" {
		e.Excerpts, e.Body = w.trace.Masked(w.mirror, w.vault, maxExcerpts)
		e.Body = textOf(e.Body)
	}
	return w.publish(e, worth)
}

// count takes note of what was found in the answer.
func (w *answerWatch) count() {
	e := &w.event
	w.trace.Flush()
	stats := w.answer.Stats()
	e.Restored, e.Suppressed = stats.Restored, stats.Suppressed
	if w.trace.Strays != nil {
		e.Unresolved = w.trace.Strays.Count
	}
	e.Rules = ruleCounts(w.settings.policy.ResponseRules, w.answer.Counts(), w.trace.Issued)
	if w.answer.Unread() > 0 {
		w.fails(audit.OutcomePassed, errUnreadable.Code)
	}
	if w.answer.Refused() != nil {
		w.fails(audit.OutcomeRefused, errUnreadable.Code)
	}
}

// handsOn takes note of the body that goes on.
func (w *answerWatch) handsOn(size int) {
	if w != nil && !w.whole {
		w.meter.Out = int64(size)
	}
}

// tee hands an answer on as it is, and looks into it at its end.
func (m *responseRedactor) tee(out *lurax.Response, watch *answerWatch, look func(body string)) {
	size := int64(-1)
	if n, err := strconv.ParseInt(strings.Join(headerValues(out.Headers(), "Content-Length"), ","), 10, 64); err == nil {
		size = n
	}
	watch.read(out)
	content := contentOf(out.Headers())
	stream := httpbody.Tee(out.Io(), size, m.settings.options.MaxBytes, func(body string) {
		look(body)
		watch.seen()
	})
	watch.follow(stream)
	if watch != nil {
		watch.whole, watch.event.Streamed = true, content.Streamed() || content.Inflatable()
	}
	out.SetIo(stream)
}

// seen writes the line of an answer that has been looked into.
func (w *answerWatch) seen() {
	if w != nil {
		w.done, w.meter.Out = true, w.source.n
		_ = w.end(nil)
	}
}

// look looks into an answer that nothing is to be done to, for placeholders that
// nobody issued.
func (m *responseRedactor) look(in lurax.ResponseWrapper, vault *placeholder.Vault, watch *answerWatch) lurax.ResponseWrapper {
	if watch == nil {
		return in
	}
	options := m.settings.answer
	options.Done = nil // nothing is done to it
	if options.Profile == "" {
		options.Profile = watch.event.Profile
	}
	answer := redact.NewAnswer(vault, options)
	watch.begin(answer, vault)
	// What cannot be read has nothing to be restored in it either.
	_, _, _ = answer.Data(in.Data())
	if in.Io() == nil {
		return in
	}
	out := lurax.CopyResponse(in)
	content := contentOf(out.Headers())
	if content.Streamed() {
		watch.read(out)
		stream := answer.NewStream(out.Io(), content)
		watch.follow(stream)
		// The line is written before the end of the stream is known to the client.
		removeHeaders(out.Headers(), "Content-Length")
		out.SetIo(stream)
		return out
	}
	m.tee(out, watch, func(body string) { _, _, _ = answer.Body(body, content) })
	return out
}
