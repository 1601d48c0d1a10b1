// Package modifiers holds KrakenD's request and response modifiers, one file
// each. The plugins export them as they are, and cmd/krakend-redact compiles
// them in.
//
// A modifier connects KrakenD with the packages that do the work: it reads the
// settings, moves texts in and out of KrakenD's shapes, and makes sure that
// whatever goes wrong stops the start or refuses the request.
package modifiers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/filled"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// Names of the modifiers. KrakenD runs a name that is registered for both
// directions on requests only, so there are two.
const (
	redactRequestName  = "redact-request"
	redactResponseName = "redact-response"
)

// vaultParam is where the vault travels with its request. The name cannot be
// written in a url_pattern.
const vaultParam = "\x00redact.vault"

// profileParam is where the name of the request's wire format travels.
const profileParam = "\x00redact.profile"

// Redact registers redact-request and redact-response. The zero value is ready
// to use: KrakenD looks up a variable and takes its address.
type Redact struct{ host }

// RegisterModifiers implements the registerer of KrakenD's modifier plugins.
func (r *Redact) RegisterModifiers(register func(
	name string,
	factory func(map[string]interface{}) func(interface{}) (interface{}, error),
	appliesToRequest, appliesToResponse bool,
),
) {
	register(redactRequestName, r.requestModifier, true, false)
	register(redactResponseName, r.responseModifier, false, true)
}

// requestModifier is the factory of redact-request.
func (r *Redact) requestModifier(extra map[string]interface{}) func(interface{}) (interface{}, error) {
	scope, err := r.scopeOf(extra)
	if err != nil {
		return r.refuseStart(redactRequestName, err)
	}
	l := &liveRequests{scope: scope}
	if err := policies.join(scope.settings, &r.host, l); err != nil {
		return r.refuseStart(redactRequestName, err)
	}
	scope.settings.log.Tell(l.status)
	if l.metrics != nil {
		l.metrics.Tell(l.named)
	}
	return r.guard(redactRequestName, l.modify)
}

// responseModifier is the factory of redact-response.
func (r *Redact) responseModifier(extra map[string]interface{}) func(interface{}) (interface{}, error) {
	scope, err := r.scopeOf(extra)
	if err != nil {
		return r.refuseStart(redactResponseName, err)
	}
	l := &liveAnswers{scope: scope}
	if err := policies.join(scope.settings, &r.host, l); err != nil {
		return r.refuseStart(redactResponseName, err)
	}
	return r.guard(redactResponseName, l.modify)
}

// requestRedactor masks requests by one version of a policy.
type requestRedactor struct {
	settings *redactSettings
	masker   *redact.Masker
	host     *host
	passed   *atomic.Int64 // bodies passed on uninspected
	view     *view
	loaded   time.Time // when the version was
}

func (m *requestRedactor) modify(v interface{}) (out interface{}, err error) {
	in, ok := v.(lurax.RequestWrapper)
	if !ok {
		return nil, errInternal
	}
	if m.view == nil {
		return m.run(in, nil)
	}
	watch := m.view.watchRequest(in)
	defer func() {
		if lost := watch.end(err); lost != nil {
			out, err = nil, lost
		}
		if err == nil && watch.done {
			watch.request.Release()
		}
	}()
	out, err = m.run(in, watch)
	watch.done = true
	return out, err
}

func (m *requestRedactor) run(in lurax.RequestWrapper, watch *requestWatch) (interface{}, error) {
	vault, err := placeholder.Decode(in.Params()[vaultParam])
	if err != nil {
		return nil, errInternal
	}
	out := lurax.CopyRequest(in)
	request := m.masker.NewRequest(vault, pathOf(in))
	watch.begin(request, vault)
	if m.settings.policy.Mode == policy.Test {
		m.try(out, request, watch)
	} else {
		if err := m.mask(out, request, watch); err != nil {
			return nil, err
		}
		if !vault.Empty() {
			out.Params()[vaultParam] = vault.Encode()
			out.Params()[profileParam] = request.Profile()
		}
	}
	noteRun(out, redactRequestName, m.settings.policy.Name)
	digests := m.settings.policy.Digest
	if around := in.Params()[versionParam]; around != "" { // that of the endpoint
		digests = around + " " + digests
	}
	out.Params()[versionParam] = digests
	watch.travel(out)
	logFound(m.host, redactRequestName, m.settings, m.settings.policy.Rules, request.Counts())
	if watch == nil {
		request.Release() // else the watch reads the body, and ends later
	}
	return out, nil
}

// mask masks all of a request, or refuses it.
func (m *requestRedactor) mask(out *lurax.Request, request *redact.Request, watch *requestWatch) error {
	if err := m.maskBody(out, request, watch); err != nil {
		return err
	}
	if err := m.maskRest(out, request); err != nil {
		return err
	}
	removeHeaders(out.Headers(), "Accept-Encoding")
	err := request.Verdict()
	if err == nil {
		return nil
	}
	if blocked := (*redact.BlockedError)(nil); errors.As(err, &blocked) {
		m.host.Logger().Warning(fmt.Sprintf("%s: %s: a request was blocked by %s", redactRequestName, m.settings.label(), strings.Join(blocked.Rules, ", ")))
		return &lurax.Error{
			Status: http.StatusForbidden, Code: blockedCode,
			Message: "The request holds what this gateway does not send on. Remove what these rules describe: " + strings.Join(blocked.Rules, ", ") + ".",
		}
	}
	return refusalOf(refusals, err)
}

// blockedCode is the code of requests that a rule blocks.
const blockedCode = "blocked"

// try looks for what would be masked, and changes nothing: the policy's mode is
// test.
func (m *requestRedactor) try(out *lurax.Request, request *redact.Request, watch *requestWatch) {
	_ = m.maskRest(lurax.CopyRequest(out), request)
	if out.Body() == nil || out.Body() == http.NoBody {
		return
	}
	content := contentOf(out.Headers())
	raw, doc, err := request.ReadBody(out.Body(), content)
	watch.body(raw, doc, content)
	if err == nil {
		var part redact.Part
		if part, err = request.ScanBody(doc, content); err == nil {
			_ = request.Mask(part) // counts
		}
	}
	if err == nil {
		err = request.Verdict()
	}
	if err != nil {
		watch.wouldRefuse(err)
		m.host.Logger().Warning(fmt.Sprintf("%s: %s: mode test: with enforce, a request would have been refused: %s", redactRequestName, m.settings.label(), err.Error()))
	}
	passBody(out, request.Own(raw))
}

// passBody makes a body of which something has been read be as it was.
func passBody(out *lurax.Request, raw string) {
	out.SetBody(struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(raw), out.Body()), out.Body()})
}

// pathOf returns the path that goes out: a backend's URL has it, without the
// query that a url_pattern may have.
func pathOf(in lurax.RequestWrapper) string {
	if u := in.URL(); u != nil {
		return u.Path
	}
	path, _, _ := strings.Cut(in.Path(), "?")
	return path
}

// maskBody masks the body, after everything else has been searched for
// placeholders that somebody typed.
func (m *requestRedactor) maskBody(out *lurax.Request, request *redact.Request, watch *requestWatch) error {
	m.reserve(out, request)
	if out.Body() == nil || out.Body() == http.NoBody {
		return nil
	}
	content := contentOf(out.Headers())
	raw, doc, err := request.ReadBody(out.Body(), content)
	watch.body(raw, doc, content)
	if err == nil {
		var part redact.Part
		if part, err = request.ScanBody(doc, content); err == nil {
			masked, body := request.MaskBody(part)
			watch.replaced(len(masked))
			setBody(out, body, len(masked), masked != raw)
			return nil
		}
	}
	refusal := refusalOf(refusals, err)
	if !m.settings.passOnError || refusal.Status == http.StatusInternalServerError {
		return refusal
	}
	m.host.Logger().Warning(fmt.Sprintf("%s: %s: a body was passed on without being looked into, because on_error is pass: %s (%d so far)",
		redactRequestName, m.settings.label(), refusal.Code, m.passed.Add(1)))
	watch.uninspected(audit.OutcomePassed, refusal.Code)
	passBody(out, request.Own(raw))
	return nil
}

func setBody(out *lurax.Request, body io.ReadCloser, size int, changed bool) {
	_ = out.Body().Close()
	out.SetBody(body)
	if !changed {
		return
	}
	removeHeaders(out.Headers(), "Content-Length", "Content-Encoding", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest", "Transfer-Encoding")
	out.Headers()["Content-Length"] = []string{strconv.Itoa(size)}
}

// reserve takes note of the placeholders in everything but the body.
func (m *requestRedactor) reserve(out *lurax.Request, request *redact.Request) {
	for name, values := range out.Headers() {
		for _, value := range values {
			request.Reserve(name, value)
		}
	}
	for name, values := range out.Query() {
		for _, value := range values {
			request.Reserve(name, value)
		}
	}
	for name, value := range out.Params() {
		if !isOurs(name) {
			request.Reserve(value)
		}
	}
}

// maskRest masks path parameters, query and headers, in this order. A backend
// has them in its URL too, which is what goes out: only that counts there.
func (m *requestRedactor) maskRest(out *lurax.Request, request *redact.Request) error {
	mask := request.Mask
	if out.URL() != nil {
		mask = request.MaskCopy
	}
	var values []string
	for _, name := range sortedNames(out.Params()) {
		if isOurs(name) {
			continue
		}
		value := out.Params()[name]
		values = append(values, value)
		out.Params()[name] = mask(request.ScanText(value))
	}
	if err := m.maskURL(out, request, values); err != nil {
		return errInternal
	}
	query := out.Query()
	for _, name := range sortedNames(query) {
		if m.settings.query != nil && !m.settings.query[name] {
			continue
		}
		values := maskList(request, mask, name, query[name])
		delete(query, name)
		query[mask(request.ScanName(name))] = values
	}
	if len(m.settings.headers) == 0 {
		return nil
	}
	for _, name := range sortedNames(out.Headers()) {
		if m.settings.headers[strings.ToLower(name)] {
			out.Headers()[name] = maskList(request, request.Mask, name, out.Headers()[name])
		}
	}
	return nil
}

// maskURL masks what a backend's URL and path hold of the endpoint's
// parameters and query. There is no URL yet at endpoint level.
func (m *requestRedactor) maskURL(out *lurax.Request, request *redact.Request, values []string) error {
	path, query, hasQuery := strings.Cut(out.Path(), "?")
	path = request.MaskCopy(request.ScanPath(path, values))
	if hasQuery {
		path += "?" + request.MaskCopy(request.ScanQuery(query, m.settings.query, values))
	}
	out.SetPath(path)

	u := out.URL()
	if u == nil {
		return nil
	}
	if p := request.ScanPath(u.EscapedPath(), values); p.Changed() {
		masked := request.Mask(p)
		plain, err := url.PathUnescape(masked)
		if err != nil {
			return err
		}
		u.Path, u.RawPath = plain, masked
	}
	u.RawQuery = request.Mask(request.ScanQuery(u.RawQuery, m.settings.query, values))
	return nil
}

func maskList(request *redact.Request, mask func(redact.Part) string, name string, values []string) []string {
	masked := make([]string, len(values))
	for i, value := range values {
		masked[i] = mask(request.ScanField(name, value))
	}
	return masked
}

// logFound tells how many findings each rule had, if any had one.
func logFound(h *host, name string, s *redactSettings, rules []policy.Rule, counts []int) {
	if !slices.ContainsFunc(counts, func(n int) bool { return n > 0 }) {
		return
	}
	h.Logger().Debug(lurax.Lazy(func() string {
		var parts []string
		for i, n := range counts {
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%s: %d", rules[i].Name, n))
			}
		}
		return fmt.Sprintf("%s: %s: found %s", name, s.label(), strings.Join(parts, ", "))
	}))
}

// responseRedactor restores answers by one version of a policy.
type responseRedactor struct {
	settings *redactSettings
	host     *host
	unread   *atomic.Int64 // answers passed on with their placeholders
	view     *view
}

func (m *responseRedactor) modify(v interface{}) (out interface{}, err error) {
	in, ok := v.(lurax.ResponseWrapper)
	if !ok {
		return nil, errInternal
	}
	if m.view == nil {
		return m.run(in, nil)
	}
	watch, returned := m.view.watchAnswer(in), false
	defer func() {
		if returned && watch.later {
			return
		}
		if lost := watch.end(err); lost != nil {
			out, err = nil, lost
		}
	}()
	out, err = m.run(in, watch)
	returned = true
	watch.done = !watch.later
	return out, err
}

func (m *responseRedactor) run(in lurax.ResponseWrapper, watch *answerWatch) (interface{}, error) {
	vault, err := placeholder.Decode(lurax.ParamsOf(in)[vaultParam])
	if err != nil {
		return nil, errInternal
	}
	if vault.Restorable() == 0 && m.settings.answer.Rules == nil {
		return m.look(in, vault, watch), nil
	}
	if m.settings.policy.Mode == policy.Test {
		return m.try(in, vault, watch), nil
	}
	return m.restore(in, vault, watch)
}

// try looks into an answer and changes nothing of it: the policy's mode is test.
// It passes on what arrives, and looks into a copy at the end.
func (m *responseRedactor) try(in lurax.ResponseWrapper, vault *placeholder.Vault, watch *answerWatch) lurax.ResponseWrapper {
	copied := lurax.CopyResponse(in)
	if in.Io() == nil {
		_, _ = m.restore(copied, vault, watch)
		return in
	}
	out := lurax.CopyResponse(in)
	m.tee(out, watch, func(body string) {
		copied.SetIo(strings.NewReader(body))
		if restored, err := m.restore(copied, vault, watch); err == nil {
			_, _ = io.Copy(io.Discard, restored.Io())
		}
	})
	return out
}

func (m *responseRedactor) restore(in lurax.ResponseWrapper, vault *placeholder.Vault, watch *answerWatch) (lurax.ResponseWrapper, error) {
	options := m.settings.answer
	if options.Profile == "" {
		options.Profile = lurax.ParamsOf(in)[profileParam]
	}
	options.PassOnError = m.settings.passOnError
	answer := redact.NewAnswer(vault, options)
	watch.begin(answer, vault)
	out := lurax.CopyResponse(in)
	watch.read(out)
	data, _, err := answer.Data(out.Data())
	if err != nil {
		if refusal := m.unreadable(err.Error(), watch); refusal != nil {
			return nil, refusal
		}
	}
	out.SetData(data)
	content := contentOf(out.Headers())
	switch {
	case out.Io() == nil:
	case content.Inflatable():
		m.restoreStream(out, answer.NewStream(httpbody.InflateStream(out.Io()), content), watch)
		return out, nil
	case content.Streamed():
		m.restoreStream(out, answer.NewStream(out.Io(), content), watch)
		return out, nil
	default:
		body, isArray := answer.ArrivesAsArray(out.Io(), content)
		if isArray {
			m.restoreStream(out, answer.NewArrayStream(body), watch)
			return out, nil
		}
		out.SetIo(body)
		if err := m.restoreIo(out, content, answer, watch); err != nil {
			return nil, err
		}
	}
	m.logAnswer(answer)
	return out, nil
}

// logAnswer tells what has been done to an answer, at the end of it.
func (m *responseRedactor) logAnswer(answer *redact.Answer) {
	stats := answer.Stats()
	m.host.Logger().Debug(lurax.Lazy(func() string {
		return fmt.Sprintf("%s: %s: restored %d, kept out of links %d, masked %d",
			redactResponseName, m.settings.label(), stats.Restored, stats.Suppressed, answer.Masked())
	}))
	logFound(m.host, redactResponseName, m.settings, m.settings.policy.ResponseRules, answer.Counts())
	if stats.TooLarge > 0 {
		m.countUnreadable(fmt.Sprintf("the values of %d would have made it too large", stats.TooLarge))
	}
	if n := answer.Unread(); n > 0 {
		m.countUnreadable(fmt.Sprintf("%d events of it could not be looked into", n))
	}
	if reason := answer.Refused(); reason != nil {
		m.logRefused("the rest of a streamed answer was held back", reason.Error())
	}
}

// restoreStream restores an answer that has yet to come.
func (m *responseRedactor) restoreStream(out *lurax.Response, stream *httpbody.Stream, watch *answerWatch) {
	watch.follow(stream)
	removeBodyHeaders(out.Headers())
	out.SetIo(stream)
}

// restoreIo restores a no-op answer.
func (m *responseRedactor) restoreIo(out *lurax.Response, content redact.Content, answer *redact.Answer, watch *answerWatch) error {
	source := out.Io()
	raw, err := answer.Read(source)
	if err != nil {
		if refusal := m.unreadable("its body is too large or was cut off", watch); refusal != nil {
			return refusal
		}
		// What is there goes on, and the rest, or the same error, after it.
		out.SetIo(io.MultiReader(strings.NewReader(raw), afterRead{source, err}))
		return nil
	}
	body, size, changed, err := answer.Restored(raw, content)
	if err != nil {
		if refusal := m.unreadable(err.Error(), watch); refusal != nil {
			return refusal
		}
	}
	watch.handsOn(size)
	out.SetIo(body)
	if changed {
		removeBodyHeaders(out.Headers())
		out.Headers()["Content-Length"] = []string{strconv.Itoa(size)}
	}
	return nil
}

// unreadable counts an answer that cannot be looked into. Where response rules
// ask for it to be, it is refused.
func (m *responseRedactor) unreadable(reason string, watch *answerWatch) error {
	if m.settings.answer.Rules != nil && !m.settings.passOnError {
		m.logRefused("an answer was refused", reason)
		return errUnreadable
	}
	watch.fails(audit.OutcomePassed, errUnreadable.Code)
	m.countUnreadable(reason)
	return nil
}

func (m *responseRedactor) logRefused(what, reason string) {
	m.host.Logger().Error(fmt.Sprintf("%s: %s: %s, because response_rules could not look into it: %s",
		redactResponseName, m.settings.label(), what, reason))
}

// errUnreadable is what a client sees of an answer that response rules could
// not look into.
var errUnreadable = &lurax.Error{
	Status: http.StatusBadGateway, Code: "unreadable_answer",
	Message: "The answer could not be inspected and was held back. The gateway's log says more.",
}

// afterRead goes on where a read ended: with the rest of a body that was too
// large, or with the error that ended it.
type afterRead struct {
	source io.Reader
	err    error
}

func (r afterRead) Read(p []byte) (int, error) {
	if errors.Is(r.err, redact.ErrTooLarge) {
		return r.source.Read(p)
	}
	return 0, r.err
}

func (m *responseRedactor) countUnreadable(reason string) {
	m.host.Logger().Warning(fmt.Sprintf("%s: %s: an answer was passed on with its placeholders: %s (%d so far)",
		redactResponseName, m.settings.label(), reason, m.unread.Add(1)))
}

// removeBodyHeaders removes the headers that described the provider's bytes.
func removeBodyHeaders(headers map[string][]string) {
	removeHeaders(headers, "Content-Length", "Content-Encoding", "Etag", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest")
}

func contentOf(headers map[string][]string) redact.Content {
	return redact.Content{
		Type:     strings.Join(headerValues(headers, "Content-Type"), ", "),
		Encoding: strings.Join(headerValues(headers, "Content-Encoding"), ", "),
	}
}

// headerValues takes any spelling of a name: KrakenD passes the one that stands
// in input_headers, and another modifier may add its own.
func headerValues(headers map[string][]string, name string) []string {
	spelling, spellings := "", 0
	for k := range headers {
		if isHeader(k, name) {
			spelling = k
			spellings++
		}
	}
	switch spellings {
	case 0:
		return nil
	case 1:
		return headers[spelling]
	}
	var all []string
	for _, k := range sortedNames(headers) {
		if isHeader(k, name) {
			all = append(all, headers[k]...)
		}
	}
	return all
}

// isHeader tells whether a name is that of a header, however it is spelled. Names
// are ASCII (RFC 9110, 5.1), which is why they have the same length.
func isHeader(name, header string) bool {
	return len(name) == len(header) && strings.EqualFold(name, header)
}

func removeHeaders(headers map[string][]string, names ...string) {
	for k := range headers {
		for _, name := range names {
			if isHeader(k, name) {
				delete(headers, k)
			}
		}
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

var refusals = filled.Map(map[error]lurax.Error{
	redact.ErrTooLarge:    {Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Message: "The request body is larger than this gateway inspects. Send less, or ask for a larger max_body_bytes."},
	redact.ErrEncoding:    {Status: http.StatusUnsupportedMediaType, Code: "unsupported_encoding", Message: "The request body's Content-Encoding or charset cannot be inspected. Send it as UTF-8, plain or with gzip or deflate."},
	redact.ErrMedia:       {Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Message: "The request body is not text and cannot be inspected. Send text, or ask for allow_binary."},
	redact.ErrBrokenJSON:  {Status: http.StatusBadRequest, Code: "broken_json", Message: "The request body is announced as JSON but is not valid JSON. Correct it."},
	redact.ErrTooSlow:     {Status: http.StatusUnprocessableEntity, Code: "rule_timeout", Message: "A rule took too long to look into the request. Send less text at once."},
	redact.ErrTooDeep:     {Status: http.StatusBadRequest, Code: "json_too_deep", Message: "The request body's JSON is nested more than 1,000 levels deep. Flatten it."},
	redact.ErrBrokenParts: {Status: http.StatusBadRequest, Code: "broken_multipart", Message: "The request body is announced as multipart but its parts cannot be told apart. Correct the boundary."},
})

// policyLabel is how log lines call a policy.
func policyLabel(p *policy.Policy) string {
	return strings.TrimSpace("policy " + strconv.Quote(p.Name) + " " + p.Version)
}
