package modifiers

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSmoke(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	onRequest, onResponse, log := load(t, object{"audit": object{"file": object{"path": file}}})
	in := jsonRequest(`{"messages":[{"role":"user","content":"dont tell anyone \"but\"\n my mail is: bob@example.org and 4111111111111111"}]}`)
	in.path = "/v1/chat/completions"
	in.headers["X-Request-Id"] = []string{"abc-1"}
	out := modifyRequest(t, onRequest, in)
	back := modifyResponse(t, onResponse, &response{request: out, headers: http.Header{"Content-Type": {"application/json"}}, io: strings.NewReader(`{"choices":[{"message":{"content":"Mail [EMAIL_1] or [EMAIL_7], pay [CARD_1]"}}]}`)})
	b, _ := io.ReadAll(back.Io())
	t.Log(string(b))
	text, _ := os.ReadFile(file)
	t.Log(string(text))
	t.Log(log.text())
}
