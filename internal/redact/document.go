package redact

import (
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// Document restores JSON, one document or several in a row, that was masked and
// comes back as it is, in no provider's format: what was a number is one again.
// It fails with [ErrUnreadable] if the text is not JSON.
func (a *Answer) Document(doc string) (string, error) {
	if !beginsJSON(doc) {
		return "", ErrUnreadable
	}
	var edits []jsonedit.Edit
	err := jsonedit.WalkLines(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		switch {
		case t.Kind == jsonedit.Number:
		case t.Kind == jsonedit.String && !isDocument(t):
			// With its quotes, which a number goes without.
			start, end := t.Start-1, t.End+1
			for _, e := range a.text(doc[start:end], placeholder.JSON, nil) {
				edits = append(edits, jsonedit.Edit{Start: e.Start + start, End: e.End + start, Text: e.Text})
			}
		case t.Kind == jsonedit.String:
			edits = append(edits, a.quoted(t, placeholder.JSON)...)
		default:
			edits = append(edits, a.quoted(t, placeholder.Detected)...)
		}
	})
	a.unquoted.Release()
	if err != nil {
		return "", ErrUnreadable
	}
	return jsonedit.Apply(doc, edits), nil
}

// isDocument tells whether a string holds a JSON document itself.
func isDocument(t jsonedit.Text) bool {
	text := jsonedit.Unquote(t.Raw)
	return jsonedit.Begins(text) && jsonedit.Walk(text, maxDepth, func(jsonedit.Text, *jsonedit.Path) {}) == nil
}
