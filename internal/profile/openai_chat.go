package profile

// openAIChat is Chat Completions as OpenAI, Mistral, DeepSeek, vLLM and many
// others speak it (https://platform.openai.com/docs/api-reference/chat,
// https://docs.mistral.ai/api/#tag/chat).
var openAIChat = &Profile{
	Name:   "openai-chat",
	Paths:  []string{"/chat/completions", "/fim/completions", "/agents/completions"},
	Fields: []string{"messages"},
	Binary: paths("messages.*.content.*.input_audio.data", "messages.*.content.*.file.file_data"),
	Offsets: []Offset{
		{Path: path("choices.*.logprobs"), None: "null"},
		{Path: path("choices.*.message.annotations"), None: "[]"},
		{Path: path("choices.*.delta.annotations"), None: "[]"},
	},
	Parts: []Part{
		{Path: path("choices.*.message.content.*.text"), Text: "text"},
		{Path: path("choices.*.message.content.*.thinking.*.text"), Text: "thinking"},
	},
	Lanes: []Lane{
		{Path: path("choices.*.delta.content"), Text: "text"},
		{Path: path("choices.*.delta.content.*.text"), Text: "text"},
		{Path: path("choices.*.delta.refusal")},
		{Path: path("choices.*.delta.reasoning")},
		{Path: path("choices.*.delta.reasoning_content")},
		{Path: path("choices.*.delta.audio.transcript")},
		{Path: path("choices.*.delta.content.*.thinking.*.text"), Text: "thinking"},
		{Path: path("choices.*.delta.tool_calls.*.custom.input")},
		{Path: path("choices.*.delta.tool_calls.*.function.arguments"), Arguments: true},
		{Path: path("choices.*.delta.function_call.arguments"), Arguments: true},
	},
	Ends: []End{{Path: path("choices.*.finish_reason")}},
}

// openAICompletions is the legacy completions format
// (https://platform.openai.com/docs/api-reference/completions), and the inputs
// of embeddings and moderations, which are not streamed.
var openAICompletions = &Profile{
	Name:    "openai-completions",
	Paths:   []string{"/completions", "/embeddings", "/moderations"},
	Offsets: []Offset{{Path: path("choices.*.logprobs"), None: "null"}},
	Lanes:   []Lane{{Path: path("choices.*.text")}},
	Ends:    []End{{Path: path("choices.*.finish_reason")}},
}
