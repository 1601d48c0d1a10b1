package split

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

// Model is the LLM: it notes what reaches it, adds segments of its own, and
// answers in the provider's format.
type Model struct {
	llm *mockllm.Server

	mu       sync.Mutex
	task     Task
	received string
}

// NewModel returns a model without a task.
func NewModel() *Model { return &Model{llm: mockllm.New(mockllm.Options{})} }

// Expect tells what the next request is about.
func (m *Model) Expect(t Task) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.task, m.received = t, ""
}

// Received is what reached the model since then.
func (m *Model) Received() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.received
}

// ServeHTTP answers a request.
func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	t := m.task
	m.received += string(body)
	m.mu.Unlock()
	body = []byte(t.prompt.inject(string(body)))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set(mockllm.ScriptHeader, "brief, "+t.Script)
	m.llm.ServeHTTP(w, r)
	m.llm.Forget()
}

// Authorize adds the keys that the model wants to see.
func Authorize(h http.Header) {
	h.Set("Content-Type", "application/json")
	h.Set("Authorization", "Bearer "+mockllm.DefaultKey)
	h.Set("X-Api-Key", mockllm.DefaultKey)
	h.Set("X-Goog-Api-Key", mockllm.DefaultKey)
}
