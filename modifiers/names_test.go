package modifiers

import (
	"reflect"
	"testing"
)

// KrakenD runs a name that is registered for both directions on requests only.
func TestNamesAndDirections(t *testing.T) {
	got := map[string][2]bool{}
	for name, r := range all(&testLog{}, nil) {
		got[name] = [2]bool{r.onRequest, r.onResponse}
	}
	onRequest, onResponse := [2]bool{true, false}, [2]bool{false, true}
	want := map[string][2]bool{
		"redact-request":                   onRequest,
		"redact-response":                  onResponse,
		"modifier/response-body":           onResponse,
		"content-replacer":                 onResponse,
		"modifier/request-body-generator":  onRequest,
		"modifier/body-generator":          onRequest,
		"modifier/response-body-generator": onResponse,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
