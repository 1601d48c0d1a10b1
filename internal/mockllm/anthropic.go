package mockllm

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Messages: https://docs.anthropic.com/en/api/messages
func messagesAPI() api {
	return api{provider: anthropic, read: readMessages, whole: wholeMessage, streamed: streamMessage}
}

var anthropic = provider{
	key: func(r *http.Request) string { return r.Header.Get("X-Api-Key") },
	fail: func(status int, _, text string) any {
		kind := "invalid_request_error"
		switch {
		case status == http.StatusUnauthorized:
			kind = "authentication_error"
		case status == http.StatusTooManyRequests:
			kind = "rate_limit_error"
		case status >= http.StatusInternalServerError:
			kind = "api_error"
		}
		return object{"type", "error", "error", object{"type", kind, "message", text}, "request_id", "req_mock"}
	},
}

type messagesRequest struct {
	Model     string  `json:"model"`
	MaxTokens int     `json:"max_tokens"`
	System    content `json:"system"`
	Messages  []struct {
		Role    string         `json:"role"`
		Content messagesBlocks `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Name string `json:"name"`
	} `json:"tools"`
	Stream bool `json:"stream"`
}

type messagesBlock struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	Thinking  string          `json:"thinking"`
	Signature string          `json:"signature"`
	Content   content         `json:"content"` // of a tool's result
	Input     json.RawMessage `json:"input"`   // of a tool
}

// messagesBlocks is an array of blocks, or a string that stands for one.
type messagesBlocks []messagesBlock

func (b *messagesBlocks) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*b = messagesBlocks{{Type: "text"}}
		return json.Unmarshal(raw, &(*b)[0].Text)
	}
	return json.Unmarshal(raw, (*[]messagesBlock)(b))
}

func readMessages(_ *http.Request, body []byte) (p prompt, problem string) {
	var req messagesRequest
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	case req.MaxTokens <= 0:
		return p, missing("max_tokens")
	case len(req.Messages) == 0:
		return p, missing("messages")
	}
	p = prompt{model: req.Model, stream: req.Stream}
	p.other(string(req.System))
	for _, t := range req.Tools {
		p.offer(t.Name)
	}
	for _, m := range req.Messages {
		var texts, results []string
		for _, b := range m.Content {
			switch b.Type {
			case "text":
				texts = append(texts, b.Text)
			case "tool_result":
				results = append(results, string(b.Content))
			case "tool_use":
				p.other(string(b.Input))
			case "thinking":
				if b.Signature != sign(b.Thinking) {
					return p, "Invalid `signature` in `thinking` block."
				}
			}
		}
		if len(texts) > 0 {
			p.message(m.Role, strings.Join(texts, "\n"))
		}
		for _, r := range results {
			p.toolResult(r)
		}
	}
	return p, ""
}

// messageFrame is a message with what has been said so far.
func (c *exchange) messageFrame(blocks list, reason any, words int) object {
	return object{
		"id", c.id("msg_"), "type", "message", "role", "assistant", "model", c.prompt.model, "content", blocks,
		"stop_reason", reason, "stop_sequence", nil, "usage",
		object{"input_tokens", c.prompt.words, "output_tokens", words},
	}
}

func stopReason(t turn) string {
	if len(t.calls) > 0 {
		return "tool_use"
	}
	return "end_turn"
}

func wholeMessage(c *exchange) any {
	t := c.turn(0)
	blocks := list{}
	if t.thinking != "" {
		blocks = append(blocks, object{"type", "thinking", "thinking", t.thinking, "signature", sign(t.thinking)})
	}
	if t.text != "" {
		blocks = append(blocks, object{"type", "text", "text", t.text})
	}
	for _, call := range t.calls {
		blocks = append(blocks, object{"type", "tool_use", "id", call.id, "name", call.name, "input", json.RawMessage(call.arguments)})
	}
	return c.messageFrame(blocks, stopReason(t), wordsOf([]turn{t}))
}

func streamMessage(c *exchange) {
	t := c.turn(0)
	c.begin(eventStream)
	send := func(kind string, fields ...any) { c.event(kind, append(object{"type", kind}, fields...)) }
	index := 0
	block := func(start object, deltas ...object) {
		send("content_block_start", "index", index, "content_block", start)
		if index == 0 {
			send("ping")
		}
		for _, d := range deltas {
			send("content_block_delta", "index", index, "delta", d)
		}
		send("content_block_stop", "index", index)
		index++
	}
	deltas := func(kind, field, text string) (all []object) {
		for _, piece := range c.script.cut(text) {
			all = append(all, object{"type", kind, field, piece})
		}
		return all
	}
	send("message_start", "message", c.messageFrame(list{}, nil, 1))
	if t.thinking != "" {
		block(object{"type", "thinking", "thinking", "", "signature", ""},
			append(deltas("thinking_delta", "thinking", t.thinking), object{"type", "signature_delta", "signature", sign(t.thinking)})...)
	}
	if t.text != "" {
		block(object{"type", "text", "text", ""}, deltas("text_delta", "text", t.text)...)
	}
	for _, call := range t.calls {
		block(object{"type", "tool_use", "id", call.id, "name", call.name, "input", object{}},
			deltas("input_json_delta", "partial_json", call.arguments)...)
	}
	send("message_delta", "delta", object{"stop_reason", stopReason(t), "stop_sequence", nil}, "usage", object{"output_tokens", wordsOf([]turn{t})})
	send("message_stop")
}
