package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"google.golang.org/genai"
)

const geminiModel = "gemini-2.5-flash"

var geminiContent = sdk{
	name: "Gemini generateContent", path: "/v1beta/models/{call}", base: "", choices: true,
	failure: func(t *testing.T, err error) failure {
		t.Helper()
		var withHeader *geminiError
		var e genai.APIError
		if !errors.As(err, &withHeader) || !errors.As(err, &e) {
			t.Fatalf("the SDK returned %v, want its own error type", err)
		}
		return failure{e.Code, e.Message, withHeader.header.Get("Retry-After")}
	},
	start: func(t *testing.T, o sessionOptions) session {
		t.Helper()
		transport := &lastHeader{RoundTripper: o.client.Transport}
		client, err := genai.NewClient(t.Context(), &genai.ClientConfig{
			APIKey: o.key, Backend: genai.BackendGeminiAPI, HTTPClient: &http.Client{Transport: transport},
			HTTPOptions: genai.HTTPOptions{BaseURL: o.url, Headers: o.header()},
		})
		if err != nil {
			t.Fatal(err)
		}
		s := &geminiSession{client: client, transport: transport}
		if o.system != "" {
			s.config.SystemInstruction = genai.NewContentFromText(o.system, genai.RoleUser)
		}
		s.config.CandidateCount = int32(o.n)
		if o.tool != "" {
			s.config.Tools = []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{
				Name: o.tool, ParametersJsonSchema: obj{"type": "object", "properties": toolParameters},
			}}}}
		}
		return s
	},
}

// geminiError is an error with the headers that the SDK leaves out.
type geminiError struct {
	error
	header http.Header
}

func (e *geminiError) Unwrap() error { return e.error }

type geminiSession struct {
	client    *genai.Client
	transport *lastHeader
	config    genai.GenerateContentConfig
	history   []*genai.Content
}

func (s *geminiSession) say(text string) {
	s.history = append(s.history, genai.NewContentFromText(text, genai.RoleUser))
}

func (s *geminiSession) result(c call, object string) {
	var response map[string]any
	if err := json.Unmarshal([]byte(object), &response); err != nil {
		panic(err) // the tests pass objects
	}
	s.history = append(s.history, genai.NewContentFromParts([]*genai.Part{genai.NewPartFromFunctionResponse(c.name, response)}, genai.RoleUser))
}

func (s *geminiSession) ask(ctx context.Context, streamed bool, delta func(int, string)) (answer, error) {
	var a answer
	var parts []*genai.Part
	take := func(r *genai.GenerateContentResponse) error {
		for _, c := range r.Candidates {
			for len(a.texts) <= int(c.Index) {
				a.texts = append(a.texts, "")
			}
			for _, p := range c.Content.Parts {
				switch {
				case p.FunctionCall != nil:
					args, err := json.Marshal(p.FunctionCall.Args)
					if err != nil {
						return err
					}
					a.calls = append(a.calls, call{p.FunctionCall.ID, p.FunctionCall.Name, string(args)})
				case p.Thought:
					a.thinking += p.Text
				case p.Text != "":
					a.texts[c.Index] += p.Text
					delta(int(c.Index), p.Text)
				}
				if c.Index == 0 {
					parts = append(parts, p)
				}
			}
		}
		return nil
	}
	if streamed {
		for r, err := range s.client.Models.GenerateContentStream(ctx, geminiModel, s.history, &s.config) {
			if ctx.Err() != nil {
				break
			}
			if err != nil {
				return answer{}, &geminiError{err, s.transport.header()}
			}
			if err := take(r); err != nil {
				return answer{}, err
			}
		}
		if err := ctx.Err(); err != nil { // the SDK says nothing, or that the event was cut off
			return answer{}, err
		}
	} else {
		r, err := s.client.Models.GenerateContent(ctx, geminiModel, s.history, &s.config)
		if err != nil {
			return answer{}, &geminiError{err, s.transport.header()}
		}
		if err := take(r); err != nil {
			return answer{}, err
		}
	}
	s.history = append(s.history, genai.NewContentFromParts(parts, genai.RoleModel))
	return a, nil
}
