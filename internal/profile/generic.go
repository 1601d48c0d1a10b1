// Package profile knows where the text of people stands in the wire formats of
// LLM providers, as data. It detects and changes nothing.
package profile

import (
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/filled"
)

// structural are the fields that steer a request in the formats of all
// providers, with the values that do: masking one would break the request.
// Any other value of such a field is text, since a field of the same name may
// hold anything in somebody's own data.
//
// Sources: https://platform.openai.com/docs/api-reference/chat/create,
// https://platform.openai.com/docs/api-reference/responses/create,
// https://docs.anthropic.com/en/api/messages,
// https://ai.google.dev/api/generate-content,
// https://docs.mistral.ai/api/, https://json-schema.org (types of tool
// parameters).
var structural = map[string]func(value string) bool{
	"role":             words("system|developer|user|assistant|tool|function|model"),
	"finish_reason":    words("stop|length|tool_calls|content_filter|function_call"),
	"stop_reason":      words("end_turn|max_tokens|stop_sequence|tool_use|pause_turn|refusal"),
	"reasoning_effort": words("none|minimal|low|medium|high|xhigh"),
	"effort":           words("none|minimal|low|medium|high|xhigh|max"),
	"encoding_format":  words("float|base64"),
	"service_tier":     words("auto|default|flex|scale|priority|standard_only"),
	"detail":           words("auto|low|high"),
	"tool_choice":      words("none|auto|required|any"),
	"truncation":       words("auto|disabled"),
	"type": words("text|image_url|input_audio|file|input_text|input_image|input_file|output_text|refusal|" +
		"message|function|function_call|function_call_output|custom|custom_tool_call|custom_tool_call_output|" +
		"tool_use|tool_result|server_tool_use|web_search_tool_result|image|document|thinking|redacted_thinking|" +
		"reasoning|reasoning_text|summary_text|item_reference|base64|url|content|ephemeral|search_result|" +
		"json_object|json_schema|text_object|auto|any|tool|none|enabled|disabled|adaptive|" +
		"object|array|string|number|integer|boolean|null"),
	"object":       words("chat.completion|chat.completion.chunk|text_completion|list|embedding|response|model"),
	"media_type":   mediaType.MatchString,
	"mime_type":    mediaType.MatchString,
	"mimeType":     mediaType.MatchString,
	"tool_call_id": identifier.MatchString,
	"tool_use_id":  identifier.MatchString,
	"call_id":      identifier.MatchString,
}

var (
	// mediaType is a media type without parameters (RFC 6838).
	mediaType = regexp.MustCompile(`^(?:text|image|audio|video|application)/[a-z][a-z0-9]{0,7}(?:[.+-][a-z][a-z0-9]{0,13}){0,6}$`)
	// identifier is an id as the providers make them.
	identifier = regexp.MustCompile(`^(?:call|toolu|srvtoolu|fc|ctc|msg)[_-][A-Za-z0-9_-]{1,64}$`)
)

// isModel tells whether a text is the name of a model: a letter and up to 63
// letters, digits and signs, perhaps with a date in it, but no longer number. Every
// request has one, so no expression is asked.
func isModel(text string) bool {
	if len(text) > 64 || text == "" || !isLetter(text[0]) {
		return false
	}
	digits := 0
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case '0' <= c && c <= '9':
			if digits++; digits > len("20241022") {
				return false
			}
		case isLetter(c) || strings.IndexByte("._:/-", c) >= 0:
			digits = 0
		default:
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func words(alternatives string) func(value string) bool {
	set := map[string]bool{}
	for _, word := range strings.Split(alternatives, "|") {
		set[word] = true
	}
	return func(value string) bool { return set[value] }
}

// structuralNumbers are the sampling and length settings of the same formats,
// with how many characters they can have: too few for a number of somebody's.
var structuralNumbers = filled.Map(map[string]int{
	"max_tokens": 7, "max_completion_tokens": 7, "max_output_tokens": 7, "maxOutputTokens": 7,
	"temperature": 7, "top_p": 7, "topP": 7, "top_k": 7, "topK": 7, "n": 4,
	"presence_penalty": 7, "frequency_penalty": 7, "top_logprobs": 4,
	"budget_tokens": 7, "dimensions": 7, "index": 4,
})

// rootNumbers are the same for fields of the body itself.
var rootNumbers = map[string]int{"seed": 11, "created": 10}

// StructuralString tells whether a string steers the request. depth is how many
// levels of the document the field stands in, 1 for a field of the body itself:
// the model is named there and nowhere else.
func StructuralString(field, value string, depth int) bool {
	if field == "model" {
		return depth == 1 && isModel(value)
	}
	steers, known := structural[field]
	return known && steers(value)
}

// StructuralNumber tells whether a number steers the request. depth is as in
// [StructuralString].
func StructuralNumber(field, value string, depth int) bool {
	return len(value) <= structuralNumbers[field] || depth == 1 && len(value) <= rootNumbers[field]
}
