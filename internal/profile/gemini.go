package profile

// gemini is generateContent and streamGenerateContent, as events and as a JSON
// array (https://ai.google.dev/api/generate-content). Thought signatures are
// verified.
var gemini = &Profile{
	Name:      "gemini",
	Paths:     []string{":generateContent", ":streamGenerateContent", ":countTokens", ":embedContent", ":batchEmbedContents"},
	Fields:    []string{"contents"},
	Untouched: paths("contents.*.parts.*.thoughtSignature", "contents.*.parts.*.thought_signature", "candidates.*.content.parts.*.thoughtSignature"),
	Binary:    paths("contents.*.parts.*.inlineData.data", "contents.*.parts.*.inline_data.data"),
	Arguments: paths("candidates.*.content.parts.*.functionCall.args"),
	Offsets: []Offset{
		{Path: path("candidates.*.logprobsResult"), None: "null"},
		{Path: path("candidates.*.citationMetadata"), None: "null"},
		{Path: path("candidates.*.groundingMetadata"), None: "null"},
	},
	Parts:  []Part{{Path: path("candidates.*.content.parts.*.text"), Text: "text"}},
	Lanes:  []Lane{{Path: path("candidates.*.content.parts.*.text"), Text: "text"}},
	Arrays: true,
	Ends:   []End{{Path: path("candidates.*.finishReason")}},
}
