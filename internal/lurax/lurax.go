// Package lurax holds local copies of the shapes that Lura (KrakenD's engine)
// and a modifier exchange, so that no plugin imports Lura: a plugin that shares
// a module with KrakenD loads only where the versions are equal
// (https://www.krakend.io/docs/extending/plugin-modifiers/, krakend-ce #475).
//
// It is the only package that knows these shapes, and it knows nothing of what
// modifiers do with them.
package lurax

import (
	"context"
	"io"
	"maps"
	"net/url"
)

// RequestWrapper is what Lura hands to a request modifier and wants back
// (lura v2 proxy/plugin.go, unchanged from 2.9.0 to 2.14.1). A modifier that
// returns anything else is ignored without a word, so its result counts as a
// leak: see the interface guards below.
type RequestWrapper interface {
	Params() map[string]string
	Headers() map[string][]string
	Body() io.ReadCloser
	Method() string
	URL() *url.URL
	Query() url.Values
	Path() string
}

// ResponseWrapper is what Lura hands to a response modifier and wants back.
type ResponseWrapper interface {
	Data() map[string]interface{}
	Io() io.Reader
	IsComplete() bool
	Headers() map[string][]string
	StatusCode() int
}

// Request is a request that a modifier may change. Its maps are its own: Lura
// shares Params, Headers and Query between the backends of an endpoint and
// runs them at the same time, so what was handed in is never written to.
type Request struct {
	context context.Context
	params  map[string]string
	headers map[string][]string
	body    io.ReadCloser
	method  string
	url     *url.URL
	query   url.Values
	path    string
}

// CopyRequest makes a changeable copy. Header and query value lists are shared
// with the original: replace them whole, never in place.
func CopyRequest(in RequestWrapper) *Request {
	r := &Request{
		context: contextOf(in),
		params:  copyOf(in.Params()),
		headers: copyOf(in.Headers()),
		body:    in.Body(),
		method:  in.Method(),
		query:   copyOf(in.Query()),
		path:    in.Path(),
	}
	if u := in.URL(); u != nil {
		c := *u
		r.url = &c
	}
	return r
}

// Context returns the request's context, Background where the host gave none.
func (r *Request) Context() context.Context { return r.context }

// Params returns the request's own parameters.
func (r *Request) Params() map[string]string { return r.params }

// Headers returns the request's own headers.
func (r *Request) Headers() map[string][]string { return r.headers }

// Body returns the body, which may be nil.
func (r *Request) Body() io.ReadCloser { return r.body }

// Method returns the HTTP method.
func (r *Request) Method() string { return r.method }

// URL returns the request's own URL: nil at endpoint level, where Lura has not
// chosen a host yet.
func (r *Request) URL() *url.URL { return r.url }

// Query returns the request's own query values.
func (r *Request) Query() url.Values { return r.query }

// Path returns the path.
func (r *Request) Path() string { return r.path }

// SetBody replaces the body.
func (r *Request) SetBody(body io.ReadCloser) { r.body = body }

// SetPath replaces the path. The URL is a thing of its own.
func (r *Request) SetPath(path string) { r.path = path }

// Response is an answer that a modifier may change.
type Response struct {
	context context.Context
	request interface{}
	data    map[string]interface{}
	io      io.Reader
	whole   bool
	headers map[string][]string
	status  int
}

// CopyResponse makes a changeable copy. The data tree is shared with the
// original: replace it with SetData, never write into it.
func CopyResponse(in ResponseWrapper) *Response {
	return &Response{
		context: contextOf(in),
		request: requestOf(in),
		data:    in.Data(),
		io:      in.Io(),
		whole:   in.IsComplete(),
		headers: copyOf(in.Headers()),
		status:  in.StatusCode(),
	}
}

// Context returns the answer's context, Background where the host gave none.
func (r *Response) Context() context.Context { return r.context }

// Request returns the request that the answer belongs to, nil where the host
// does not tell.
func (r *Response) Request() interface{} { return r.request }

// Data returns the decoded answer, empty for no-op.
func (r *Response) Data() map[string]interface{} { return r.data }

// Io returns the raw answer of a no-op backend, nil otherwise.
func (r *Response) Io() io.Reader { return r.io }

// IsComplete tells whether all backends answered.
func (r *Response) IsComplete() bool { return r.whole }

// Headers returns the answer's own headers.
func (r *Response) Headers() map[string][]string { return r.headers }

// StatusCode returns the HTTP status, 0 for decoded answers.
func (r *Response) StatusCode() int { return r.status }

// SetData replaces the decoded answer.
func (r *Response) SetData(data map[string]interface{}) { r.data = data }

// SetIo replaces the raw answer. A reader that also implements [io.WriterTo]
// is handed KrakenD's own response writer and can flush it.
func (r *Response) SetIo(reader io.Reader) { r.io = reader }

// ParamsOf returns the parameters of the request that an answer belongs to,
// nil where the host does not tell.
func ParamsOf(resp ResponseWrapper) map[string]string {
	if req, ok := requestOf(resp).(interface{ Params() map[string]string }); ok {
		return req.Params()
	}
	return nil
}

func requestOf(resp ResponseWrapper) interface{} {
	if r, ok := resp.(interface{ Request() interface{} }); ok {
		return r.Request()
	}
	return nil
}

func contextOf(v interface{}) context.Context {
	if c, ok := v.(interface{ Context() context.Context }); ok && c.Context() != nil {
		return c.Context()
	}
	return context.Background()
}

// copyOf returns a map that can be written to, whatever it is a copy of.
func copyOf[M ~map[string]V, V any](in M) M {
	if in == nil {
		return M{}
	}
	return maps.Clone(in)
}

// Interface guards.
var (
	_ RequestWrapper  = (*Request)(nil)
	_ ResponseWrapper = (*Response)(nil)
)
