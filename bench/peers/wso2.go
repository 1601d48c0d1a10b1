package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/krakend-redact/krakend-redact/bench/streams/split"
	policy "github.com/wso2/api-platform/sdk/core/policy/v1alpha2"
	wso2 "github.com/wso2/gateway-controllers/policies/pii-masking-regex"
)

// settings are the ways to set up WSO2's policy: as it comes, it masks the last
// message; with an empty path it takes the whole body as text.
var settings = []struct {
	name   string
	params map[string]any
}{
	{"WSO2 pii-masking-regex v1.0.4", map[string]any{}},
	{`WSO2 v1.0.4, "jsonPath": ""`, map[string]any{"jsonPath": ""}},
}

// peer is what WSO2's kernel calls.
type peer interface {
	policy.RequestPolicy
	policy.StreamingResponsePolicy
}

// newExchange returns an exchange through the policy, with the patterns that
// redact gets.
func newExchange(params map[string]any) (split.Exchange, error) {
	var entities []any
	split.Kinds(func(name, pattern string) {
		entities = append(entities, map[string]any{"piiEntity": name, "piiRegex": pattern})
	})
	params["customPIIEntities"] = entities
	made, err := wso2.GetPolicy(policy.PolicyMetadata{}, params)
	if err != nil {
		return nil, err
	}
	p, ok := made.(peer)
	if !ok {
		return nil, fmt.Errorf("%T does not mask requests and restore streams", made)
	}
	model := split.NewModel()
	return func(ctx context.Context, t split.Task) (received, answer string, err error) {
		shared := &policy.SharedContext{Metadata: map[string]any{}}
		body, err := mask(ctx, p, shared, t.Body)
		if err != nil {
			return "", "", err
		}
		model.Expect(t)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, t.Path(), strings.NewReader(string(body)))
		split.Authorize(r.Header)
		w := &recorder{ResponseRecorder: httptest.NewRecorder()}
		model.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return "", "", fmt.Errorf("the model answered %d: %s", w.Code, w.chunks())
		}
		if t.Stream {
			answer, err = restoreStream(ctx, p, shared, w.chunks())
		} else {
			answer, err = restore(ctx, p, shared, strings.Join(w.chunks(), ""))
		}
		return model.Received(), answer, err
	}, nil
}

var errUnknown = errors.New("the policy wants something else than to change the body")

func mask(ctx context.Context, p peer, shared *policy.SharedContext, body []byte) ([]byte, error) {
	action, ok := p.OnRequestBody(ctx, &policy.RequestContext{
		SharedContext: shared, Body: &policy.Body{Content: body, EndOfStream: true, Present: true},
	}, nil).(policy.UpstreamRequestModifications)
	if !ok {
		return nil, errUnknown
	}
	if action.Body == nil { // nothing to change
		return body, nil
	}
	return action.Body, nil
}

func restore(ctx context.Context, p peer, shared *policy.SharedContext, answer string) (string, error) {
	action, ok := p.OnResponseBody(ctx, &policy.ResponseContext{
		SharedContext: shared, ResponseBody: &policy.Body{Content: []byte(answer), EndOfStream: true, Present: true},
	}, nil).(policy.DownstreamResponseModifications)
	if !ok {
		return "", errUnknown
	}
	if action.Body == nil {
		return answer, nil
	}
	return string(action.Body), nil
}

// restoreStream hands over chunks as the SDK describes it: they are collected
// while the policy needs more.
func restoreStream(ctx context.Context, p peer, shared *policy.SharedContext, chunks []string) (string, error) {
	var answer strings.Builder
	var collected []byte
	stream := &policy.ResponseStreamContext{SharedContext: shared}
	for i, chunk := range chunks {
		collected = append(collected, chunk...)
		last := i == len(chunks)-1
		if !last && p.NeedsMoreResponseData(collected) {
			continue
		}
		action, ok := p.OnResponseBodyChunk(ctx, stream, &policy.StreamBody{Chunk: collected, EndOfStream: last, Index: uint64(i)}, nil).(policy.ForwardResponseChunk)
		if !ok {
			return "", errUnknown
		}
		if action.Body != nil {
			collected = action.Body
		}
		answer.Write(collected)
		collected = nil
	}
	return answer.String(), nil
}

// recorder keeps the pieces of an answer as they were flushed.
type recorder struct {
	*httptest.ResponseRecorder
	flushed []string
}

// Flush implements [http.Flusher].
func (r *recorder) Flush() {
	if r.Body.Len() > 0 {
		r.flushed = append(r.flushed, r.Body.String())
		r.Body.Reset()
	}
}

func (r *recorder) chunks() []string {
	r.Flush()
	return r.flushed
}
