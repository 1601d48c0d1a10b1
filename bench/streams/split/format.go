package split

import (
	"strings"

	"github.com/tidwall/gjson"
)

type (
	object = map[string]any
	list   = []any
)

// Format is a provider's way to chat.
type Format struct {
	Name string
	// Path is where requests go, StreamPath where they go for a stream if that
	// is another place.
	Path, StreamPath string
	body             func(p Prompt, w Way) object
	text, call       place
	// choices tells that several answers can be asked for.
	choices bool
}

// place is where an answer has its texts, as paths of gjson.
type place struct {
	whole string // all of them
	delta string // the next piece of one
	lane  string // what tells one from the others in a stream
	kind  string // the type of the events that count; "" is any
}

// texts returns the texts in an answer: of each choice, or of each tool call.
func (p place) texts(answer string, streamed bool) []string {
	var texts []string
	if !streamed {
		for _, t := range gjson.Get(answer, p.whole).Array() {
			texts = append(texts, t.String())
		}
		return texts
	}
	lanes := map[string]int{}
	for line := range strings.Lines(answer) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "data: ")
		delta := gjson.Get(line, p.delta)
		if !strings.HasPrefix(line, "{") || delta.Type != gjson.String || p.kind != "" && gjson.Get(line, "type").Str != p.kind {
			continue
		}
		lane := ""
		if p.lane != "" {
			lane = gjson.Get(line, p.lane).Raw
		}
		at, known := lanes[lane]
		if !known {
			at = len(texts)
			lanes[lane] = at
			texts = append(texts, "")
		}
		texts[at] += delta.Str
	}
	return texts
}

// Formats returns those that are measured. The first is Chat Completions.
func Formats() []Format {
	return []Format{
		{
			Name: "OpenAI chat", Path: "/v1/chat/completions", body: chat, choices: true,
			text: place{whole: "choices.#.message.content", delta: "choices.0.delta.content", lane: "choices.0.index"},
			call: place{
				whole: "choices.0.message.tool_calls.#.function.arguments",
				delta: "choices.0.delta.tool_calls.0.function.arguments", lane: "choices.0.delta.tool_calls.0.index",
			},
		},
		{
			Name: "OpenAI Responses", Path: "/v1/responses", body: responses,
			text: place{whole: `output.#(type=="message")#.content.0.text`, delta: "delta", kind: "response.output_text.delta"},
		},
		{
			Name: "Anthropic", Path: "/v1/messages", body: messages,
			text: place{whole: `content.#(type=="text")#.text`, delta: "delta.text"},
			call: place{whole: `content.#(type=="tool_use")#.input`, delta: "delta.partial_json", lane: "index"},
		},
		{
			Name: "Gemini", Path: "/v1beta/models/gemini:generateContent",
			StreamPath: "/v1beta/models/gemini:streamGenerateContent?alt=sse", body: contents,
			text: place{whole: "candidates.#.content.parts.0.text", delta: "candidates.0.content.parts.0.text"},
		},
		{
			Name: "Ollama", Path: "/api/chat", body: chat,
			text: place{whole: "message.content", delta: "message.content"},
		},
		{
			Name: "Cohere", Path: "/v2/chat", body: chat,
			text: place{whole: "message.content.#.text", delta: "delta.message.content.text"},
		},
	}
}

func (p Prompt) last(w Way) string {
	if w.Calls > 0 {
		return p.message() + " Call the tool."
	}
	return p.message()
}

// turns are the messages after the system's.
func (p Prompt) turns(w Way) list {
	return list{
		object{"role": "user", "content": p.earlier.text},
		object{"role": "assistant", "content": "Noted."},
		object{"role": "user", "content": p.last(w)},
	}
}

func chat(p Prompt, w Way) object {
	o := object{
		"model": "m", "stream": w.Stream,
		"messages": append(list{object{"role": "system", "content": p.system.text}}, p.turns(w)...),
	}
	if w.Choices > 1 {
		o["n"] = w.Choices
	}
	if w.Calls > 0 {
		o["tools"] = list{object{"type": "function", "function": object{"name": "note", "parameters": object{"type": "object"}}}}
	}
	return o
}

func responses(p Prompt, w Way) object {
	return object{"model": "m", "stream": w.Stream, "instructions": p.system.text, "input": p.turns(w)}
}

func messages(p Prompt, w Way) object {
	o := object{"model": "m", "stream": w.Stream, "max_tokens": 4096, "system": p.system.text, "messages": p.turns(w)}
	if w.Calls > 0 {
		o["tools"] = list{object{"name": "note", "input_schema": object{"type": "object"}}}
	}
	return o
}

func contents(p Prompt, w Way) object {
	part := func(text string) list { return list{object{"text": text}} }
	return object{
		"systemInstruction": object{"parts": part(p.system.text)},
		"contents": list{
			object{"role": "user", "parts": part(p.earlier.text)},
			object{"role": "model", "parts": part("Noted.")},
			object{"role": "user", "parts": part(p.last(w))},
		},
	}
}
