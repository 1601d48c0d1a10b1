package bodytemplate

import (
	"errors"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
)

// Reasons why a body cannot be given to a template, beside [ErrBrokenJSON].
// They hold no part of it.
var (
	ErrBrokenForm  = errors.New("the body is announced as a form but is not valid as one")
	ErrBrokenParts = errors.New("the body is announced as multipart but its parts cannot be told apart")
	ErrNotText     = errors.New("the body is not text in UTF-8")
)

// contentKey is where a body that has no fields of its own stands, as KrakenD's
// encoding "string" has it.
const contentKey = "content"

// Body reads a body, without its Content-Encoding, as templates see it.
//
// JSON is what it is, JSON lines are a list of it. Forms and multipart bodies
// are objects of lists: with single values as plain texts, a client could
// change their type by sending a field twice. All other text, and XML, stands
// under "content". An empty body is an empty object.
func Body(text, contentType string) (interface{}, error) {
	kind, params := httpbody.Content{Type: contentType}.Kind()
	text = strings.TrimPrefix(text, "\ufeff")
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return map[string]interface{}{}, nil
	}
	switch kind {
	case httpbody.JSON:
		return DecodeJSON(text)
	case httpbody.JSONLines:
		return linesBody(text)
	case httpbody.Multipart:
		return partsBody(text, params["boundary"])
	case httpbody.Unknown, httpbody.Form:
		// KrakenD may have kept the Content-Type, and curl -d calls all a form.
		if strings.IndexByte(`{["`, trimmed[0]) >= 0 {
			if v, err := DecodeJSON(text); err == nil {
				return v, nil
			}
		}
	}
	charset := strings.ToLower(params["charset"])
	if !utf8.ValidString(text) || charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" {
		return nil, ErrNotText
	}
	if kind == httpbody.Form {
		return formBody(trimmed)
	}
	return map[string]interface{}{contentKey: text}, nil
}

func linesBody(text string) (interface{}, error) {
	all, err := decodeAll(text)
	if err != nil {
		return nil, err
	}
	return all, nil
}

func formBody(text string) (interface{}, error) {
	fields, err := url.ParseQuery(text)
	if err != nil {
		return nil, ErrBrokenForm
	}
	body := make(map[string]interface{}, len(fields))
	for name, values := range fields {
		list := make([]interface{}, len(values))
		for i, value := range values {
			list[i] = value
		}
		body[name] = list
	}
	return body, nil
}

// partsBody reads multipart fields. A file is an object with filename,
// content_type and content, whose bytes stay as they are.
func partsBody(text, boundary string) (interface{}, error) {
	if boundary == "" {
		return nil, ErrBrokenParts
	}
	body := map[string]interface{}{}
	parts := multipart.NewReader(strings.NewReader(text), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return nil, ErrBrokenParts
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, ErrBrokenParts
		}
		var value interface{} = string(content)
		if file := part.FileName(); file != "" {
			value = map[string]interface{}{
				"filename": file, "content_type": part.Header.Get("Content-Type"), contentKey: string(content),
			}
		}
		list, _ := body[part.FormName()].([]interface{})
		body[part.FormName()] = append(list, value)
	}
}
