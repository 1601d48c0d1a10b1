package modifiers

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/krakend-redact/krakend-redact/internal/bodytemplate"
	"github.com/krakend-redact/krakend-redact/internal/filled"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// Refusals of what a template produced or failed to.
var (
	errTemplate = &lurax.Error{
		Status: http.StatusInternalServerError, Code: "template_failed",
		Message: "The gateway could not make a body from this message. Its log says where its template failed.",
	}
	errOutput = &lurax.Error{
		Status: http.StatusInternalServerError, Code: "template_output_invalid",
		Message: "The gateway's template made a body that is not valid JSON, which was not sent. Its log says more.",
	}
)

var generatorRefusals = filled.Map(map[error]lurax.Error{
	httpbody.ErrTooLarge:        {Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Message: "The request body is larger than this gateway reads. Send less, or ask for a larger max_body_bytes."},
	httpbody.ErrEncoding:        {Status: http.StatusUnsupportedMediaType, Code: "unsupported_encoding", Message: "The request body's Content-Encoding cannot be read. Send it plain, or with gzip or deflate."},
	bodytemplate.ErrNotText:     {Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Message: "The request body is not text in UTF-8. Send JSON, a form, or text in UTF-8."},
	bodytemplate.ErrBrokenJSON:  {Status: http.StatusBadRequest, Code: "broken_json", Message: "The request body is announced as JSON but is not valid JSON. Correct it."},
	bodytemplate.ErrBrokenForm:  {Status: http.StatusBadRequest, Code: "broken_form", Message: "The request body is announced as a form but is not valid as one. Correct it."},
	bodytemplate.ErrBrokenParts: {Status: http.StatusBadRequest, Code: "broken_multipart", Message: "The request body is announced as multipart but its parts cannot be told apart. Correct the boundary."},
})

// answerRefusal returns what the client is told about a backend's answer that
// cannot be read.
func (g *generator) answerRefusal(err error) error {
	cause := "it was cut off"
	for known := range generatorRefusals {
		if errors.Is(err, known) {
			cause = known.Error()
		}
	}
	g.host.Logger().Error(fmt.Sprintf("%s: %s: the backend's answer cannot be read: %s", g.name, g.settings.source.File, cause))
	return &lurax.Error{
		Status: http.StatusBadGateway, Code: "unreadable_answer",
		Message: "The gateway could not read the backend's answer. Its log says why.",
	}
}
