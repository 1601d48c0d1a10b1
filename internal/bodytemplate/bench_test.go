package bodytemplate

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// BenchmarkExecute compares a template with compiled patterns with the same one
// and Sprig's own functions, which compile at each call.
func BenchmarkExecute(b *testing.B) {
	seed, err := os.ReadFile("../../templates/body_mask.tmpl")
	if err != nil {
		b.Fatal(err)
	}
	// Ten patterns of the kind that masking uses.
	many := `{{- $m := index .req_body "message" -}}` + strings.Repeat(
		`{{- $m = regexReplaceAll "\\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,24}\\b" $m "[EMAIL]" -}}`, 10) + `{"message": {{ $m | toJson }}}`
	short := "123456789 is a number that should never be sent"
	for _, c := range []struct{ name, text, message string }{
		{"seed", string(seed), short},
		{"seed/10KB", string(seed), strings.Repeat(short+" to jane.doe@example.com. ", 140)},
		{"ten-patterns", many, short},
		{"ten-patterns/10KB", many, strings.Repeat(short+" to jane.doe@example.com. ", 140)},
	} {
		data := func() map[string]interface{} {
			data := Request{}.Data(nil)
			data["req_body"] = object{"message": c.message}
			return data
		}
		b.Run(c.name+"/ours", func(b *testing.B) {
			tmpl := parseText(b, c.text)
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				if _, err := tmpl.Execute(context.Background(), data()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/sprig", func(b *testing.B) {
			tmpl := template.Must(template.New("t").Funcs(sprig.TxtFuncMap()).Parse(c.text))
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				if err := tmpl.Execute(io.Discard, data()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
