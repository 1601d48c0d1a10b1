package lurax_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// bareRequest is a request as the interface demands it, with nothing more.
type bareRequest struct {
	params  map[string]string
	headers map[string][]string
	body    io.ReadCloser
	url     *url.URL
	query   url.Values
}

func (r bareRequest) Params() map[string]string    { return r.params }
func (r bareRequest) Headers() map[string][]string { return r.headers }
func (r bareRequest) Body() io.ReadCloser          { return r.body }
func (bareRequest) Method() string                 { return "POST" }
func (r bareRequest) URL() *url.URL                { return r.url }
func (r bareRequest) Query() url.Values            { return r.query }
func (bareRequest) Path() string                   { return "/v1/chat" }

// request is one as Lura hands it over, with its context.
type request struct {
	bareRequest
	context context.Context
}

func (r request) Context() context.Context { return r.context }

type bareResponse struct {
	data    map[string]interface{}
	io      io.Reader
	headers map[string][]string
}

func (r bareResponse) Data() map[string]interface{} { return r.data }
func (r bareResponse) Io() io.Reader                { return r.io }
func (bareResponse) IsComplete() bool               { return true }
func (r bareResponse) Headers() map[string][]string { return r.headers }
func (bareResponse) StatusCode() int                { return http.StatusTeapot }

type response struct {
	bareResponse
	context context.Context
	request interface{}
}

func (r response) Context() context.Context { return r.context }
func (r response) Request() interface{}     { return r.request }

type contextKey struct{}

func sampleRequest(t *testing.T) request {
	t.Helper()
	u, err := url.Parse("http://user@llm.example/v1?q=1")
	if err != nil {
		t.Fatal(err)
	}
	return request{
		bareRequest{
			params:  map[string]string{"Id": "1"},
			headers: map[string][]string{"Accept": {"a", "b"}},
			body:    io.NopCloser(strings.NewReader("body")),
			url:     u,
			query:   url.Values{"q": {"1"}},
		},
		context.WithValue(context.Background(), contextKey{}, "context"),
	}
}

func TestCopyRequestTakesEverything(t *testing.T) {
	in := sampleRequest(t)
	r := lurax.CopyRequest(in)
	if !reflect.DeepEqual(r.Params(), in.params) || !reflect.DeepEqual(r.Headers(), in.headers) || !reflect.DeepEqual(r.Query(), in.query) {
		t.Errorf("maps: %v %v %v", r.Params(), r.Headers(), r.Query())
	}
	if r.Body() != in.body || r.Method() != "POST" || r.Path() != "/v1/chat" || r.URL().String() != in.url.String() {
		t.Errorf("%v %s %s %s", r.Body(), r.Method(), r.Path(), r.URL())
	}
	if r.Context() != in.context {
		t.Error("the context is another")
	}
}

func TestChangesOfTheCopyStayInTheCopy(t *testing.T) {
	in, untouched := sampleRequest(t), sampleRequest(t)
	r := lurax.CopyRequest(in)
	r.Params()["Id"], r.Params()["New"] = "2", "2"
	r.Headers()["Accept"] = []string{"c"}
	r.Headers()["New"] = []string{"c"}
	r.Query()["q"] = []string{"2"}
	r.Query().Set("new", "2")
	r.URL().Host, r.URL().RawQuery = "other", ""
	r.SetBody(nil)
	r.SetPath("/other")
	if !reflect.DeepEqual(in.params, untouched.params) || !reflect.DeepEqual(in.headers, untouched.headers) ||
		!reflect.DeepEqual(in.query, untouched.query) || in.url.String() != untouched.url.String() {
		t.Errorf("the original changed: %v %v %v %s", in.params, in.headers, in.query, in.url)
	}
	if r.Body() != nil || r.Path() != "/other" || r.URL().Host != "other" {
		t.Error("the copy did not change")
	}

	delete(r.Headers(), "Accept")
	delete(r.Params(), "Id")
	delete(r.Query(), "q")
	if len(in.headers) != 1 || len(in.params) != 1 || len(in.query) != 1 {
		t.Error("the original lost an entry")
	}
}

// Lura runs the backends of an endpoint at the same time over the same maps.
func TestParallelCopiesDoNotMeet(t *testing.T) {
	in := sampleRequest(t)
	answer := response{bareResponse{headers: in.headers, data: map[string]interface{}{}}, nil, in}
	var wait sync.WaitGroup
	for i := 0; i < 8; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for j := 0; j < 100; j++ {
				r := lurax.CopyRequest(in)
				r.Params()["New"] = "1"
				r.Headers()["New"] = nil
				r.Query()["new"] = nil
				r.URL().Path = "/new"
				lurax.CopyResponse(answer).Headers()["New"] = nil
			}
		}()
	}
	wait.Wait()
	if len(in.params)+len(in.headers)+len(in.query) != 3 {
		t.Error("the original changed")
	}
}

func TestABareRequestCanBeCopiedAndFilled(t *testing.T) {
	r := lurax.CopyRequest(bareRequest{})
	if r.URL() != nil || r.Body() != nil {
		t.Errorf("URL %v, body %v", r.URL(), r.Body())
	}
	r.Params()["a"], r.Headers()["a"], r.Query()["a"] = "1", nil, nil
	if r.Context() != context.Background() {
		t.Errorf("context %v", r.Context())
	}
	if got := lurax.CopyRequest(request{}).Context(); got != context.Background() {
		t.Errorf("a nil context became %v", got)
	}
}

func TestCopyResponseTakesEverything(t *testing.T) {
	in := response{
		bareResponse{map[string]interface{}{"a": 1}, strings.NewReader("raw"), map[string][]string{"Etag": {"x"}}},
		context.WithValue(context.Background(), contextKey{}, "context"), sampleRequest(t),
	}
	r := lurax.CopyResponse(in)
	if r.Io() != in.io || !r.IsComplete() || r.StatusCode() != http.StatusTeapot || r.Context() != in.context {
		t.Errorf("%+v", r)
	}
	if !reflect.DeepEqual(r.Data(), in.data) || !reflect.DeepEqual(r.Headers(), in.headers) || !reflect.DeepEqual(r.Request(), in.request) {
		t.Errorf("%+v", r)
	}

	r.Headers()["New"] = nil
	delete(r.Headers(), "Etag")
	r.SetData(map[string]interface{}{"b": 2})
	r.SetIo(strings.NewReader("other"))
	if len(in.headers["Etag"]) != 1 || len(in.headers) != 1 || in.data["a"] != 1 || len(in.data) != 1 {
		t.Errorf("the original changed: %v %v", in.headers, in.data)
	}
	if r.Data()["b"] != 2 || r.Io() == in.io {
		t.Error("the copy did not change")
	}
}

func TestABareResponseCanBeCopied(t *testing.T) {
	r := lurax.CopyResponse(bareResponse{})
	r.Headers()["a"] = nil
	if r.Request() != nil || r.Context() != context.Background() || r.Data() != nil || r.Io() != nil {
		t.Errorf("%+v", r)
	}
}

func TestParamsOf(t *testing.T) {
	params := map[string]string{"Id": "1"}
	for name, tt := range map[string]struct {
		in   lurax.ResponseWrapper
		want map[string]string
	}{
		"no request":         {bareResponse{}, nil},
		"nil request":        {response{}, nil},
		"something else":     {response{request: "text"}, nil},
		"request":            {response{request: bareRequest{params: params}}, params},
		"copied request":     {response{request: lurax.CopyRequest(bareRequest{params: params})}, params},
		"through a response": {lurax.CopyResponse(response{request: bareRequest{params: params}}), params},
	} {
		if got := lurax.ParamsOf(tt.in); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
