package mockllm

import (
	"encoding/json"
	"net/http"
	"time"
)

var ollama = provider{
	fail: func(_ int, _, text string) any { return object{"error", text} },
}

// Chat: https://github.com/ollama/ollama/blob/main/docs/api.md
func ollamaChatAPI() api {
	return ollamaAPI(readOllamaChat, ollamaMessage, ollamaMessages)
}

// Generate: https://github.com/ollama/ollama/blob/main/docs/api.md
func ollamaGenerateAPI() api {
	return ollamaAPI(readOllamaGenerate, ollamaResponse, ollamaResponses)
}

func readOllamaChat(_ *http.Request, body []byte) (p prompt, problem string) {
	var req struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
		Tools  []chatTool `json:"tools"`
		Stream *bool      `json:"stream"`
	}
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	}
	p = prompt{model: req.Model, stream: req.Stream == nil || *req.Stream}
	for _, t := range req.Tools {
		p.offer(t.Function.Name)
	}
	for _, m := range req.Messages {
		p.message(m.Role, m.Content)
	}
	return p, ""
}

func readOllamaGenerate(_ *http.Request, body []byte) (p prompt, problem string) {
	var req struct {
		Model  string `json:"model"`
		Prompt string `json:"prompt"`
		System string `json:"system"`
		Stream *bool  `json:"stream"`
	}
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	}
	p = prompt{model: req.Model, stream: req.Stream == nil || *req.Stream}
	p.other(req.System)
	p.user(req.Prompt)
	return p, ""
}

// ollamaMessages is a turn as messages, texts as often as they are cut.
func ollamaMessages(t turn, cut func(string) []string) (lines []object) {
	message := func(text string, more ...any) {
		lines = append(lines, object{"message", append(object{"role", "assistant", "content", text}, more...)})
	}
	for _, piece := range cut(t.thinking) {
		message("", "thinking", piece)
	}
	for _, piece := range cut(t.text) {
		message(piece)
	}
	if len(t.calls) > 0 {
		message("", "tool_calls", ollamaCalls(t))
	}
	return lines
}

func ollamaMessage(t turn) object {
	message := object{"role", "assistant", "content", t.text}
	if t.thinking != "" {
		message = append(message, "thinking", t.thinking)
	}
	if len(t.calls) > 0 {
		message = append(message, "tool_calls", ollamaCalls(t))
	}
	return object{"message", message}
}

func ollamaCalls(t turn) list {
	calls := list{}
	for _, call := range t.calls {
		calls = append(calls, object{"function", object{"name", call.name, "arguments", json.RawMessage(call.arguments)}})
	}
	return calls
}

func ollamaResponses(t turn, cut func(string) []string) (lines []object) {
	for _, piece := range cut(t.text) {
		lines = append(lines, object{"response", piece})
	}
	return lines
}

func ollamaResponse(t turn) object { return object{"response", t.text} }

// ollamaAPI is a call whose answers write a turn down in their own way, as a
// whole and in lines.
func ollamaAPI(
	read func(*http.Request, []byte) (prompt, string),
	whole func(turn) object, lines func(turn, func(string) []string) []object,
) api {
	frame := func(c *exchange, fields object, more ...any) object {
		o := append(object{"model", c.prompt.model, "created_at", c.time.UTC().Format(time.RFC3339Nano)}, fields...)
		return append(o, more...)
	}
	end := func(c *exchange, t turn) []any {
		return []any{
			"done", true, "done_reason", "stop", "total_duration", 5_000_000, "load_duration", 1_000_000,
			"prompt_eval_count", c.prompt.words, "prompt_eval_duration", 1_000_000,
			"eval_count", wordsOf([]turn{t}), "eval_duration", 3_000_000,
		}
	}
	return api{
		provider: ollama, read: read,
		whole: func(c *exchange) any {
			t := c.turn(0)
			return frame(c, whole(t), end(c, t)...)
		},
		streamed: func(c *exchange) {
			t := c.turn(0)
			c.begin("application/x-ndjson")
			for _, line := range lines(t, c.script.cut) {
				c.send(encode(frame(c, line, "done", false)) + "\n")
			}
			c.send(encode(frame(c, whole(turn{}), end(c, t)...)) + "\n")
		},
	}
}
