package bodytemplate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// fuzzed is a template that gives a body to as many functions as a careless
// author would.
const fuzzed = `
{{- $m := .req_body -}}
{{- if kindIs "map" .req_body }}{{ $m = dig "m" "" .req_body }}{{ end -}}
{"all": {{ .req_body | toJson }},
 "text": {{ $m | toString | toJson }},
 "raw": {{ $m | toString | toRawJson }},
 "sum": {{ add1 $m | toJson }},
 "sumf": {{ addf $m 1 | toString | toJson }},
 "eq": {{ or (eq (kindOf $m) "string") (ge (len (toString $m)) 1) }},
 "regex": {{ regexReplaceAll "([\\d+\\-\\s]*)(\\d{4})" (toString $m) "XXX-${2}" | toJson }},
 "match": {{ regexMatch (toString $m) "x" }},
 "printf": {{ printf "%d %f %s %v %q %x" $m $m $m $m $m $m | toJson }},
 "path": {{ .req_path | toJson }},
 "again": {{ toString $m | fromJson | toJson }},
 "list": [{{ if kindIs "slice" $m }}{{ range $i, $e := $m }}{{ if $i }}, {{ end }}{{ $e | toJson }}{{ end }}{{ end }}]
}`

// FuzzExecute: a template never panics, and what all values go into with toJson
// is JSON, whatever the body.
func FuzzExecute(f *testing.F) {
	shipped, err := filepath.Glob("../../templates/*.tmpl")
	if err != nil {
		f.Fatal(err)
	}
	templates := []*Template{parseText(f, fuzzed)}
	for _, file := range shipped {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		templates = append(templates, parseText(f, string(text)))
	}
	for _, seed := range []struct{ body, contentType string }{
		{`{"message": "123456789 is a number", "m": 5}`, "application/json"},
		{`{"instructions": "a\u2028\"", "contents": {"x": [1.5, 1e400, -0]}}`, ""},
		{`[[], {}, null, true]`, "application/json"},
		{`1e999999999`, "application/json"},
		{"a=1&m=%00&contents=x", "application/x-www-form-urlencoded"},
		{"--B\r\nContent-Disposition: form-data; name=\"m\"\r\n\r\n\xff\r\n--B--\r\n", "multipart/form-data; boundary=B"},
		{"<a>\"</a>", "text/xml"},
		{"", ""},
	} {
		f.Add(seed.body, seed.contentType)
	}
	f.Fuzz(func(t *testing.T, text, contentType string) {
		body, err := Body(text, contentType)
		if err != nil {
			return
		}
		_ = Shape(body)
		for _, tmpl := range templates {
			data := Request{Path: text, Params: map[string]string{contentType: text}}.Data(nil)
			data["req_body"] = Own(body)
			output, err := tmpl.Execute(context.Background(), data)
			var failure *ExecError
			if err != nil {
				if !errors.As(err, &failure) {
					t.Fatalf("%T is no ExecError", err)
				}
				continue
			}
			if err := CheckJSON(output); err != nil {
				t.Fatalf("%s: %v: %q", tmpl.file, err, output)
			}
		}
	})
}
