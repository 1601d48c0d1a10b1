package mockllm

import (
	"encoding/json"
	"net/http"
	"strings"
)

// generateContent and streamGenerateContent: https://ai.google.dev/api/generate-content
func geminiAPI() api {
	return api{provider: gemini, read: readGemini, whole: wholeGemini, streamed: streamGemini}
}

var gemini = provider{
	key: func(r *http.Request) string {
		if key := r.Header.Get("X-Goog-Api-Key"); key != "" {
			return key
		}
		return r.URL.Query().Get("key")
	},
	fail: func(status int, _, text string) any {
		name := "INVALID_ARGUMENT"
		switch {
		case status == http.StatusUnauthorized:
			name = "UNAUTHENTICATED"
		case status == http.StatusNotFound:
			name = "NOT_FOUND"
		case status == http.StatusTooManyRequests:
			name = "RESOURCE_EXHAUSTED"
		case status >= http.StatusInternalServerError:
			name = "INTERNAL"
		}
		return object{"error", object{"code", status, "message", text, "status", name}}
	},
}

type geminiContent struct {
	Role  string `json:"role"`
	Parts []struct {
		Text         string `json:"text"`
		Thought      bool   `json:"thought"`
		FunctionCall *struct {
			Args json.RawMessage `json:"args"`
		} `json:"functionCall"`
		FunctionResponse *struct {
			Response json.RawMessage `json:"response"`
		} `json:"functionResponse"`
	} `json:"parts"`
}

func readGemini(r *http.Request, body []byte) (p prompt, problem string) {
	model, method, _ := strings.Cut(r.PathValue("call"), ":")
	if method != "generateContent" && method != "streamGenerateContent" {
		return p, "Unknown method " + method + "."
	}
	var req struct {
		System   geminiContent   `json:"systemInstruction"`
		Contents []geminiContent `json:"contents"`
		Tools    []struct {
			Functions []struct {
				Name string `json:"name"`
			} `json:"functionDeclarations"`
		} `json:"tools"`
		Config struct {
			Candidates int `json:"candidateCount"`
		} `json:"generationConfig"`
	}
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case len(req.Contents) == 0:
		return p, missing("contents")
	}
	p = prompt{model: model, stream: method == "streamGenerateContent", n: req.Config.Candidates}
	for _, t := range req.Tools {
		for _, f := range t.Functions {
			p.offer(f.Name)
		}
	}
	for _, m := range append([]geminiContent{req.System}, req.Contents...) {
		var texts []string
		for _, part := range m.Parts {
			switch {
			case part.FunctionResponse != nil:
				p.toolResult(string(part.FunctionResponse.Response))
			case part.FunctionCall != nil:
				p.other(string(part.FunctionCall.Args))
			case !part.Thought:
				texts = append(texts, part.Text)
			}
		}
		if len(texts) > 0 {
			p.message(m.Role, strings.Join(texts, "\n"))
		}
	}
	return p, ""
}

func (c *exchange) geminiFrame(turns []turn, candidates ...any) object {
	in, out := c.prompt.words, wordsOf(turns)
	return object{
		"candidates", append(list{}, candidates...),
		"usageMetadata",
		object{"promptTokenCount", in, "candidatesTokenCount", out, "totalTokenCount", in + out},
		"modelVersion", c.prompt.model, "responseId", c.id("resp-"),
	}
}

func geminiCandidate(index int, reason any, parts ...any) object {
	candidate := object{"content", object{"parts", append(list{}, parts...), "role", "model"}, "index", index}
	if reason != nil {
		candidate = append(candidate, "finishReason", reason)
	}
	return candidate
}

// geminiParts are the parts of an answer, texts as often as they are cut.
func geminiParts(t turn, cut func(string) []string) list {
	parts := list{}
	for _, piece := range cut(t.thinking) {
		parts = append(parts, object{"text", piece, "thought", true})
	}
	for _, piece := range cut(t.text) {
		parts = append(parts, object{"text", piece})
	}
	for _, call := range t.calls {
		parts = append(parts, object{
			"functionCall", object{"name", call.name, "args", json.RawMessage(call.arguments)}, "thoughtSignature", sign(call.arguments),
		})
	}
	return parts
}

// uncut leaves a text in one piece.
func uncut(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func wholeGemini(c *exchange) any {
	turns := c.turns()
	candidates := list{}
	for i, t := range turns {
		candidates = append(candidates, geminiCandidate(i, "STOP", geminiParts(t, uncut)...))
	}
	return c.geminiFrame(turns, candidates...)
}

func streamGemini(c *exchange) {
	turns := c.turns()
	lanes := make([][]object, len(turns))
	for i, t := range turns {
		parts := geminiParts(t, c.script.cut)
		for at, part := range parts {
			var reason any
			if at == len(parts)-1 {
				reason = "STOP"
			}
			lanes[i] = append(lanes[i], geminiCandidate(i, reason, part))
		}
	}
	sse := c.r.URL.Query().Get("alt") == "sse"
	if sse {
		c.begin(eventStream)
	} else {
		c.begin("application/json; charset=UTF-8")
	}
	between := "["
	for _, candidate := range weave(c.script, lanes) {
		chunk := c.geminiFrame(turns, candidate)
		if sse {
			c.event("", chunk)
			continue
		}
		c.send(between + encode(chunk))
		between = "\n,\r\n"
	}
	if !sse {
		c.send("\n]\n")
	}
}
