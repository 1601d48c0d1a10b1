package profile

// anthropic is the Messages API (https://docs.anthropic.com/en/api/messages,
// https://docs.anthropic.com/en/docs/build-with-claude/streaming). Thinking
// blocks are signed, text included: they keep their placeholders in answers,
// and come back with them.
var anthropic = &Profile{
	Name:   "anthropic",
	Paths:  []string{"/v1/messages", "/v1/messages/count_tokens"},
	Fields: []string{"messages", "max_tokens", "system"},
	Untouched: paths(
		"messages.*.content.*.thinking", "messages.*.content.*.signature", "messages.*.content.*.data",
		"content.*.thinking", "content.*.signature", "content.*.data",
		"delta.thinking", "delta.signature", "content_block.thinking", "content_block.signature", "content_block.data",
	),
	Binary:    paths("messages.*.content.*.source.data", "messages.*.content.*.content.*.source.data"),
	Arguments: paths("content.*.input", "content_block.input"),
	Offsets: []Offset{
		{Path: path("content.*.citations"), None: "null", Sent: "start_char_index"},
		{Path: path("content_block.citations"), None: "null", Sent: "start_char_index"},
		{Path: path("delta.citation"), None: "{}", Sent: "start_char_index"},
	},
	Parts: []Part{{Path: path("content.*.text"), Text: "text", Ends: true}},
	Lanes: []Lane{
		{Type: "content_block_delta", Path: path("delta.text"), Text: "text", Ends: true},
		{Type: "content_block_delta", Path: path("delta.partial_json"), Arguments: true},
	},
	Ends: []End{{Type: "content_block_stop"}, {Type: "message_delta"}, {Type: "message_stop"}},
}
