package mockllm

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"strings"
)

// The legacy completions: https://platform.openai.com/docs/api-reference/completions
func completionsAPI() api {
	return api{provider: openAI, read: readCompletion, whole: wholeCompletion, streamed: streamCompletion}
}

func readCompletion(_ *http.Request, body []byte) (p prompt, problem string) {
	var req struct {
		Model  string       `json:"model"`
		Prompt stringOrList `json:"prompt"`
		N      int          `json:"n"`
		Stream bool         `json:"stream"`
	}
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	case len(req.Prompt) == 0:
		return p, missing("prompt")
	}
	p = prompt{model: req.Model, n: req.N, stream: req.Stream}
	p.user(strings.Join(req.Prompt, "\n"))
	return p, ""
}

func (c *exchange) completion(choices ...any) object {
	return object{
		"id", c.id("cmpl-"), "object", "text_completion", "created", c.time.Unix(), "model", c.prompt.model,
		"choices", append(list{}, choices...),
	}
}

func completionChoice(index int, text string, reason any) object {
	return object{"text", text, "index", index, "logprobs", nil, "finish_reason", reason}
}

func wholeCompletion(c *exchange) any {
	turns := c.turns()
	choices := list{}
	for i, t := range turns {
		choices = append(choices, completionChoice(i, t.text, "stop"))
	}
	return append(c.completion(choices...), "usage", c.chatUsage(turns))
}

func streamCompletion(c *exchange) {
	turns := c.turns()
	lanes := make([][]object, len(turns))
	for i, t := range turns {
		for _, piece := range c.script.cut(t.text) {
			lanes[i] = append(lanes[i], completionChoice(i, piece, nil))
		}
		lanes[i] = append(lanes[i], completionChoice(i, "", "stop"))
	}
	c.begin(eventStream)
	for _, choice := range weave(c.script, lanes) {
		c.event("", c.completion(choice))
	}
	c.send("data: [DONE]\n\n")
}

// Embeddings: https://platform.openai.com/docs/api-reference/embeddings
func embeddingsAPI() api {
	return api{provider: openAI, read: readEmbedding, whole: wholeEmbedding}
}

func readEmbedding(_ *http.Request, body []byte) (p prompt, problem string) {
	var req struct {
		Model    string       `json:"model"`
		Input    stringOrList `json:"input"`
		Encoding string       `json:"encoding_format"`
	}
	switch err := json.Unmarshal(body, &req); {
	case err != nil:
		return p, unparsable
	case req.Model == "":
		return p, missingModel
	case len(req.Input) == 0:
		return p, missing("input")
	}
	p = prompt{model: req.Model, inputs: req.Input, base64: req.Encoding == "base64"}
	p.user(strings.Join(req.Input, "\n"))
	return p, ""
}

func wholeEmbedding(c *exchange) any {
	data := list{}
	for i, text := range c.prompt.inputs {
		vector := embed(text)
		var sent any = vector
		if c.prompt.base64 {
			var raw []byte
			for _, v := range vector {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
			}
			sent = base64.StdEncoding.EncodeToString(raw)
		}
		data = append(data, object{"object", "embedding", "index", i, "embedding", sent})
	}
	return object{
		"object", "list", "data", data, "model", c.prompt.model,
		"usage",
		object{"prompt_tokens", c.prompt.words, "total_tokens", c.prompt.words},
	}
}

// embed returns a vector that differs from text to text.
func embed(text string) []float32 {
	sum := sha256.Sum256([]byte(text))
	vector := make([]float32, 8)
	for i := range vector {
		vector[i] = float32(sum[i])/256 - 0.5
	}
	return vector
}

// Moderations: https://platform.openai.com/docs/api-reference/moderations
func moderationsAPI() api {
	return api{provider: openAI, read: readModeration, whole: wholeModeration}
}

func readModeration(_ *http.Request, body []byte) (p prompt, problem string) {
	var req struct {
		Model string          `json:"model"`
		Input json.RawMessage `json:"input"`
	}
	if json.Unmarshal(body, &req) != nil {
		return p, unparsable
	}
	if len(req.Input) == 0 {
		return p, missing("input")
	}
	p.model = req.Model
	var parts content
	if json.Unmarshal(req.Input, (*stringOrList)(&p.inputs)) != nil {
		if json.Unmarshal(req.Input, &parts) != nil {
			return p, unparsable
		}
		p.inputs = []string{string(parts)}
	}
	p.user(strings.Join(p.inputs, "\n"))
	return p, ""
}

func wholeModeration(c *exchange) any {
	results := list{}
	for range c.prompt.inputs {
		results = append(results, object{
			"flagged", false, "categories",
			object{"harassment", false, "violence", false},
			"category_scores",
			object{"harassment", 0.01, "violence", 0.01},
		})
	}
	return object{"id", c.id("modr-"), "model", c.prompt.model, "results", results}
}
