package modifiers

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
	"github.com/krakend-redact/krakend-redact/internal/responsebody"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
	"github.com/krakend-redact/krakend-redact/internal/valueops"
)

// Names of the modifiers, which are also the keys of their settings: those of
// KrakenD Enterprise.
const (
	responseBodyName    = "modifier/response-body"
	contentReplacerName = "content-replacer"
)

// errUnreadableAnswer is what a client gets in place of an answer that may hold
// what should be masked.
var errUnreadableAnswer = &lurax.Error{
	Status: http.StatusInternalServerError, Code: "unreadable_answer",
	Message: "The gateway could not look into the answer and therefore does not pass it on. Its log says more.",
}

// ResponseBody registers modifier/response-body and content-replacer. The zero
// value is ready to use: KrakenD looks up a variable and takes its address.
type ResponseBody struct{ host }

// RegisterModifiers implements the registerer of KrakenD's modifier plugins.
func (r *ResponseBody) RegisterModifiers(register func(
	name string,
	factory func(map[string]interface{}) func(interface{}) (interface{}, error),
	appliesToRequest, appliesToResponse bool,
),
) {
	register(responseBodyName, r.factory(responseBodyName, readResponseBody), false, true)
	register(contentReplacerName, r.factory(contentReplacerName, readContentReplacer), false, true)
}

// fieldRules are the settings of both modifiers.
type fieldRules struct {
	edits []fieldpath.Edit
	// fields are the paths of the edits as they are written.
	fields []string
	// maxBytes bounds a raw body, and an event of a stream. Default: 10 MiB.
	maxBytes int64
	// warnings are what is likely to be a mistake.
	warnings []string
}

func (r *ResponseBody) factory(name string, read func(*strictjson.Object) (*fieldRules, error)) func(map[string]interface{}) func(interface{}) (interface{}, error) {
	return func(extra map[string]interface{}) func(interface{}) (interface{}, error) {
		rules, err := readFieldRules(name, extra, read)
		if err != nil {
			return r.refuseStart(name, err)
		}
		for _, warning := range rules.warnings {
			r.Logger().Warning(fmt.Sprintf("%s: %s: %s", settingsPlace, name, warning))
		}
		r.Logger().Info(name + ": " + rules.summary())
		m := &answerEditor{name: name, editor: responsebody.New(rules.edits, rules.maxBytes), host: &r.host}
		return r.guard(name, m.modify)
	}
}

// readFieldRules reads the settings of one of the modifiers.
func readFieldRules(name string, extra map[string]interface{}, read func(*strictjson.Object) (*fieldRules, error)) (*fieldRules, error) {
	if err := checkScope(extra); err != nil {
		return nil, err
	}
	inner, ok := extra[name]
	if !ok {
		return nil, &strictjson.Error{
			File: settingsPlace, Field: name, Reason: "is missing, so nothing would be changed",
			Remedy: `add the settings under this key beside "name"`,
		}
	}
	o, err := strictjson.Value(settingsPlace+": "+name, inner)
	if err != nil {
		return nil, err
	}
	return read(o)
}

// summary says what the settings come to.
func (r *fieldRules) summary() string {
	if len(r.edits) == 0 {
		return "there are no operations, so answers stay as they are"
	}
	return fmt.Sprintf("operations: %d, fields: %s", len(r.edits), strings.Join(r.fields, ", "))
}

// readResponseBody reads the settings of modifier/response-body.
func readResponseBody(o *strictjson.Object) (*fieldRules, error) {
	rules := &fieldRules{maxBytes: defaultMaxBody}
	o.Int("max_body_bytes", &rules.maxBytes, 1)
	for i, item := range o.Objects("modifiers") {
		rules.read(item, fmt.Sprintf("modifiers[%d]", i))
	}
	return rules, o.Close()
}

// operations are the kinds of items in the list of modifiers.
var operations = []string{"regexp", "literal", "trim", "lower", "upper"}

// read reads one item of the list of modifiers.
func (r *fieldRules) read(item *strictjson.Object, place string) {
	var kinds []string
	for _, kind := range operations {
		if item.Has(kind) {
			kinds = append(kinds, kind)
		}
	}
	if item.Close() != nil {
		return
	}
	if len(kinds) != 1 {
		item.Fail("", fmt.Sprintf("must hold one operation, not %d", len(kinds)), "write one of "+strings.Join(operations, ", ")+" here, and another item for each further one")
		return
	}
	kind := kinds[0]
	o := item.Object(kind)
	var field, find, replace string
	required(o, "field", &field)
	if kind == "regexp" || kind == "literal" || kind == "trim" {
		required(o, "find", &find)
		if find == "" {
			o.Fail("find", "is empty", "write what is to be found")
		}
	}
	if kind == "regexp" || kind == "literal" {
		required(o, "replace", &replace)
	}
	path := compilePath(o, "field", field)
	var op valueops.Op
	switch kind {
	case "regexp":
		op = r.regexp(o, place+".regexp.replace", find, replace)
	case "literal":
		op = valueops.Literal(find, replace)
	case "trim":
		op = valueops.Trim(find)
	case "lower":
		op = valueops.Lower()
	case "upper":
		op = valueops.Upper()
	}
	if o.Close() == nil {
		r.add(field, path, op)
	}
}

func (r *fieldRules) add(field string, path fieldpath.Path, op valueops.Op) {
	r.edits = append(r.edits, fieldpath.Edit{Path: path, Change: op})
	for _, known := range r.fields {
		if known == field {
			return
		}
	}
	r.fields = append(r.fields, field)
}

// regexp makes the operation of the same name. place is where the replacement
// stands.
func (r *fieldRules) regexp(o *strictjson.Object, place, find, replace string) valueops.Op {
	pattern, err := regexp.Compile(find)
	if err != nil {
		reason := "is not a valid regular expression"
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			reason += ": " + wrong.Code.String()
		}
		o.Fail("find", reason, "see https://github.com/google/re2/wiki/Syntax; there is no look-around and no back-reference")
		return nil
	}
	for _, unknown := range valueops.UnknownGroups(pattern, replace) {
		remedy := "correct the name, or write $$ for a dollar sign"
		if unknown.Meant != "" {
			remedy = "write " + unknown.Meant
		}
		r.warnings = append(r.warnings, fmt.Sprintf("field %s: %s names a group that the pattern lacks, so nothing is put in its place; %s", place, unknown.Written, remedy))
	}
	return valueops.Regexp(pattern, replace)
}

// required reads a text that must be there.
func required(o *strictjson.Object, name string, target *string) {
	if !o.Has(name) {
		o.Missing(name, "add it")
	}
	o.String(name, target)
}

func compilePath(o *strictjson.Object, field, expression string) fieldpath.Path {
	path, err := fieldpath.Compile(expression)
	if err != nil {
		o.Fail(field, err.Error(), `write a path such as "data.*.user"`)
	}
	return path
}

// answerEditor changes answers.
type answerEditor struct {
	name   string
	editor *responsebody.Editor
	host   *host
}

func (m *answerEditor) modify(v interface{}) (interface{}, error) {
	in, ok := v.(lurax.ResponseWrapper)
	if !ok {
		return nil, errInternal
	}
	out := lurax.CopyResponse(in)
	out.SetData(m.editor.Data(out.Data()))
	if out.Io() == nil {
		return out, nil
	}
	partial := out.StatusCode() == http.StatusPartialContent
	result, err := m.editor.Raw(out.Io(), contentOf(out.Headers()), partial, m.refuse)
	if err != nil {
		m.refuse(err)
		return nil, errUnreadableAnswer
	}
	out.SetIo(result.Body)
	if result.Changed {
		removeBodyHeaders(out.Headers())
		if result.Size >= 0 {
			out.Headers()["Content-Length"] = []string{strconv.Itoa(result.Size)}
		}
	}
	return out, nil
}

// refuse logs why an answer does not go out, and returns what goes out instead.
func (m *answerEditor) refuse(reason error) string {
	m.host.Logger().Error(fmt.Sprintf("%s: an answer could not be looked into and was not passed on: %s", m.name, reason.Error()))
	return errUnreadableAnswer.Error()
}
