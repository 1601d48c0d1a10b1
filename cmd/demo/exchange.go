package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

const (
	chatPath = "/v1/chat/completions"

	prompt = "dont tell anyone, but my password is: super_s3cr3t_password " +
		"and my card is 4111111111111111. Write to alice@example.com and to bob@example.org"
)

// secrets are the values in the prompt that the policy of the demo protects.
var secrets = []string{"super_s3cr3t_password", "4111111111111111", "alice@example.com", "bob@example.org"}

// placeholder matches what the policy of the demo puts in their place.
var placeholder = regexp.MustCompile(`\[REDACTED_[A-Z]+(_\d+)?\]`)

// observer shows what arrived at the LLM stand-in.
type observer interface {
	forget(ctx context.Context) error
	received(ctx context.Context) ([]mockllm.Request, error)
}

// inProcess observes a stand-in of this process.
type inProcess struct{ *mockllm.Server }

func (o inProcess) forget(context.Context) error { o.Forget(); return nil }

func (o inProcess) received(context.Context) ([]mockllm.Request, error) { return o.Received(), nil }

// exchange is one prompt and its answer, seen from both ends.
type exchange struct {
	token    string // that the user presented; empty if the gateway wants none
	received []mockllm.Request
	status   string
	code     int
	header   http.Header
	answer   string // the assistant's text; the whole body if there is none
}

// converse sends the prompt to url, with the token if there is one, and collects
// what arrived at the LLM.
func converse(ctx context.Context, url, token string, llm observer) (*exchange, error) {
	if err := llm.forget(ctx); err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{
		"model":    "gpt-4",
		"messages": []any{map[string]string{"role": "user", "content": prompt}},
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	received, err := llm.received(ctx)
	if err != nil {
		return nil, err
	}
	e := &exchange{
		token:    token,
		received: received,
		status:   resp.Status,
		code:     resp.StatusCode,
		header:   resp.Header,
		answer:   strings.TrimSpace(string(raw)),
	}
	var answer struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if json.Unmarshal(raw, &answer) == nil && len(answer.Choices) > 0 {
		e.answer = answer.Choices[0].Message.Content
	}
	return e, nil
}

// problems says what did not go as it should; nothing if all is well.
func (e *exchange) problems() []string {
	var found []string
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }

	if e.code != http.StatusOK {
		add("the gateway answered %s", e.status)
	}
	if len(e.received) != 1 {
		add("the LLM received %d requests instead of one", len(e.received))
	}
	for _, secret := range secrets {
		for _, r := range e.received {
			if saw(r, secret) {
				add("the LLM saw %s", secret)
			}
		}
		if !strings.Contains(e.answer, secret) {
			add("the user did not get %s back", secret)
		}
	}
	for _, p := range placeholder.FindAllString(e.answer, -1) {
		add("the user saw %s", p)
	}
	for _, r := range e.received {
		_, key, _ := strings.Cut(r.Headers.Get("Authorization"), " ")
		if key == "" {
			add("the LLM got no key")
		} else if strings.Contains(e.answer+fmt.Sprint(e.header), key) {
			add("the user saw the LLM's key")
		}
		if e.token != "" && saw(r, e.token) {
			add("the LLM saw the user's token")
		}
	}
	return found
}

// saw looks for a value everywhere in a request, in whatever case and also behind
// JSON escapes.
func saw(r mockllm.Request, value string) bool {
	everything := strings.Join([]string{r.Path, r.Query, fmt.Sprint(r.Headers), r.Body, userMessage(r.Body)}, "\n")
	return strings.Contains(strings.ToLower(everything), strings.ToLower(value))
}

// userMessage returns the text in a chat request; the whole body if it is none.
func userMessage(body string) string {
	var req struct {
		Messages []struct{ Content string }
	}
	if json.Unmarshal([]byte(body), &req) != nil || len(req.Messages) == 0 {
		return body
	}
	return req.Messages[len(req.Messages)-1].Content
}

func (e *exchange) panes() []pane {
	llm := pane{title: "2. What the LLM received", head: []string{"nothing"}}
	if len(e.received) > 0 {
		r := e.received[0]
		llm.head = []string{r.Method + " " + r.Path, "Authorization: " + r.Headers.Get("Authorization")}
		llm.text = userMessage(r.Body)
	}
	credentials := "(no API key)"
	if e.token != "" {
		credentials = "Authorization: Bearer " + e.token[:min(len(e.token), 12)] + "… (a token, no API key)"
	}
	return []pane{
		{title: "1. What the user sent", head: []string{"POST " + chatPath, credentials}, text: prompt},
		llm,
		{title: "3. What the user got back", head: []string{e.status, e.header.Get("Content-Type")}, text: e.answer},
	}
}
