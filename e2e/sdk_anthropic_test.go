package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

var anthropicMessages = sdk{
	name: "Anthropic Messages", path: "/v1/messages", base: "", thinks: true,
	failure: func(t *testing.T, err error) failure {
		t.Helper()
		var e *anthropic.Error
		if !errors.As(err, &e) {
			t.Fatalf("the SDK returned %v, want its own error type", err)
		}
		var body struct {
			Error struct{ Message string }
		}
		if err := json.Unmarshal([]byte(e.RawJSON()), &body); err != nil {
			t.Fatalf("the SDK read the error %q: %v", e.RawJSON(), err)
		}
		return failure{e.StatusCode, body.Error.Message, e.Response.Header.Get("Retry-After")}
	},
	start: func(_ *testing.T, o sessionOptions) session {
		options := []option.RequestOption{
			option.WithBaseURL(o.url), option.WithAPIKey(o.key), option.WithMaxRetries(0), option.WithHTTPClient(o.client),
		}
		for name := range o.header() {
			options = append(options, option.WithHeader(name, o.header().Get(name)))
		}
		s := &anthropicSession{
			client: anthropic.NewClient(options...),
			params: anthropic.MessageNewParams{Model: "claude-sonnet-4-5", MaxTokens: 1024},
		}
		if o.system != "" {
			s.params.System = []anthropic.TextBlockParam{{Text: o.system}}
		}
		if o.tool != "" {
			s.params.Tools = append(s.params.Tools, anthropic.ToolUnionParamOfTool(anthropic.ToolInputSchemaParam{Properties: toolParameters}, o.tool))
		}
		return s
	},
}

type anthropicSession struct {
	client anthropic.Client
	params anthropic.MessageNewParams
}

func (s *anthropicSession) say(text string) {
	s.params.Messages = append(s.params.Messages, anthropic.NewUserMessage(anthropic.NewTextBlock(text)))
}

func (s *anthropicSession) result(c call, object string) {
	s.params.Messages = append(s.params.Messages, anthropic.NewUserMessage(anthropic.NewToolResultBlock(c.id, object, false)))
}

func (s *anthropicSession) ask(ctx context.Context, streamed bool, delta func(int, string)) (answer, error) {
	m := &anthropic.Message{}
	if streamed {
		stream := s.client.Messages.NewStreaming(ctx, s.params)
		defer stream.Close()
		for stream.Next() {
			event := stream.Current()
			if err := m.Accumulate(event); err != nil {
				return answer{}, err
			}
			if d, ok := event.AsAny().(anthropic.ContentBlockDeltaEvent); ok && d.Delta.Text != "" {
				delta(0, d.Delta.Text)
			}
		}
		if err := stream.Err(); err != nil {
			return answer{}, err
		}
	} else {
		var err error
		if m, err = s.client.Messages.New(ctx, s.params); err != nil {
			return answer{}, err
		}
	}
	var a answer
	var texts strings.Builder
	for _, block := range m.Content {
		switch block := block.AsAny().(type) {
		case anthropic.TextBlock:
			texts.WriteString(block.Text)
		case anthropic.ThinkingBlock:
			a.thinking = block.Thinking
		case anthropic.ToolUseBlock:
			a.calls = append(a.calls, call{block.ID, block.Name, string(block.Input)})
		}
	}
	a.texts = []string{texts.String()}
	s.params.Messages = append(s.params.Messages, m.ToParam())
	return a, nil
}
