package modifiers

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"text/template"

	"github.com/krakend-redact/krakend-redact/internal/bodytemplate"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// Names of the modifiers, which are KrakenD Enterprise's namespaces.
const (
	requestGeneratorName  = "modifier/request-body-generator"
	generatorName         = "modifier/body-generator" // the same
	responseGeneratorName = "modifier/response-body-generator"
)

// BodyGenerator registers the body generators. KrakenD looks up a variable and
// takes its address.
type BodyGenerator struct {
	host
	// Functions returns Sprig's functions. They are not imported here, because
	// this package is linked into all plugins, and one that links Sprig's
	// modules loads only where KrakenD pins the same versions. The zero value
	// works, with the functions of text/template alone.
	Functions func() template.FuncMap
}

// RegisterModifiers implements the registerer of KrakenD's modifier plugins.
func (g *BodyGenerator) RegisterModifiers(register func(
	name string,
	factory func(map[string]interface{}) func(interface{}) (interface{}, error),
	appliesToRequest, appliesToResponse bool,
),
) {
	for _, name := range []string{requestGeneratorName, generatorName} {
		register(name, g.factory(name, (*generator).modifyRequest), true, false)
	}
	register(responseGeneratorName, g.factory(responseGeneratorName, (*generator).modifyResponse), false, true)
}

// factory returns the factory of one of the modifiers.
func (g *BodyGenerator) factory(name string, modify func(*generator, interface{}) (interface{}, error)) func(map[string]interface{}) func(interface{}) (interface{}, error) {
	return func(extra map[string]interface{}) func(interface{}) (interface{}, error) {
		s, t, err := g.read(name, extra)
		if err != nil {
			return g.refuseStart(name, err)
		}
		log := g.Logger()
		log.Info(fmt.Sprintf("%s: %s produces %s", name, s.source.File, s.contentType))
		if s.debugValues {
			log.Warning(fmt.Sprintf("%s: %s: debug_values is on: the log will show whole bodies, personal data included", name, s.source.File))
		}
		m := &generator{name: name, settings: s, template: t, host: &g.host}
		return g.guard(name, func(v interface{}) (interface{}, error) { return modify(m, v) })
	}
}

// read reads the settings of one of the modifiers, and its template.
func (g *BodyGenerator) read(name string, extra map[string]interface{}) (*generatorSettings, *bodytemplate.Template, error) {
	s, err := readGeneratorSettings(name, extra)
	if err != nil {
		return nil, nil, err
	}
	if g.Functions != nil {
		s.source.Functions = g.Functions()
	}
	t, err := bodytemplate.Parse(s.source)
	return s, t, err
}

// generator produces bodies.
type generator struct {
	name     string
	settings *generatorSettings
	template *bodytemplate.Template
	host     *host
}

func (g *generator) modifyRequest(v interface{}) (interface{}, error) {
	in, ok := v.(lurax.RequestWrapper)
	if !ok {
		return nil, errInternal
	}
	out := lurax.CopyRequest(in)
	var body interface{} = map[string]interface{}{}
	if out.Body() != nil {
		var err error
		if body, err = g.readBody(out.Body(), out.Headers()); err != nil {
			return nil, refusalOf(generatorRefusals, err)
		}
		_ = out.Body().Close()
	}
	data := requestData(in).Data(g.settings.variables)
	data["req_body"] = body
	text, err := g.execute(out.Context(), data)
	if err != nil {
		return nil, err
	}
	out.SetBody(io.NopCloser(strings.NewReader(text)))
	describeBody(out.Headers(), g.settings.contentType, len(text))
	noteRun(out, g.name, g.settings.source.File)
	return out, nil
}

func (g *generator) modifyResponse(v interface{}) (interface{}, error) {
	in, ok := v.(lurax.ResponseWrapper)
	if !ok {
		return nil, errInternal
	}
	out := lurax.CopyResponse(in)
	request, _ := out.Request().(lurax.RequestWrapper)
	if bodiless(request, out) {
		return in, nil
	}
	var body interface{}
	if out.Io() == nil {
		body = bodytemplate.Own(out.Data())
	} else {
		var err error
		if body, err = g.readBody(out.Io(), out.Headers()); err != nil {
			return nil, g.answerRefusal(err)
		}
	}
	data := requestData(request).Data(g.settings.variables)
	data["resp_body"] = body
	data["resp_status"] = out.StatusCode()
	data["resp_headers"] = bodytemplate.Headers(out.Headers())
	text, err := g.execute(out.Context(), data)
	if err != nil {
		return nil, err
	}
	if out.Io() != nil {
		out.SetIo(strings.NewReader(text))
		describeBody(out.Headers(), g.settings.contentType, len(text))
		return out, nil
	}
	decoded, err := g.decodedAnswer(text)
	if err != nil {
		return nil, err
	}
	out.SetData(decoded)
	return out, nil
}

// bodiless tells of a raw answer that HTTP allows no body (RFC 9110, 6.4.1).
func bodiless(request lurax.RequestWrapper, out *lurax.Response) bool {
	return out.Io() != nil && (out.StatusCode() == http.StatusNoContent || out.StatusCode() == http.StatusNotModified ||
		request != nil && request.Method() == http.MethodHead)
}

// requestData returns what templates see of a request, which is nothing when
// the host does not tell the request of an answer.
func requestData(in lurax.RequestWrapper) bodytemplate.Request {
	if in == nil {
		return bodytemplate.Request{}
	}
	params := make(map[string]string, len(in.Params()))
	for name, value := range in.Params() {
		if !isOurs(name) {
			params[name] = value
		}
	}
	return bodytemplate.Request{Headers: in.Headers(), Query: in.Query(), Params: params, Path: in.Path()}
}

// readBody reads and decodes a body within max_body_bytes.
func (g *generator) readBody(body io.Reader, headers map[string][]string) (interface{}, error) {
	raw, err := httpbody.ReadAll(body, g.settings.maxBytes)
	if err != nil {
		return nil, err
	}
	text, err := httpbody.Inflate(raw, strings.Join(headerValues(headers, "Content-Encoding"), ", "), g.settings.maxBytes)
	if err != nil {
		return nil, err
	}
	return bodytemplate.Body(text, strings.Join(headerValues(headers, "Content-Type"), ", "))
}

// describeBody makes headers follow a new body.
func describeBody(headers map[string][]string, contentType string, length int) {
	removeBodyHeaders(headers)
	removeHeaders(headers, "Content-Type", "Transfer-Encoding")
	headers["Content-Type"] = []string{contentType}
	headers["Content-Length"] = []string{strconv.Itoa(length)}
}
