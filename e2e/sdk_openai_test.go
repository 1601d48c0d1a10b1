package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/responses"
)

func openAIClient(o sessionOptions) openai.Client {
	options := []option.RequestOption{
		option.WithBaseURL(o.url), option.WithAPIKey(o.key), option.WithMaxRetries(0), option.WithHTTPClient(o.client),
	}
	for name := range o.header() {
		options = append(options, option.WithHeader(name, o.header().Get(name)))
	}
	return openai.NewClient(options...)
}

func openAIFailure(t *testing.T, err error) failure {
	t.Helper()
	var e *openai.Error
	if !errors.As(err, &e) {
		t.Fatalf("the SDK returned %v, want its own error type", err)
	}
	return failure{e.StatusCode, e.Message, e.Response.Header.Get("Retry-After")}
}

var openAIChat = sdk{
	name: "OpenAI Chat Completions", path: "/v1/chat/completions", base: "/v1", choices: true, failure: openAIFailure,
	start: func(_ *testing.T, o sessionOptions) session {
		s := &openAIChatSession{client: openAIClient(o), params: openai.ChatCompletionNewParams{Model: "gpt-4"}}
		if o.system != "" {
			s.params.Messages = append(s.params.Messages, openai.SystemMessage(o.system))
		}
		if o.n > 0 {
			s.params.N = openai.Int(int64(o.n))
		}
		if o.tool != "" {
			s.params.Tools = append(s.params.Tools, openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
				Name: o.tool, Parameters: openai.FunctionParameters{"type": "object", "properties": toolParameters},
			}))
		}
		return s
	},
}

type openAIChatSession struct {
	client openai.Client
	params openai.ChatCompletionNewParams
}

func (s *openAIChatSession) say(text string) {
	s.params.Messages = append(s.params.Messages, openai.UserMessage(text))
}

func (s *openAIChatSession) result(c call, object string) {
	s.params.Messages = append(s.params.Messages, openai.ToolMessage(object, c.id))
}

func (s *openAIChatSession) ask(ctx context.Context, streamed bool, delta func(int, string)) (answer, error) {
	var c *openai.ChatCompletion
	if streamed {
		stream := s.client.Chat.Completions.NewStreaming(ctx, s.params)
		defer stream.Close()
		var all openai.ChatCompletionAccumulator
		for stream.Next() {
			chunk := stream.Current()
			if !all.AddChunk(chunk) {
				return answer{}, fmt.Errorf("the accumulator refuses %s", chunk.RawJSON())
			}
			for _, choice := range chunk.Choices {
				if choice.Delta.Content != "" {
					delta(int(choice.Index), choice.Delta.Content)
				}
			}
		}
		if err := stream.Err(); err != nil {
			return answer{}, err
		}
		c = &all.ChatCompletion
	} else {
		var err error
		if c, err = s.client.Chat.Completions.New(ctx, s.params); err != nil {
			return answer{}, err
		}
	}
	var a answer
	for _, choice := range c.Choices {
		a.texts = append(a.texts, choice.Message.Content)
	}
	if len(c.Choices) == 0 {
		return a, errors.New("no choices")
	}
	first := c.Choices[0].Message
	for _, t := range first.ToolCalls {
		a.calls = append(a.calls, call{t.ID, t.Function.Name, t.Function.Arguments})
	}
	s.params.Messages = append(s.params.Messages, first.ToParam())
	return a, nil
}

var openAIResponses = sdk{
	name: "OpenAI Responses", path: "/v1/responses", base: "/v1", failure: openAIFailure,
	start: func(_ *testing.T, o sessionOptions) session {
		s := &openAIResponsesSession{client: openAIClient(o), params: responses.ResponseNewParams{Model: "gpt-4"}}
		if o.system != "" {
			s.params.Instructions = openai.String(o.system)
		}
		if o.tool != "" {
			s.params.Tools = append(s.params.Tools, responses.ToolParamOfFunction(o.tool, obj{"type": "object", "properties": toolParameters}, false))
		}
		return s
	},
}

type openAIResponsesSession struct {
	client openai.Client
	params responses.ResponseNewParams
}

func (s *openAIResponsesSession) add(items ...responses.ResponseInputItemUnionParam) {
	s.params.Input.OfInputItemList = append(s.params.Input.OfInputItemList, items...)
}

func (s *openAIResponsesSession) say(text string) {
	s.add(responses.ResponseInputItemParamOfMessage(text, responses.EasyInputMessageRoleUser))
}

func (s *openAIResponsesSession) result(c call, object string) {
	s.add(responses.ResponseInputItemParamOfFunctionCallOutput(c.id, object))
}

// ask returns the text and the calls of the response; streamed, each must be
// what its deltas, its own done events and the last event say.
func (s *openAIResponsesSession) ask(ctx context.Context, streamed bool, delta func(int, string)) (answer, error) {
	var r *responses.Response
	if streamed {
		stream := s.client.Responses.NewStreaming(ctx, s.params)
		defer stream.Close()
		texts, args := map[string]string{}, map[string]string{}
		var wrong error // the first thing, so that all of the stream is read
		expect := func(ok bool, format string, v ...any) {
			if !ok && wrong == nil {
				wrong = fmt.Errorf(format, v...)
			}
		}
		same := func(deltas, whole, event string) {
			expect(deltas == whole, "the deltas say %q, %s says %q", deltas, event, whole)
		}
		for next := int64(0); stream.Next(); next++ {
			e := stream.Current()
			expect(e.SequenceNumber == next, "event %d, %s, has sequence_number %d", next, e.Type, e.SequenceNumber)
			switch e := e.AsAny().(type) {
			case responses.ResponseTextDeltaEvent:
				texts[e.ItemID] += e.Delta
				delta(0, e.Delta)
			case responses.ResponseTextDoneEvent:
				same(texts[e.ItemID], e.Text, "output_text.done")
			case responses.ResponseContentPartDoneEvent:
				same(texts[e.ItemID], e.Part.Text, "content_part.done")
			case responses.ResponseFunctionCallArgumentsDeltaEvent:
				args[e.ItemID] += e.Delta
			case responses.ResponseFunctionCallArgumentsDoneEvent:
				same(args[e.ItemID], e.Arguments, "function_call_arguments.done")
			case responses.ResponseOutputItemDoneEvent:
				if e.Item.Type == "function_call" {
					same(args[e.Item.ID], e.Item.Arguments, "output_item.done")
				}
			case responses.ResponseCompletedEvent:
				r = &e.Response
				same(texts[r.Output[0].ID], r.OutputText(), "response.completed")
			}
		}
		if wrong != nil {
			return answer{}, wrong
		}
		if err := stream.Err(); err != nil {
			return answer{}, err
		}
		if r == nil { // the stream was cut off
			return answer{}, nil
		}
	} else {
		var err error
		if r, err = s.client.Responses.New(ctx, s.params); err != nil {
			return answer{}, err
		}
	}
	a := answer{texts: []string{r.OutputText()}}
	for _, item := range r.Output {
		if item.Type == "function_call" {
			a.calls = append(a.calls, call{item.CallID, item.Name, item.Arguments})
		}
		s.add(param.Override[responses.ResponseInputItemUnionParam](json.RawMessage(item.RawJSON())))
	}
	return a, nil
}
