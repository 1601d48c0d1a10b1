package redact

import "testing"

func TestIsPiece(t *testing.T) {
	for name, want := range map[string]bool{
		"delta": true, "output_text": true, "outputText": true, "Text": true, "partial_json": true, "x-text": true, "x.text": true,
		"": false, "_": false, "id": false, "text_id": false, "content_type": false, "tokens": false, "context": false, "TEXT": false,
	} {
		if got := isPiece(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
