package profile

// ollama is /api/chat and /api/generate, streamed as JSON Lines
// (https://github.com/ollama/ollama/blob/main/docs/api.md).
var ollama = &Profile{
	Name:      "ollama",
	Paths:     []string{"/api/chat", "/api/generate", "/api/embed", "/api/embeddings"},
	Binary:    paths("images.*", "messages.*.images.*"),
	Arguments: paths("message.tool_calls.*.function.arguments"),
	Offsets:   []Offset{{Path: path("logprobs"), None: "null"}},
	Lanes: []Lane{
		{Path: path("message.content")},
		{Path: path("message.thinking")},
		{Path: path("response")},
		{Path: path("thinking")},
	},
	Ends: []End{{Path: path("done"), Last: true}},
}
