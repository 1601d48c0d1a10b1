package modifiers

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// KrakenD lets go of a provider's answer in two ways; one that breaks off is neither.
func TestIsGivenUp(t *testing.T) {
	for name, tt := range map[string]struct {
		letGo func(cancel func(), body io.Closer)
		cut   bool
		want  bool
	}{
		"cancelled":  {letGo: func(cancel func(), _ io.Closer) { cancel() }, want: true},
		"closed":     {letGo: func(_ func(), body io.Closer) { _ = body.Close() }, want: true},
		"broken off": {letGo: func(func(), io.Closer) {}, cut: true},
	} {
		for _, http2 := range []bool{false, true} {
			more := make(chan struct{})
			provider := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				if tt.cut {
					panic(http.ErrAbortHandler)
				}
				<-more
			}))
			provider.EnableHTTP2 = http2
			provider.StartTLS()
			ctx, cancel := context.WithCancel(t.Context())
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, provider.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := provider.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			tt.letGo(cancel, resp.Body)
			if _, err := resp.Body.Read(make([]byte, 1)); err == nil || isGivenUp(err) != tt.want {
				t.Errorf("%s, HTTP/2 %v: %v", name, http2, err)
			}
			close(more)
			cancel()
			provider.Close()
		}
	}
}
