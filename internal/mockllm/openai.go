package mockllm

import "net/http"

// openAI is what all of OpenAI's calls have in common.
var openAI = provider{key: bearer, fail: openAIError}

// openAIError is an error in OpenAI's form. An empty code is sent as null.
func openAIError(status int, code, text string) any {
	kind := "invalid_request_error"
	switch {
	case status == http.StatusTooManyRequests:
		kind = "requests"
		code = "rate_limit_exceeded"
	case status >= http.StatusInternalServerError:
		kind = "server_error"
	}
	var sent any
	if code != "" {
		sent = code
	}
	return object{"error", object{"message", text, "type", kind, "param", nil, "code", sent}}
}

// writeError answers with an error in OpenAI's form.
func writeError(w http.ResponseWriter, status int, code, text string) {
	writeJSON(w, status, openAIError(status, code, text))
}

func models(w http.ResponseWriter, _ *http.Request) {
	data := list{}
	for _, id := range []string{"gpt-4", "gpt-4o-mini"} {
		data = append(data, object{"id", id, "object", "model", "created", 1687882411, "owned_by", "mockllm"})
	}
	writeJSON(w, http.StatusOK, object{"object", "list", "data", data})
}
