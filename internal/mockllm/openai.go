package mockllm

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// chatRequest is the part of a Chat Completions request that shapes the answer.
type chatRequest struct {
	Model         string        `json:"model"`
	Messages      []chatMessage `json:"messages"`
	Stream        bool          `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

type chatMessage struct {
	Role    string   `json:"role"`
	Content chatText `json:"content"`
}

// chatText is a message's content: a string, an array of parts of which the text
// parts count, or null.
type chatText string

func (t *chatText) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] != '[' {
		return json.Unmarshal(raw, (*string)(t))
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	var texts []string
	for _, p := range parts {
		if p.Type == "text" {
			texts = append(texts, p.Text)
		}
	}
	*t = chatText(strings.Join(texts, "\n"))
	return nil
}

// The answers are structs rather than maps so that their fields come in the
// provider's order.
type (
	completion struct {
		ID      string   `json:"id"`
		Object  string   `json:"object"`
		Created int64    `json:"created"`
		Model   string   `json:"model"`
		Choices []choice `json:"choices"`
		Usage   *usage   `json:"usage,omitempty"`
	}
	choice struct {
		Index        int     `json:"index"`
		Message      message `json:"message"`
		Logprobs     *string `json:"logprobs"`
		FinishReason string  `json:"finish_reason"`
	}
	message struct {
		Role    string  `json:"role"`
		Content string  `json:"content"`
		Refusal *string `json:"refusal"`
	}

	completionChunk struct {
		ID      string        `json:"id"`
		Object  string        `json:"object"`
		Created int64         `json:"created"`
		Model   string        `json:"model"`
		Choices []chunkChoice `json:"choices"`
		Usage   *usage        `json:"usage,omitempty"`
	}
	chunkChoice struct {
		Index        int     `json:"index"`
		Delta        delta   `json:"delta"`
		Logprobs     *string `json:"logprobs"`
		FinishReason *string `json:"finish_reason"`
	}
	delta struct {
		Role    string  `json:"role,omitempty"`
		Content *string `json:"content,omitempty"`
	}

	usage struct {
		PromptTokens     int `json:"prompt_tokens"`
		CompletionTokens int `json:"completion_tokens"`
		TotalTokens      int `json:"total_tokens"`
	}
)

func (s *Server) chatCompletions(w http.ResponseWriter, r *http.Request) {
	if sent := r.Header.Get("Content-Type"); sent != "" {
		if media, _, err := mime.ParseMediaType(sent); err != nil || media != "application/json" {
			writeError(w, http.StatusBadRequest, "unsupported_content_type", "This API method only accepts 'application/json' requests.")
			return
		}
	}
	var req chatRequest
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &req)
	}
	if err != nil {
		writeError(w, http.StatusBadRequest, "", "We could not parse the JSON body of your request.")
		return
	}
	switch {
	case req.Model == "":
		writeError(w, http.StatusBadRequest, "", "You must provide a model parameter.")
		return
	case len(req.Messages) == 0:
		writeError(w, http.StatusBadRequest, "", "Missing required parameter: 'messages'.")
		return
	}

	text := answer(req.Messages)
	id := fmt.Sprintf("chatcmpl-mock-%d", s.answers.Add(1))
	if req.Stream {
		s.streamCompletion(w, r, req, id, text)
		return
	}
	writeJSON(w, http.StatusOK, completion{
		ID:      id,
		Object:  "chat.completion",
		Created: time.Now().Unix(),
		Model:   req.Model,
		Choices: []choice{{
			Message:      message{Role: "assistant", Content: text},
			FinishReason: "stop",
		}},
		Usage: countUsage(req.Messages, text),
	})
}

// streamCompletion sends text word by word, each word in an event of its own.
func (s *Server) streamCompletion(w http.ResponseWriter, r *http.Request, req chatRequest, id, text string) {
	chunk := completionChunk{ID: id, Object: "chat.completion.chunk", Created: time.Now().Unix(), Model: req.Model}
	out := http.NewResponseController(w)
	pause := time.Duration(0) // the first event goes out at once
	send := func(data string) bool {
		select {
		case <-r.Context().Done():
			return false
		case <-time.After(pause):
			pause = s.delay
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	sendChoices := func(choices ...chunkChoice) bool {
		chunk.Choices = choices
		return send(encode(chunk))
	}

	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	empty, stop := "", "stop"
	if !sendChoices(chunkChoice{Delta: delta{Role: "assistant", Content: &empty}}) {
		return
	}
	for _, word := range strings.SplitAfter(text, " ") {
		if !sendChoices(chunkChoice{Delta: delta{Content: &word}}) {
			return
		}
	}
	if !sendChoices(chunkChoice{FinishReason: &stop}) {
		return
	}
	if req.StreamOptions.IncludeUsage {
		chunk.Choices, chunk.Usage = []chunkChoice{}, countUsage(req.Messages, text)
		if !send(encode(chunk)) {
			return
		}
	}
	send("[DONE]")
}

// answer quotes the last user message, so that a reader of the answer sees what
// the model saw.
func answer(messages []chatMessage) string {
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Role == "user" {
			return fmt.Sprintf(`You wrote: "%s". I will keep that in mind.`, messages[i].Content)
		}
	}
	return "You wrote nothing yet."
}

// countUsage counts words as tokens: the figures are plausible, not exact.
func countUsage(messages []chatMessage, text string) *usage {
	var u usage
	for _, m := range messages {
		u.PromptTokens += len(strings.Fields(string(m.Content)))
	}
	u.CompletionTokens = len(strings.Fields(text))
	u.TotalTokens = u.PromptTokens + u.CompletionTokens
	return &u
}

func models(w http.ResponseWriter, _ *http.Request) {
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}
	list := []model{}
	for _, id := range []string{"gpt-4", "gpt-4o-mini"} {
		list = append(list, model{ID: id, Object: "model", Created: 1687882411, OwnedBy: "mockllm"})
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": list})
}

// writeError answers in OpenAI's error format. An empty code is sent as null.
func writeError(w http.ResponseWriter, status int, code, text string) {
	type detail struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	}
	d := detail{Message: text, Type: "invalid_request_error"}
	if code != "" {
		d.Code = &code
	}
	writeJSON(w, status, map[string]detail{"error": d})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, encode(v)) // a caller that left needs no answer
}

// encode is json.Marshal without the escaping of <, > and &, which providers do
// not do either. The values that are passed in always encode.
func encode(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}
