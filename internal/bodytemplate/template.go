// Package bodytemplate makes the body of a message from a Go template and the
// data of a request: it parses the template, restricts its functions to those
// that are safe in a gateway, and executes it within bounds.
//
// Parsing finds every mistake that can be found without a request, so that it
// stops the start. Errors of an execution name file, line and kind of failure,
// and never a value: text/template quotes values in its own.
//
// The package knows nothing of KrakenD, and of Sprig no more than the names of
// its functions: they are handed in, because whatever imports Sprig loads only
// into gateways that pin the same versions.
package bodytemplate

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"text/template"
	"text/template/parse"
)

// MaxOutput bounds what a template may produce, and what a single function in
// it may make out of a small text: 64 MiB.
const MaxOutput = 64 << 20

// mainName is the main template's name for text/template, which no template
// can define again by accident. Errors show Source.File instead.
const mainName = "\x00"

// Source is a template before it is parsed.
type Source struct {
	// File is what errors call the template.
	File string
	// Text is the template itself.
	Text string
	// Functions are those that the template may call beside text/template's
	// own: Sprig's.
	Functions map[string]interface{}
	// AllowEnv allows the functions that reach outside of the request.
	AllowEnv bool
	// MissingKey is text/template's option: default, zero or error.
	MissingKey string
}

// Template is a parsed template. It may be executed by many goroutines.
type Template struct {
	file string
	main *template.Template
}

// Parse parses and checks a template. Its errors are of type *[ParseError].
func Parse(s Source) (*Template, error) {
	patterns := newPatterns()
	t := template.New(mainName).Funcs(functions(s.Functions, s.AllowEnv, patterns))
	if s.MissingKey != "" {
		t = t.Option("missingkey=" + s.MissingKey)
	}
	// Editors on Windows put a byte order mark there, which would go out.
	t, err := t.Parse(strings.TrimPrefix(s.Text, "\ufeff"))
	if err != nil {
		return nil, parseError(s.File, err)
	}
	if t.Tree == nil || parse.IsEmptyTree(t.Root) {
		return nil, &ParseError{Place: s.File, Reason: "the template is empty", Remedy: "write the body that it should produce"}
	}
	if err := prepare(s.File, t, patterns); err != nil {
		return nil, err
	}
	return &Template{file: s.File, main: t}, nil
}

// Execute produces a body. data belongs to the execution: a template can
// change it. Errors are of type *[ExecError]; a context that ends stops the
// execution at its next output, turn of a range or call of a template.
func (t *Template) Execute(ctx context.Context, data map[string]interface{}) (string, error) {
	out := &output{ctx: ctx}
	err := t.main.Execute(out, data)
	if err != nil {
		return "", execError(t.file, err)
	}
	return out.text.String(), nil
}

// Reasons why the output of a template ends early.
var (
	errOutput  = errors.New("the output is larger than 64 MiB")
	errStopped = errors.New("the request ended before the template did")
)

// output collects what a template writes.
type output struct {
	ctx  context.Context
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	if o.ctx.Err() != nil {
		return 0, errStopped
	}
	if o.text.Len()+len(p) > MaxOutput {
		return 0, errOutput
	}
	return o.text.Write(p)
}
