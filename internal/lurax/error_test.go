package lurax_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

func TestErrorIsAJSONBody(t *testing.T) {
	e := &lurax.Error{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Message: "the body is too large"}
	if got, want := e.Error(), `{"error":{"code":"body_too_large","message":"the body is too large"}}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if e.StatusCode() != 413 || e.Encoding() != "application/json" {
		t.Errorf("%d %s", e.StatusCode(), e.Encoding())
	}
}

func TestErrorStaysJSONWhateverItHolds(t *testing.T) {
	for _, message := range []string{"", `a "quoted" \ <b>`, "line\nbreak\x00", "\xff"} {
		var body struct {
			Error struct{ Code, Message string }
		}
		text := (&lurax.Error{Code: "c", Message: message}).Error()
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if message != "\xff" && body.Error.Message != message {
			t.Errorf("%q became %q", message, body.Error.Message)
		}
	}
}

// Lura looks for these two by their methods (router/gin/render.go).
var _ interface {
	error
	StatusCode() int
	Encoding() string
} = (*lurax.Error)(nil)
