// Package ingest takes in what gateways send: lines of audit events, alerts and
// statuses, over HTTP. It is where untrusted lines become records that the store
// may keep, and where those who watch are told of new events.
//
// It knows nothing of people, sessions and pages.
package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// Path is where gateways send their lines.
const Path = "/api/v1/ingest"

// Limits of one request.
const (
	// MaxBody bounds a body in bytes, as it is sent and decompressed.
	MaxBody = 32 << 20
	// MaxLine bounds a line in bytes; longer ones are rejected.
	MaxLine = 4 << 20
	// maxAtOnce bounds how many requests are read at once, and so the memory.
	maxAtOnce = 8
	// batchSize is how many records are kept in one transaction.
	batchSize = 500
)

// retryAfter is how long gateways are asked to wait, in seconds.
const retryAfter = "5"

// Options are what a handler needs.
type Options struct {
	Store *store.Store
	// Authorized tells whether a token is one for ingestion. It must take as long
	// for any wrong one, and fails where that cannot be told at the moment.
	Authorized func(ctx context.Context, token string) (bool, error)
	// Live is told of new events; nil for nobody.
	Live *Live
	// Alerted is called when there are new alerts, so that webhooks hear of them at
	// once; nil for nobody.
	Alerted func()
	Log     *slog.Logger
}

// Handler takes lines in. It answers with how many it has accepted, knew already
// and rejected; whatever the status, lines that come again do no harm.
type Handler struct {
	Options
	free chan struct{} // holds a place for each request that is being read
}

// New returns a handler.
func New(o Options) *Handler {
	return &Handler{o, make(chan struct{}, maxAtOnce)}
}

// answer is what gateways are told.
type answer struct {
	Accepted   int    `json:"accepted"`
	Duplicates int    `json:"duplicates"`
	Rejected   int    `json:"rejected"`
	Error      string `json:"error,omitempty"`
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recover() != nil {
			// The panic's value may quote a line; the server would log it.
			h.Log.Error("ingestion: a fault", "stack", string(debug.Stack()))
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	done, status, err := h.take(w, r)
	if err != nil {
		done.Error = err.Error()
		switch status {
		case http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", "Bearer")
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", http.MethodPost)
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			w.Header().Set("Retry-After", retryAfter)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(done) // to somebody who may have gone
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request) (done answer, status int, err error) {
	if r.Method != http.MethodPost {
		return done, http.StatusMethodNotAllowed, errors.New("lines are sent with POST")
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	allowed := false
	if strings.EqualFold(scheme, "Bearer") && token != "" {
		if allowed, err = h.Authorized(r.Context(), token); err != nil {
			h.Log.Error("ingestion: the database cannot tell whose token it is", "error", fmt.Sprintf("%T", err))
			return done, http.StatusServiceUnavailable, errors.New("the database does not answer at the moment")
		}
	}
	if !allowed {
		return done, http.StatusUnauthorized, errors.New("this is not a token for ingestion")
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-ndjson" && media != "application/jsonl" {
		return done, http.StatusUnsupportedMediaType, errors.New("the Content-Type is not application/x-ndjson")
	}
	select {
	case h.free <- struct{}{}:
		defer func() { <-h.free }()
	default:
		return done, http.StatusTooManyRequests, errors.New("too many send at once")
	}
	var body io.Reader = http.MaxBytesReader(w, r.Body, MaxBody)
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip":
		plain, err := gzip.NewReader(body)
		if err != nil {
			return done, http.StatusBadRequest, errors.New("the body is not gzip")
		}
		body = &bounded{plain, MaxBody}
	default:
		return done, http.StatusUnsupportedMediaType, errors.New("the Content-Encoding is neither gzip nor identity")
	}
	return h.lines(r.Context(), body)
}

// errTooLarge is a body that is larger than it may be once it is decompressed.
var errTooLarge = errors.New("the body is too large")

// bounded reads at most left bytes.
type bounded struct {
	io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// lines takes the lines of a body in, some at a time.
func (h *Handler) lines(ctx context.Context, body io.Reader) (done answer, status int, err error) {
	var batch store.Batch
	records := 0
	keep := func() error {
		if records == 0 {
			return nil
		}
		kept, err := h.Store.Ingest(ctx, batch)
		if err != nil {
			// What the database says may quote what it was given.
			h.Log.Error("ingestion: the database refuses", "error", fmt.Sprintf("%T", err))
			return errors.New("the database cannot take the lines at the moment")
		}
		done.Accepted += kept.Accepted
		done.Duplicates += kept.Duplicates
		if h.Live != nil {
			h.Live.publish(kept.Events)
		}
		if len(kept.Alerts) > 0 && h.Alerted != nil {
			h.Alerted()
		}
		batch, records = store.Batch{}, 0
		return nil
	}
	reasons := map[string]int{}
	defer func() {
		for reason, n := range reasons {
			h.Log.Warn("ingestion: lines were rejected", "reason", reason, "lines", n)
		}
	}()
	reader := lineReader{bufio.NewReaderSize(body, 64<<10)}
	for {
		line, tooLong, err := reader.next()
		switch {
		case err == io.EOF:
			if err := keep(); err != nil {
				return done, http.StatusServiceUnavailable, err
			}
			return done, http.StatusOK, nil
		case err != nil:
			if e := (*http.MaxBytesError)(nil); errors.Is(err, errTooLarge) || errors.As(err, &e) {
				return done, http.StatusRequestEntityTooLarge, errTooLarge
			}
			return done, http.StatusBadRequest, errors.New("the body cannot be read")
		case tooLong:
			done.Rejected++
			reasons["too long"]++
			continue
		case len(line) == 0:
			continue
		}
		if err := add(&batch, line, time.Now()); err != nil {
			done.Rejected++
			reasons[err.Error()]++
			continue
		}
		if records++; records == batchSize {
			if err := keep(); err != nil {
				return done, http.StatusServiceUnavailable, err
			}
		}
	}
}

// lineReader reads lines and passes over those that are too long.
type lineReader struct{ *bufio.Reader }

// next returns a line without the blanks around it. The last one need not end in
// a line break.
func (r lineReader) next() (line []byte, tooLong bool, err error) {
	for {
		piece, err := r.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(piece) > MaxLine; !tooLong {
			line = append(line, piece...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && (len(line) > 0 || tooLong):
			err = nil
		}
		return bytes.TrimSpace(line), tooLong, err
	}
}
