package modifiers

import (
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// TestInterlock: every request modifier says that it has run, to what comes
// after it and to nobody else.
func TestInterlock(t *testing.T) {
	policy := testPolicy()
	policy["name"] = "for bob@x.io" // an own rule finds this
	template := base64.StdEncoding.EncodeToString([]byte(`{{ .req_params | toJson }}`))
	extra := object{
		"redact":             object{"policy": policy},
		requestGeneratorName: object{"template": template},
	}
	modifiers := all(&testLog{}, func(int) { t.Error("the modifier ends the process") })
	notes := map[string]string{redactRequestName: "for bob@x.io", requestGeneratorName: requestGeneratorName + ".template"}
	for _, names := range [][]string{
		{redactRequestName, requestGeneratorName},
		{requestGeneratorName, redactRequestName, redactRequestName},
	} {
		in := jsonRequest(`{"to":"a@x.io"}`)
		in.params = map[string]string{"Id": "7"}
		var handed lurax.RequestWrapper = in
		for _, name := range names {
			out, err := modifiers[name].factory(extra)(handed)
			if err != nil {
				t.Fatal(err)
			}
			handed = out.(lurax.RequestWrapper)
		}
		for name, want := range notes {
			if got := handed.Params()[name]; got != want {
				t.Errorf("%v: %s notes %q, want %q", names, name, got, want)
			}
			if _, ok := in.params[name]; ok {
				t.Errorf("%v: the note of %s stands in the map that was handed in", names, name)
			}
		}
		body, err := io.ReadAll(handed.Body())
		if want := `{"Id":"7"}`; err != nil || string(body) != want {
			t.Errorf("%v: a template sees %s, want %s", names, body, want)
		}
		for name := range handed.Headers() {
			if strings.Contains(strings.ToLower(name), "redact") {
				t.Errorf("%v: the header %s goes to the backend", names, name)
			}
		}
	}
}
