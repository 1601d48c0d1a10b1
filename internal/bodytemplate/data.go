package bodytemplate

import (
	"net/textproto"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Request is what templates see of a request beside its body.
type Request struct {
	Headers map[string][]string
	Query   map[string][]string
	Params  map[string]string
	Path    string
}

// Data returns the data of one execution, which owns all of it. Every object is
// a map[string]interface{}, the only kind that Sprig's dig, get, hasKey and
// keys take.
func (r Request) Data(variables map[string]interface{}) map[string]interface{} {
	params := make(map[string]interface{}, len(r.Params))
	for name, value := range r.Params {
		// Keys that begin with NUL are no parameters: redact keeps there what
		// it has masked.
		if !strings.HasPrefix(name, "\x00") {
			params[upperFirst(name)] = value
		}
	}
	query := make(map[string]interface{}, len(r.Query))
	for name, values := range r.Query {
		query[name] = append([]string{}, values...)
	}
	own := make(map[string]interface{}, len(variables))
	for name, value := range variables {
		own[name] = Own(value)
	}
	return map[string]interface{}{
		"req_headers":     Headers(r.Headers),
		"req_querystring": query,
		"req_params":      params,
		"req_path":        r.Path,
		"variables":       own,
	}
}

// Headers returns headers under their canonical names: KrakenD passes the
// spelling that stands in input_headers.
func Headers(headers map[string][]string) map[string]interface{} {
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	sort.Strings(names)
	own := make(map[string]interface{}, len(headers))
	for _, name := range names {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		list, _ := own[canonical].([]string)
		own[canonical] = append(append([]string{}, list...), headers[name]...)
	}
	return own
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
