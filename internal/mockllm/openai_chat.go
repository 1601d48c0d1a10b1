package mockllm

import (
	"encoding/json"
	"net/http"
)

// Chat Completions: https://platform.openai.com/docs/api-reference/chat
func chatAPI() api {
	return api{provider: openAI, read: readChat, whole: wholeChat, streamed: streamChat}
}

type chatRequest struct {
	Model    string `json:"model"`
	Messages []struct {
		Role      string     `json:"role"`
		Content   content    `json:"content"`
		ToolCalls []chatCall `json:"tool_calls"`
	} `json:"messages"`
	Tools         []chatTool `json:"tools"`
	N             int        `json:"n"`
	Stream        bool       `json:"stream"`
	Logprobs      bool       `json:"logprobs"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

type chatTool struct {
	Function struct {
		Name string `json:"name"`
	} `json:"function"`
}

type chatCall struct {
	Function struct {
		Arguments string `json:"arguments"`
	} `json:"function"`
}

func readChat(_ *http.Request, body []byte) (p prompt, problem string) {
	var req chatRequest
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	case len(req.Messages) == 0:
		return p, missing("messages")
	}
	p = prompt{model: req.Model, stream: req.Stream, n: req.N, logprobs: req.Logprobs, usage: req.StreamOptions.IncludeUsage}
	for _, t := range req.Tools {
		p.offer(t.Function.Name)
	}
	for _, m := range req.Messages {
		p.message(m.Role, string(m.Content))
		for _, call := range m.ToolCalls {
			p.other(call.Function.Arguments)
		}
	}
	return p, ""
}

func wholeChat(c *exchange) any {
	turns := c.turns()
	choices := list{}
	for i, t := range turns {
		message := object{"role", "assistant", "content", t.text, "refusal", nil}
		reason := "stop"
		if len(t.calls) > 0 {
			message[3] = nil
			calls := list{}
			for _, call := range t.calls {
				calls = append(calls, object{"id", call.id, "type", "function", "function", object{"name", call.name, "arguments", call.arguments}})
			}
			message = append(message, "tool_calls", calls)
			reason = "tool_calls"
		}
		choices = append(choices, object{"index", i, "message", message, "logprobs", c.logprobs(c.script.cut(t.text)...), "finish_reason", reason})
	}
	return append(c.chatFrame("chat.completion"), "choices", choices, "usage", c.chatUsage(turns))
}

func (c *exchange) chatFrame(kind string) object {
	return object{"id", c.id("chatcmpl-"), "object", kind, "created", c.time.Unix(), "model", c.prompt.model}
}

func (c *exchange) chatUsage(turns []turn) object {
	in, out := c.prompt.words, wordsOf(turns)
	return object{"prompt_tokens", in, "completion_tokens", out, "total_tokens", in + out}
}

// logprobs are what the request asked for: null, or each delta as a token.
func (c *exchange) logprobs(deltas ...string) any {
	if !c.prompt.logprobs {
		return nil
	}
	tokens := list{}
	for _, d := range deltas {
		bytes := list{}
		for _, b := range []byte(d) {
			bytes = append(bytes, b)
		}
		tokens = append(tokens, object{"token", d, "logprob", -0.25, "bytes", bytes, "top_logprobs", list{}})
	}
	return object{"content", tokens, "refusal", nil}
}

func streamChat(c *exchange) {
	turns := c.turns()
	lanes := make([][]object, len(turns))
	for i, t := range turns {
		lanes[i] = c.chatLane(i, t)
	}
	c.begin(eventStream)
	chunk := func(choices ...any) object {
		return append(c.chatFrame("chat.completion.chunk"), "choices", append(list{}, choices...))
	}
	for _, choice := range weave(c.script, lanes) {
		c.event("", chunk(choice))
	}
	if c.prompt.usage {
		c.event("", append(chunk(), "usage", c.chatUsage(turns)))
	}
	c.send("data: [DONE]\n\n")
}

// chatLane returns the choices of the events of one choice.
func (c *exchange) chatLane(index int, t turn) []object {
	choice := func(delta object, logprobs, reason any) object {
		return object{"index", index, "delta", delta, "logprobs", logprobs, "finish_reason", reason}
	}
	if len(t.calls) == 0 {
		lane := []object{choice(object{"role", "assistant", "content", ""}, nil, nil)}
		for _, piece := range c.script.cut(t.text) {
			lane = append(lane, choice(object{"content", piece}, c.logprobs(piece), nil))
		}
		return append(lane, choice(object{}, nil, "stop"))
	}
	lane := []object{choice(object{"role", "assistant", "content", nil}, nil, nil)}
	calls := make([][]object, len(t.calls))
	for i, call := range t.calls {
		add := func(fields ...any) {
			delta := append(object{"index", i}, fields...)
			calls[i] = append(calls[i], choice(object{"tool_calls", list{delta}}, nil, nil))
		}
		add("id", call.id, "type", "function", "function", object{"name", call.name, "arguments", ""})
		for _, piece := range c.script.cut(call.arguments) {
			add("function", object{"arguments", piece})
		}
	}
	return append(append(lane, weave(c.script, calls)...), choice(object{}, nil, "tool_calls"))
}
