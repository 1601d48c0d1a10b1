package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// upstream plays the LLM: it quotes the last message back. It shares the machine
// with the gateway, so it does as little as it can.
type upstream struct {
	url    string
	server *http.Server
	// last is the body that arrived last. It is kept only while record is set.
	record atomic.Bool
	last   atomic.Pointer[[]byte]
	gate   atomic.Pointer[gate]
}

// gate holds requests that have arrived in full, until it is opened.
type gate struct{ arrived, open chan struct{} }

func startUpstream() (*upstream, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	u := &upstream{url: "http://" + listener.Addr().String()}
	u.server = &http.Server{Handler: u, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = u.server.Serve(listener) }()
	return u, nil
}

func (u *upstream) close() { _ = u.server.Close() }

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if u.record.Load() {
		u.last.Store(&body)
	}
	if g := u.gate.Load(); g != nil {
		g.arrived <- struct{}{}
		<-g.open
	}
	a, err := answer(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a)))
	_, _ = w.Write(a)
}

const (
	answerStart = `{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-mini","choices":[{"index":0,"finish_reason":"stop",` +
		`"message":{"role":"assistant","content":"You wrote: `
	answerEnd = `"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`
)

// answer quotes the last message as it stands, escapes included. It looks for it
// in the raw text, because parsing would cost as much as what is measured.
func answer(body []byte) ([]byte, error) {
	key := []byte(`"content":"`)
	at := bytes.LastIndex(body, key)
	if at < 0 {
		return nil, errors.New("no message")
	}
	content := body[at+len(key):]
	end := bytes.LastIndexByte(content, '"')
	if end < 0 {
		return nil, errors.New("broken message")
	}
	a := make([]byte, 0, len(answerStart)+end+len(answerEnd))
	a = append(a, answerStart...)
	a = append(a, content[:end]...)
	return append(a, answerEnd...), nil
}
