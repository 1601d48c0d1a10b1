package redact

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Reasons why a body cannot be looked into. They hold no part of it.
var (
	ErrTooLarge    = httpbody.ErrTooLarge
	ErrEncoding    = httpbody.ErrEncoding
	ErrMedia       = errors.New("the body is not text")
	ErrBrokenJSON  = errors.New("the body is announced as JSON but is not valid JSON")
	ErrTooDeep     = errors.New("the body's JSON is nested too deeply")
	ErrTooSlow     = errors.New("a backtracking rule took too long")
	ErrBrokenParts = errors.New("the body is announced as multipart but its parts cannot be told apart")
)

// Content is what the headers of a body say about it.
type Content = httpbody.Content

// ReadBody reads a body and undoes its Content-Encoding. raw is what it has
// read, also when it fails with ErrTooLarge, ErrEncoding or the reader's error.
func (m *Masker) ReadBody(body io.Reader, c Content) (raw, doc string, err error) {
	if raw, err = httpbody.ReadAll(body, m.options.MaxBytes); err != nil {
		return raw, "", err
	}
	doc, err = httpbody.Inflate(raw, c.Encoding, m.options.MaxBytes)
	return raw, doc, err
}

// ReadBody is [Masker.ReadBody] for a body that is needed no longer than the request:
// raw and doc, and the parts that are scanned of it, are there until
// [Request.Release]. What is kept of them must be made one's own: see [Request.Own].
func (r *Request) ReadBody(body io.Reader, c Content) (raw, doc string, err error) {
	limit := r.masker.options.MaxBytes
	if raw, err = httpbody.Read(&r.body, body, limit); err != nil {
		return raw, "", err
	}
	doc, err = httpbody.Inflate(raw, c.Encoding, limit)
	return raw, doc, err
}

// Own returns a text that may be kept, of what [Request.ReadBody] has read and what
// became of it.
func (r *Request) Own(text string) string { return r.body.Own(text) }

// Release gives back the memory of the body. It is called when everything is done and
// nothing has failed, or not at all: nothing can be scanned or masked any more.
func (r *Request) Release() {
	r.body.Release()
	if r.room != nil {
		r.room.release()
		r.room = nil
	}
}

// ScanBody scans a body that has been read.
func (r *Request) ScanBody(doc string, c Content) (Part, error) {
	if doc == "" {
		return Part{}, nil
	}
	p, err := r.part(func() (Part, error) { return r.scanBody(doc, c, 0) })
	p.marks = owned(p.marks, &r.body)
	return p, err
}

func (r *Request) scanBody(doc string, c Content, level int) (Part, error) {
	k, params, err := c.Strictly()
	if err != nil {
		return Part{}, ErrMedia
	}
	if !httpbody.Readable(doc, params["charset"], k == httpbody.Form) && !r.masker.options.AllowBinary {
		return Part{}, ErrEncoding
	}
	switch k {
	case httpbody.JSON, httpbody.JSONLines:
		p, err := r.scanJSON(doc, k == httpbody.JSONLines)
		if errors.Is(err, jsonedit.ErrDepth) {
			return Part{}, ErrTooDeep
		}
		if err != nil {
			return Part{}, ErrBrokenJSON
		}
		return p, nil
	case httpbody.Multipart:
		return r.scanMultipart(doc, params["boundary"], level)
	}
	if !httpbody.Readable(doc, params["charset"], k == httpbody.Form) || strings.IndexByte(doc, 0) >= 0 || k == httpbody.Unknown && c.Type != "" && !utf8.ValidString(doc) {
		switch {
		case r.masker.options.AllowBinary:
			return Part{doc: doc}, nil
		case k == httpbody.Unknown:
			return Part{}, ErrMedia
		}
		return Part{}, ErrEncoding
	}
	// JSON is often sent under another name: curl -d calls it a form.
	begins := jsonedit.Begins(doc)
	if begins || strings.HasPrefix(strings.TrimLeft(doc, " \t\r\n"), `"`) {
		p, err := r.scanJSON(doc, true)
		if err == nil {
			return p, nil
		}
		if errors.Is(err, jsonedit.ErrDepth) && k == httpbody.Unknown {
			return Part{}, ErrTooDeep
		}
	}
	if k == httpbody.Form && !begins {
		return r.scanQuery(doc, nil, nil), nil
	}
	return r.scanText(doc), nil
}
