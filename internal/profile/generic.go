// Package profile knows where the text of people stands in the wire formats of
// LLM providers, as data. It detects and changes nothing.
package profile

import "strings"

// structuralStrings are the fields that steer a request in the formats of all
// providers: masking one breaks the request, and people do not write in them.
// Sources: https://platform.openai.com/docs/api-reference/chat/create,
// https://docs.anthropic.com/en/api/messages,
// https://ai.google.dev/api/generate-content.
var structuralStrings = map[string]bool{
	"model": true, "role": true, "type": true, "object": true,
	"tool_call_id": true, "tool_use_id": true, "call_id": true,
	"finish_reason": true, "stop_reason": true, "reasoning_effort": true,
	"encoding_format": true, "service_tier": true, "media_type": true, "mime_type": true, "mimeType": true,
}

// structuralNumbers are the sampling and length settings of the same formats.
var structuralNumbers = map[string]bool{
	"max_tokens": true, "max_completion_tokens": true, "max_output_tokens": true, "maxOutputTokens": true,
	"temperature": true, "top_p": true, "topP": true, "top_k": true, "topK": true, "n": true,
	"seed": true, "presence_penalty": true, "frequency_penalty": true, "top_logprobs": true,
	"budget_tokens": true, "dimensions": true, "created": true, "index": true,
}

// maxStructural bounds a structural value in bytes: what is longer is text,
// whatever its field is called.
const maxStructural = 64

// maxStructuralNumber bounds a structural number: 11 characters hold a Unix
// time and every setting, but no card number.
const maxStructuralNumber = 11

// StructuralString tells whether a string steers the request. Only short
// tokens do: anything with a space or an @ in it is text.
func StructuralString(field, value string) bool {
	return structuralStrings[field] && len(value) <= maxStructural && strings.IndexFunc(value, notToken) < 0
}

// StructuralNumber tells whether a number steers the request.
func StructuralNumber(field, value string) bool {
	return structuralNumbers[field] && len(value) <= maxStructuralNumber
}

func notToken(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("-_./:", r)
}
