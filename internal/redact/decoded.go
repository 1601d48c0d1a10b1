package redact

import (
	"encoding/json"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/profile"
)

// Data restores a decoded answer as [Answer.Body] restores the JSON that it
// stands for, and returns new maps and lists where anything changed: what
// KrakenD handed in is never written to. Structs are taken for what they are
// encoded to: with return_error_details KrakenD puts the provider's error into
// the data as one (lura transport/http/client/status.go).
func (a *Answer) Data(data map[string]interface{}) (out map[string]interface{}, changed bool, err error) {
	if len(data) == 0 {
		return data, false, nil
	}
	// With the encoding string KrakenD has a whole body there, and with
	// is_collection an array.
	if len(data) == 1 {
		if body, ok := data["content"].(string); ok {
			plain, err := a.unknown(body)
			plain = a.restored.Own(plain)
			a.release(err)
			return replaced(data, "content", plain, plain != body, err)
		}
		if list, ok := data["collection"].([]interface{}); ok {
			plain, changed, err := a.decoded(list)
			return replaced(data, "collection", plain, changed, err)
		}
	}
	if !a.knowsAny(data) {
		// With group the provider's fields stand one level deeper.
		defer func(p *profile.Profile) { a.profile = p }(a.profile)
		a.profile = a.profile.Grouped()
	}
	plain, changed, err := a.decoded(data)
	if err != nil || !changed {
		return data, false, err
	}
	out, ok := plain.(map[string]interface{})
	if !ok {
		return data, false, ErrUnreadable
	}
	return out, true, nil
}

func (a *Answer) knowsAny(data map[string]interface{}) bool {
	for name := range data {
		if a.profile.Knows(name) {
			return true
		}
	}
	return false
}

// replaced returns data with a value in place of its only one.
func replaced(data map[string]interface{}, name string, value interface{}, changed bool, err error) (map[string]interface{}, bool, error) {
	if err != nil || !changed {
		return data, false, err
	}
	return map[string]interface{}{name: value}, true, nil
}

// decoded restores the JSON that a value stands for.
func (a *Answer) decoded(v interface{}) (plain interface{}, changed bool, err error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return v, false, ErrUnreadable
	}
	doc := b.String()
	a.done = nil // it is for streams that are read later
	a.trace.document(doc, Content{Type: "application/json"})
	restored, err := a.document(doc, Content{Type: "application/json"})
	if err != nil || restored == doc {
		return v, false, err
	}
	d := json.NewDecoder(strings.NewReader(restored))
	d.UseNumber() // as KrakenD does
	if d.Decode(&plain) != nil {
		return v, false, ErrUnreadable
	}
	a.release(nil) // what is decoded is a copy
	return plain, true, nil
}
