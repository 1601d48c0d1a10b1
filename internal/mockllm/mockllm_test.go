package mockllm

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

const hello = `{"model":"gpt-4","messages":[{"role":"user","content":"hello"}]}`

// do sends one request through s and returns the recorded answer. Headers are
// "Name: value"; an Authorization with the default key is added unless given.
func do(t *testing.T, s http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+DefaultKey)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// errorOf decodes an OpenAI error answer.
func errorOf(t *testing.T, w *httptest.ResponseRecorder) (message, code string) {
	t.Helper()
	var got struct {
		Error struct {
			Message string
			Type    string
			Code    *string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("the error is no JSON: %v: %q", err, w.Body)
	}
	if got.Error.Type != "invalid_request_error" {
		t.Errorf("error type is %q", got.Error.Type)
	}
	if ct := w.Header().Get("Content-Type"); ct != "application/json" {
		t.Errorf("error Content-Type is %q", ct)
	}
	if got.Error.Code != nil {
		code = *got.Error.Code
	}
	return got.Error.Message, code
}

func TestKey(t *testing.T) {
	for _, tc := range []struct {
		name, key, header string
		status            int
		code              string
	}{
		{"default key", "", "Authorization: Bearer sk-mock", http.StatusOK, ""},
		{"scheme in other case", "", "Authorization: bearer sk-mock", http.StatusOK, ""},
		{"own key", "sk-own", "Authorization: Bearer sk-own", http.StatusOK, ""},
		{"default key is off when there is an own one", "sk-own", "Authorization: Bearer sk-mock", http.StatusUnauthorized, "invalid_api_key"},
		{"no header", "", "Authorization: ", http.StatusUnauthorized, ""},
		{"no key after the scheme", "", "Authorization: Bearer ", http.StatusUnauthorized, ""},
		{"other scheme", "", "Authorization: Basic sk-mock", http.StatusUnauthorized, ""},
		{"key without scheme", "", "Authorization: sk-mock", http.StatusUnauthorized, ""},
	} {
		for _, path := range []string{"POST /v1/chat/completions", "GET /v1/models"} {
			t.Run(tc.name+" "+path, func(t *testing.T) {
				s := New(Options{Key: tc.key})
				method, url, _ := strings.Cut(path, " ")
				w := do(t, s, method, url, hello, tc.header)
				if w.Code != tc.status {
					t.Fatalf("status %d, want %d: %s", w.Code, tc.status, w.Body)
				}
				if tc.status == http.StatusUnauthorized {
					message, code := errorOf(t, w)
					if code != tc.code || message == "" {
						t.Errorf("error code %q, message %q; want code %q", code, message, tc.code)
					}
					if strings.Contains(message, "sk-") {
						t.Errorf("the error repeats a key: %q", message)
					}
				}
				if n := len(s.Received()); n != 1 {
					t.Errorf("%d requests remembered, want 1 whether refused or not", n)
				}
			})
		}
	}
}

func TestReceived(t *testing.T) {
	s := New(Options{})
	srv := httptest.NewServer(s)
	defer srv.Close()

	list := func() []map[string]any {
		t.Helper()
		resp, err := http.Get(srv.URL + "/received")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var got []map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got == nil {
			t.Fatal("/received says null, want an array")
		}
		return got
	}
	post := func(target, contentType string, body io.Reader) {
		t.Helper()
		resp, err := http.Post(srv.URL+target, contentType, body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}

	if got := list(); len(got) != 0 {
		t.Fatalf("a new stand-in has received %v", got)
	}
	post("/echo?b=%40&a=1", "text/plain", strings.NewReader("first \"one\"\n"))
	// A reader of unknown length makes the client send the body in chunks.
	post("/a%2Fb", "application/octet-stream", io.MultiReader(strings.NewReader("\xff\x00"), strings.NewReader("second")))

	got := list()
	if len(got) != 2 {
		t.Fatalf("received %d requests, want 2: %v", len(got), got)
	}
	for i, want := range []map[string]any{
		{"method": "POST", "path": "/echo", "query": "b=%40&a=1", "body": "first \"one\"\n", "body_base64": nil},
		{
			"method": "POST", "path": "/a%2Fb", "query": "", "body": "\ufffd\x00second",
			"body_base64": base64.StdEncoding.EncodeToString([]byte("\xff\x00second")),
		},
	} {
		for field, value := range want {
			if got[i][field] != value {
				t.Errorf("request %d: %s is %q, want %q", i, field, got[i][field], value)
			}
		}
		if _, ok := got[i]["time"].(string); !ok {
			t.Errorf("request %d has no time", i)
		}
	}
	for i, want := range []map[string]string{
		{"Content-Type": "text/plain", "Content-Length": "12", "Host": strings.TrimPrefix(srv.URL, "http://")},
		{"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"},
	} {
		headers := got[i]["headers"].(map[string]any)
		for name, value := range want {
			if fmt.Sprint(headers[name]) != "["+value+"]" {
				t.Errorf("request %d: %s is %v, want %q", i, name, headers[name], value)
			}
		}
	}

	req, err := http.NewRequest(http.MethodDelete, srv.URL+"/received", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Errorf("DELETE /received: status %d", resp.StatusCode)
	}
	if got := list(); len(got) != 0 {
		t.Errorf("after DELETE there are still %d requests", len(got))
	}
}

func TestLookingLeavesNoTrace(t *testing.T) {
	s := New(Options{})
	do(t, s, "GET", "/healthz", "")
	do(t, s, "GET", "/received", "")
	if got := s.Received(); len(got) != 0 {
		t.Errorf("remembered %v", got)
	}
}

func TestRemembersTheLastRequests(t *testing.T) {
	s := New(Options{})
	for i := range MaxRequests + 3 {
		do(t, s, "POST", "/echo", fmt.Sprint(i))
	}
	got := s.Received()
	if len(got) != MaxRequests {
		t.Fatalf("%d requests remembered, want %d", len(got), MaxRequests)
	}
	if first, last := got[0].Body, got[MaxRequests-1].Body; first != "3" || last != fmt.Sprint(MaxRequests+2) {
		t.Errorf("remembered %s to %s, want 3 to %d", first, last, MaxRequests+2)
	}
}

func TestRememberedBytesAreBounded(t *testing.T) {
	s := New(Options{})
	body := strings.Repeat("x", MaxBodyBytes) // one string, so the test itself stays small
	fits := maxKeptBytes / MaxBodyBytes
	for i := range fits + 5 {
		s.remember(Request{Path: fmt.Sprint(i), Body: body})
	}
	got := s.Received()
	if len(got) != fits || got[0].Path != "5" {
		t.Errorf("%d requests from %s on, want %d from 5 on", len(got), got[0].Path, fits)
	}
	s.Forget()
	if s.remember(Request{Body: "\xff", BodyBase64: "/w=="}); s.kept != 5 {
		t.Errorf("%d bytes counted after Forget and 1 + 4 bytes", s.kept)
	}
}

func TestBodyBound(t *testing.T) {
	s := New(Options{})
	if w := do(t, s, "POST", "/echo", strings.Repeat("x", MaxBodyBytes)); w.Code != http.StatusOK || w.Body.Len() != MaxBodyBytes {
		t.Errorf("a body of exactly the bound: status %d, %d bytes back", w.Code, w.Body.Len())
	}
	w := do(t, s, "POST", "/v1/chat/completions", strings.Repeat("x", MaxBodyBytes+1))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("one byte more: status %d", w.Code)
	}
	errorOf(t, w)
	got := s.Received()
	if len(got) != 2 || got[0].Truncated || !got[1].Truncated || len(got[1].Body) != MaxBodyBytes {
		t.Errorf("want the second request remembered as truncated; have %d, truncated %v, %v", len(got), got[0].Truncated, got[1].Truncated)
	}
}

func TestUnreadableBody(t *testing.T) {
	s := New(Options{})
	r := httptest.NewRequest("POST", "/echo", io.MultiReader(strings.NewReader("half"), failingReader{}))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("status %d, want 160", w.Code)
	}
	if got := s.Received(); len(got) != 1 || got[0].Body != "half" || !got[0].Truncated {
		t.Errorf("remembered %+v", got)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestEcho(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		headers    []string
		wantType   []string
	}{
		{"typed", "a=1&b=2", []string{"Content-Type: application/x-www-form-urlencoded"}, []string{"application/x-www-form-urlencoded"}},
		{"encoded", "\x1f\x8b", []string{"Content-Type: text/plain", "Content-Encoding: gzip"}, []string{"text/plain"}},
		{"no type, none guessed", "<html>", nil, nil},
		{"no key needed", "x", []string{"Authorization: "}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := do(t, New(Options{}), "POST", "/echo", tc.body, tc.headers...)
			got := w.Result()
			if w.Code != http.StatusOK || w.Body.String() != tc.body {
				t.Errorf("status %d, body %q", w.Code, w.Body)
			}
			if !slices.Equal(got.Header["Content-Type"], tc.wantType) {
				t.Errorf("Content-Type %q, want %q", got.Header["Content-Type"], tc.wantType)
			}
			if want := slices.Contains(tc.headers, "Content-Encoding: gzip"); (got.Header.Get("Content-Encoding") == "gzip") != want {
				t.Errorf("Content-Encoding %q", got.Header.Get("Content-Encoding"))
			}
		})
	}
}

func TestHealthz(t *testing.T) {
	if w := do(t, New(Options{}), "GET", "/healthz", "", "Authorization: "); w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

func TestUnknownURL(t *testing.T) {
	for _, target := range []string{"GET /nowhere", "GET /v1/chat/completions", "PUT /received"} {
		method, url, _ := strings.Cut(target, " ")
		w := do(t, New(Options{}), method, url, "")
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", target, w.Code)
		}
		if _, code := errorOf(t, w); code != "unknown_url" {
			t.Errorf("%s: code %q", target, code)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	s := New(Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if w := do(t, s, "POST", "/v1/chat/completions", hello); w.Code != http.StatusOK {
					t.Errorf("status %d", w.Code)
				}
				if bytes.Contains(do(t, s, "GET", "/received", "").Body.Bytes(), []byte("null")) {
					t.Error("/received says null")
				}
			}
		})
	}
	wg.Wait()
	if n := len(s.Received()); n != 160 {
		t.Errorf("%d requests remembered, want 160", n)
	}
}
