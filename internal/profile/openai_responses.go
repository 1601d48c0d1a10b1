package profile

// openAIResponses is OpenAI's Responses API
// (https://platform.openai.com/docs/api-reference/responses,
// https://platform.openai.com/docs/api-reference/responses-streaming).
// Encrypted reasoning is verified.
var openAIResponses = &Profile{
	Name:      "openai-responses",
	Paths:     []string{"/responses"},
	Fields:    []string{"input", "model"},
	Untouched: paths("input.*.encrypted_content", "output.*.encrypted_content", "item.encrypted_content", "response.output.*.encrypted_content"),
	Binary:    paths("input.*.content.*.file_data", "input.*.content.*.input_audio.data"),
	Offsets: []Offset{
		{path("output.*.content.*.annotations"), "[]"},
		{path("output.*.content.*.logprobs"), "[]"},
		{path("response.output.*.content.*.annotations"), "[]"},
		{path("response.output.*.content.*.logprobs"), "[]"},
		{path("item.content.*.annotations"), "[]"},
		{path("item.content.*.logprobs"), "[]"},
		{path("part.annotations"), "[]"},
		{path("part.logprobs"), "[]"},
		{path("logprobs"), "[]"},
		{path("annotation"), "{}"},
	},
	Lanes: []Lane{
		{Type: "response.output_text.delta", Path: path("delta")},
		{Type: "response.refusal.delta", Path: path("delta")},
		{Type: "response.reasoning_text.delta", Path: path("delta")},
		{Type: "response.reasoning_summary_text.delta", Path: path("delta")},
		{Type: "response.custom_tool_call_input.delta", Path: path("delta")},
		{Type: "response.code_interpreter_call_code.delta", Path: path("delta")},
		{Type: "response.audio.transcript.delta", Path: path("delta")},
		{Type: "response.function_call_arguments.delta", Path: path("delta"), Arguments: true},
		{Type: "response.mcp_call_arguments.delta", Path: path("delta"), Arguments: true},
	},
	Ends: []End{
		{Type: "response.output_text.done"},
		{Type: "response.refusal.done"},
		{Type: "response.reasoning_text.done"},
		{Type: "response.reasoning_summary_text.done"},
		{Type: "response.custom_tool_call_input.done"},
		{Type: "response.code_interpreter_call_code.done"},
		{Type: "response.audio.transcript.done"},
		{Type: "response.function_call_arguments.done"},
		{Type: "response.mcp_call_arguments.done"},
		{Type: "response.content_part.done"},
		{Type: "response.output_item.done"},
		{Type: "response.completed"},
		{Type: "response.incomplete"},
		{Type: "response.failed"},
	},
}
