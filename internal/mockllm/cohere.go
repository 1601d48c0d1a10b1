package mockllm

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Chat v2: https://docs.cohere.com/v2/reference/chat
func cohereAPI() api {
	return api{provider: cohere, read: readCohere, whole: wholeCohere, streamed: streamCohere}
}

var cohere = provider{
	key:  bearer,
	fail: func(_ int, _, text string) any { return object{"id", "mock", "message", text} },
}

// cohereContent is a string, or an array of texts and documents.
type cohereContent string

func (t *cohereContent) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] != '[' {
		return json.Unmarshal(raw, (*string)(t))
	}
	var parts []struct {
		Text     string
		Document struct{ Data string }
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.Text+p.Document.Data)
	}
	*t = cohereContent(strings.Join(texts, "\n"))
	return nil
}

func readCohere(_ *http.Request, body []byte) (p prompt, problem string) {
	var req struct {
		Model    string `json:"model"`
		Messages []struct {
			Role      string        `json:"role"`
			Content   cohereContent `json:"content"`
			ToolPlan  string        `json:"tool_plan"`
			ToolCalls []chatCall    `json:"tool_calls"`
		} `json:"messages"`
		Tools  []chatTool `json:"tools"`
		Stream bool       `json:"stream"`
	}
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	case len(req.Messages) == 0:
		return p, missing("messages")
	}
	p = prompt{model: req.Model, stream: req.Stream}
	for _, t := range req.Tools {
		p.offer(t.Function.Name)
	}
	for _, m := range req.Messages {
		p.message(m.Role, string(m.Content))
		p.other(m.ToolPlan)
		for _, call := range m.ToolCalls {
			p.other(call.Function.Arguments)
		}
	}
	return p, ""
}

func (c *exchange) cohereUsage(t turn) object {
	tokens := object{"input_tokens", c.prompt.words, "output_tokens", wordsOf([]turn{t})}
	return object{"billed_units", tokens, "tokens", tokens}
}

// toolPlan is what the model says it will do with a tool.
func (c *exchange) toolPlan() string {
	return c.script.spell("I will look this up: " + c.prompt.said)
}

func cohereReason(t turn) string {
	if len(t.calls) > 0 {
		return "TOOL_CALL"
	}
	return "COMPLETE"
}

func cohereCall(call toolCall, arguments string) object {
	return object{"id", call.id, "type", "function", "function", object{"name", call.name, "arguments", arguments}}
}

func wholeCohere(c *exchange) any {
	t := c.turn(0)
	message := object{"role", "assistant"}
	if len(t.calls) > 0 {
		calls := list{}
		for _, call := range t.calls {
			calls = append(calls, cohereCall(call, call.arguments))
		}
		message = append(message, "tool_plan", c.toolPlan(), "tool_calls", calls)
	} else {
		message = append(message, "content", list{object{"type", "text", "text", t.text}})
	}
	return object{"id", c.id(""), "finish_reason", cohereReason(t), "message", message, "usage", c.cohereUsage(t)}
}

func streamCohere(c *exchange) {
	t := c.turn(0)
	c.begin(eventStream)
	send := func(kind string, fields ...any) { c.event(kind, append(object{"type", kind}, fields...)) }
	message := func(fields ...any) object { return object{"message", object(fields)} }
	send("message-start", "id", c.id(""), "delta", message("role", "assistant", "content", list{}, "tool_plan", "", "tool_calls", list{}))
	if len(t.calls) > 0 {
		for _, piece := range c.script.cut(c.toolPlan()) {
			send("tool-plan-delta", "delta", message("tool_plan", piece))
		}
	} else {
		send("content-start", "index", 0, "delta", message("content", object{"type", "text", "text", ""}))
		for _, piece := range c.script.cut(t.text) {
			send("content-delta", "index", 0, "delta", message("content", object{"text", piece}))
		}
		send("content-end", "index", 0)
	}
	for i, call := range t.calls {
		send("tool-call-start", "index", i, "delta", message("tool_calls", cohereCall(call, "")))
		for _, piece := range c.script.cut(call.arguments) {
			send("tool-call-delta", "index", i, "delta", message("tool_calls", object{"function", object{"arguments", piece}}))
		}
		send("tool-call-end", "index", i)
	}
	send("message-end", "delta", object{"finish_reason", cohereReason(t), "usage", c.cohereUsage(t)})
}
