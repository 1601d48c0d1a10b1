package mockllm

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Responses: https://platform.openai.com/docs/api-reference/responses
func responsesAPI() api {
	return api{provider: openAI, read: readResponses, whole: wholeResponse, streamed: streamResponse}
}

type responsesRequest struct {
	Model        string          `json:"model"`
	Instructions *string         `json:"instructions"`
	Input        json.RawMessage `json:"input"`
	Tools        []struct {
		Name string `json:"name"`
	} `json:"tools"`
	Stream bool `json:"stream"`
}

type responsesItem struct {
	Type      string  `json:"type"`
	Role      string  `json:"role"`
	Content   content `json:"content"`
	Arguments string  `json:"arguments"`
	Output    content `json:"output"`
}

func readResponses(_ *http.Request, body []byte) (p prompt, problem string) {
	var req responsesRequest
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	case len(req.Input) == 0:
		return p, missing("input")
	}
	p = prompt{model: req.Model, stream: req.Stream}
	if req.Instructions != nil {
		p.instructions = *req.Instructions
		p.other(*req.Instructions)
	}
	for _, t := range req.Tools {
		p.offer(t.Name)
	}
	if req.Input[0] == '"' {
		var text string
		if json.Unmarshal(req.Input, &text) != nil {
			return p, unparsable
		}
		p.user(text)
		return p, ""
	}
	var items []responsesItem
	if json.Unmarshal(req.Input, &items) != nil {
		return p, unparsable
	}
	for _, item := range items {
		switch item.Type {
		case "function_call_output":
			p.toolResult(string(item.Output))
		case "function_call":
			p.other(item.Arguments)
		default:
			p.message(item.Role, string(item.Content))
		}
	}
	return p, ""
}

// response is the response object with what has been put out so far.
func (c *exchange) response(status string, output []any, usage any) object {
	return object{
		"id", c.id("resp_"), "object", "response", "created_at", c.time.Unix(), "status", status, "error", nil,
		"incomplete_details", nil, "instructions", c.prompt.instructions, "max_output_tokens", nil, "model", c.prompt.model,
		"output", append(list{}, output...), "parallel_tool_calls", true, "previous_response_id", nil, "temperature", 1, "tool_choice", "auto",
		"tools",
		list{},
		"top_p", 1, "truncation", "disabled", "usage", usage, "metadata",
		object{},
	}
}

func (c *exchange) responseUsage(t turn) object {
	in, out := c.prompt.words, wordsOf([]turn{t})
	return object{
		"input_tokens", in, "input_tokens_details",
		object{"cached_tokens", 0},
		"output_tokens", out, "output_tokens_details",
		object{"reasoning_tokens", 0},
		"total_tokens", in + out,
	}
}

func outputText(text string) object {
	return object{"type", "output_text", "annotations", list{}, "logprobs", list{}, "text", text}
}

func (c *exchange) outputMessage(status string, parts ...any) object {
	return object{"id", c.id("msg_"), "type", "message", "status", status, "role", "assistant", "content", append(list{}, parts...)}
}

func (c *exchange) outputCall(call toolCall, status, arguments string) object {
	return object{
		"id", "fc_" + call.id, "type", "function_call", "status", status,
		"arguments", arguments, "call_id", call.id, "name", call.name,
	}
}

func (c *exchange) output(t turn) list {
	if len(t.calls) == 0 {
		return list{c.outputMessage("completed", outputText(t.text))}
	}
	items := list{}
	for _, call := range t.calls {
		items = append(items, c.outputCall(call, "completed", call.arguments))
	}
	return items
}

func wholeResponse(c *exchange) any {
	t := c.turn(0)
	return c.response("completed", c.output(t), c.responseUsage(t))
}

// responseEvent is an event whose number is not known yet.
type responseEvent struct {
	kind   string
	fields object
}

func streamResponse(c *exchange) {
	t := c.turn(0)
	c.begin(eventStream)
	number := 0
	send := func(e responseEvent) {
		c.event(e.kind, append(object{"type", e.kind, "sequence_number", number}, e.fields...))
		number++
	}
	send(responseEvent{"response.created", object{"response", c.response("in_progress", nil, nil)}})
	send(responseEvent{"response.in_progress", object{"response", c.response("in_progress", nil, nil)}})
	for _, e := range weave(c.script, c.responseLanes(t)) {
		send(e)
	}
	send(responseEvent{"response.completed", object{"response", c.response("completed", c.output(t), c.responseUsage(t))}})
}

func (c *exchange) responseLanes(t turn) [][]responseEvent {
	if len(t.calls) == 0 {
		at := object{"item_id", c.id("msg_"), "output_index", 0, "content_index", 0}
		with := func(fields ...any) object { return append(append(object{}, at...), fields...) }
		lane := []responseEvent{
			{"response.output_item.added", object{"output_index", 0, "item", c.outputMessage("in_progress")}},
			{"response.content_part.added", with("part", outputText(""))},
		}
		for _, piece := range c.script.cut(t.text) {
			lane = append(lane, responseEvent{"response.output_text.delta", with("delta", piece, "logprobs", list{})})
		}
		return [][]responseEvent{append(lane,
			responseEvent{"response.output_text.done", with("text", t.text, "logprobs", list{})},
			responseEvent{"response.content_part.done", with("part", outputText(t.text))},
			responseEvent{"response.output_item.done", object{"output_index", 0, "item", c.output(t)[0]}},
		)}
	}
	lanes := make([][]responseEvent, len(t.calls))
	for i, call := range t.calls {
		lanes[i] = c.callLane(i, call)
	}
	return lanes
}

func (c *exchange) callLane(index int, call toolCall) []responseEvent {
	id := fmt.Sprint("fc_", call.id)
	lane := []responseEvent{{"response.output_item.added", object{"output_index", index, "item", c.outputCall(call, "in_progress", "")}}}
	for _, piece := range c.script.cut(call.arguments) {
		lane = append(lane, responseEvent{
			"response.function_call_arguments.delta", object{"item_id", id, "output_index", index, "delta", piece},
		})
	}
	return append(lane,
		responseEvent{"response.function_call_arguments.done", object{"item_id", id, "output_index", index, "name", call.name, "arguments", call.arguments}},
		responseEvent{"response.output_item.done", object{"output_index", index, "item", c.outputCall(call, "completed", call.arguments)}},
	)
}
