package profile

// cohere is the v2 Chat API (https://docs.cohere.com/v2/reference/chat-stream).
var cohere = &Profile{
	Name:  "cohere",
	Paths: []string{"/v2/chat", "/v2/embed"},
	Offsets: []Offset{
		{Path: path("message.citations"), None: "[]"},
		{Path: path("delta.message.citations"), None: "{}"},
		{Path: path("logprobs"), None: "null"},
	},
	Parts: []Part{
		{Path: path("message.content.*.text"), Text: "text", Ends: true},
		{Path: path("message.content.*.thinking"), Text: "thinking", Ends: true},
	},
	Lanes: []Lane{
		{Type: "content-delta", Path: path("delta.message.content.text"), Text: "text", Ends: true},
		{Type: "content-delta", Path: path("delta.message.content.thinking"), Text: "thinking", Ends: true},
		{Type: "tool-plan-delta", Path: path("delta.message.tool_plan")},
		{Type: "tool-call-delta", Path: path("delta.message.tool_calls.function.arguments"), Arguments: true},
	},
	Ends: []End{{Type: "content-end"}, {Type: "tool-call-start"}, {Type: "tool-call-end"}, {Type: "message-end"}},
}
