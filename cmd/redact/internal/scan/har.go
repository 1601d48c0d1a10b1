package scan

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// maxEntry bounds an entry of a HAR archive in bytes, and what stands before the
// first.
const maxEntry = 64 << 20

var (
	errHAR      = errors.New("is no HAR archive, or is cut off")
	errHAREntry = fmt.Errorf("holds an entry of more than %d MiB", maxEntry>>20)
)

// cutHAR hands on the entries of a HAR archive
// (http://www.softwareishard.com/blog/har-12-spec/) one by one.
func cutHAR(in *bufio.Reader, emit func(*unit) bool) error {
	if bom, err := in.Peek(3); err == nil && string(bom) == "\xef\xbb\xbf" {
		_, _ = in.Discard(3)
	}
	bounded := &bounded{in: in, left: maxEntry}
	d := json.NewDecoder(bounded)
	err := open(d, '{')
	if err == nil {
		err = enter(d, "log", '{')
	}
	if err == nil {
		err = enter(d, "entries", '[')
	}
	for n := 0; err == nil && d.More(); n++ {
		var raw json.RawMessage
		bounded.left = maxEntry
		if err = d.Decode(&raw); err == nil && !emit(&unit{kind: kindHAR, text: string(raw), to: len(raw), line: n}) {
			return nil
		}
	}
	if err == nil {
		_, err = d.Token() // the end of the list
	}
	switch {
	case err == nil, errors.Is(err, errHAREntry), errors.Is(err, errCompressed):
		return err
	}
	return errHAR
}

// open goes into an object or array.
func open(d *json.Decoder, bracket json.Delim) error {
	if t, err := d.Token(); err != nil || t != bracket {
		return errors.Join(errHAR, err)
	}
	return nil
}

// enter goes into a member of the object that has been opened.
func enter(d *json.Decoder, name string, bracket json.Delim) error {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == name {
			return open(d, bracket)
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return errHAR
}

// bounded fails when too much is read in a row.
type bounded struct {
	in   io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errHAREntry
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// pair is a name and its value.
type pair struct{ Name, Value string }

// exchange is what is searched of an entry.
type exchange struct {
	Request struct {
		URL         string
		Headers     []pair
		QueryString []pair
		PostData    struct {
			MimeType, Text string
			Params         []pair
		}
	}
	Response struct {
		Headers []pair
		Content struct{ MimeType, Text, Encoding string }
	}
}

// entry searches an entry of a HAR archive: what a gateway would get of the
// request and what stands in the answer.
func (s *searcher) entry() []hit {
	at := fmt.Sprintf("/log/entries/%d", s.unit.line)
	var e exchange
	if err := json.Unmarshal([]byte(s.unit.text), &e); err != nil {
		s.problem("%s: has fields of other types than HAR archives have", at)
		return nil
	}
	path := ""
	target, err := url.Parse(e.Request.URL)
	if err == nil {
		path = target.Path
	}
	r := s.masker.NewRequest(placeholder.NewVault(), path)
	hits := s.content(r, at+"/request/postData/text", e.Request.PostData.Text, e.Request.PostData.MimeType)
	if e.Request.PostData.Text == "" {
		hits = append(hits, s.pairs(r, at+"/request/postData/params", e.Request.PostData.Params)...)
	}
	switch {
	case err != nil:
		hits = append(hits, s.part(r.ScanText(e.Request.URL), at+"/request/url", e.Request.URL)...)
	default:
		hits = append(hits, s.part(r.ScanText(path), at+"/request/url", path)...)
		if len(e.Request.QueryString) == 0 {
			hits = append(hits, s.part(r.ScanQuery(target.RawQuery, nil, nil), at+"/request/url", target.RawQuery)...)
		}
	}
	hits = append(hits, s.pairs(r, at+"/request/queryString", e.Request.QueryString)...)
	hits = append(hits, s.pairs(r, at+"/request/headers", e.Request.Headers)...)
	answer := s.masker.NewRequest(placeholder.NewVault(), path)
	text := e.Response.Content.Text
	if strings.EqualFold(e.Response.Content.Encoding, "base64") {
		plain, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			s.problem("%s/response/content/text: is no base64", at)
		}
		text = string(plain)
	}
	hits = append(hits, s.content(answer, at+"/response/content/text", text, e.Response.Content.MimeType)...)
	hits = append(hits, s.pairs(answer, at+"/response/headers", e.Response.Headers)...)
	if err := errors.Join(r.Verdict(), answer.Verdict()); err != nil {
		s.problem("%s: %s", at, redact.ErrTooSlow)
	}
	return hits
}

// content searches a body. One with a zero byte is skipped, as binary files are.
func (s *searcher) content(r *redact.Request, pointer, doc, mediaType string) []hit {
	if strings.IndexByte(doc, 0) >= 0 {
		return nil
	}
	hits, err := s.body(r, doc, redact.Content{Type: mediaType})
	if err != nil && !errors.Is(err, redact.ErrTooSlow) {
		// Archives often hold another spelling of a body than its type says.
		hits, err = s.body(r, doc, redact.Content{})
	}
	if errors.Is(err, redact.ErrMedia) || errors.Is(err, redact.ErrEncoding) {
		hits, err = s.plain(doc)
	}
	if err != nil && !errors.Is(err, redact.ErrTooSlow) {
		s.problem("%s: %s", pointer, err)
	}
	for i := range hits {
		hits[i].pointer, hits[i].inner = pointer, hits[i].pointer
	}
	return hits
}

func (s *searcher) pairs(r *redact.Request, pointer string, list []pair) []hit {
	var hits []hit
	for i, p := range list {
		hits = append(hits, s.part(r.ScanField(p.Name, p.Value), fmt.Sprintf("%s/%d/value", pointer, i), p.Value)...)
	}
	return hits
}

func (s *searcher) part(p redact.Part, pointer, text string) []hit {
	var hits []hit
	for _, f := range p.Found() {
		hits = append(hits, hit{start: f.Start, rule: f.Rule, value: f.Value.Reveal()})
	}
	hits = append(hits, s.place(text, p.Watched(), false)...)
	inOrder(hits)
	for i := range hits {
		hits[i].pointer = pointer
	}
	return hits
}
