package main

import (
	"context"
	"fmt"
	"io"

	"github.com/krakend-redact/krakend-redact/bench/streams/split"
	"github.com/tidwall/gjson"
)

// exchange sends tasks through the gateway to the model.
func exchange(g *gateway, model *split.Model) split.Exchange {
	return func(ctx context.Context, t split.Task) (received, answer string, err error) {
		model.Expect(t)
		resp, err := g.post(ctx, t.Path(), t.Body)
		if err != nil {
			return "", "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return model.Received(), string(body), err
	}
}

// writeSample shows what the user sent, what reached the model, and what came
// back.
func writeSample(ctx context.Context, w io.Writer, e split.Exchange) error {
	t, err := split.Sample()
	if err != nil {
		return err
	}
	received, answer, err := e(ctx, t)
	if err != nil {
		return err
	}
	for _, part := range []struct{ name, text string }{
		{"The user sent", string(t.Body)}, {"The model received", received},
	} {
		fmt.Fprintf(w, "%s:\n\n", part.name)
		for _, m := range gjson.Get(part.text, "messages").Array() {
			fmt.Fprintf(w, "    %s: %s\n", m.Get("role").Str, m.Get("content").Raw)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "Between § and §, ~ stands where the model puts segments of its own. The user read:\n\n    %s\n\n", gjson.Get(answer, "choices.0.message.content").Raw)
	return nil
}
