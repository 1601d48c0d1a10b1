package e2e

import (
	"bufio"
	"context"
	"errors"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const llmKey = "sk-e2e-7d41f0a9c2b8"

// startMockLLM runs the repository's LLM stand-in as a process and returns its URL.
func startMockLLM(t *testing.T) *url.URL {
	t.Helper()
	return startMockLLMWith(t, llmKey)
}

// startMockLLMWith is startMockLLM with a key of its own.
func startMockLLMWith(t *testing.T, key string) *url.URL {
	t.Helper()
	if bin.mockllm == "" {
		t.Skip("there is no cmd/mockllm in this repository")
	}
	cmd := exec.Command(bin.mockllm, "-addr", "127.0.0.1:0", "-key", key)
	cmd.Env = cleanEnv()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("mockllm said %q: %v", line, err)
	}
	u, err := url.Parse(regexp.MustCompile(`http://[0-9.:]+`).FindString(line))
	if err != nil || u.Host == "" {
		t.Fatalf("mockllm does not say where it listens: %q", line)
	}
	return u
}

func TestOfficialOpenAISDKWorksThroughTheGateway(t *testing.T) {
	t.Parallel()
	target := startMockLLM(t)
	g := newGroup(t)
	add := func(settings obj) *endpoint {
		e := g.add(route{param: "/v1/chat/completions", inputHeaders: []string{"Authorization", "Content-Type"}, settings: settings}, nil)
		e.serve = (&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/"+e.id)
		}}).ServeHTTP
		return e
	}
	chatting, keyless, small := add(nil), add(nil), add(obj{"max_body_bytes": 20})
	g.start(t)
	g.hide(email, card, llmKey)

	ask := func(e *endpoint, key, text string) (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		client := openai.NewClient(option.WithBaseURL(g.url+"/"+e.id+"/v1"), option.WithAPIKey(key), option.WithMaxRetries(0))
		c, err := client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
			Model:    "gpt-4",
			Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage("be kind to " + email), openai.UserMessage(text)},
		})
		if err != nil {
			return "", err
		}
		if len(c.Choices) != 1 {
			t.Fatalf("the SDK read %d choices", len(c.Choices))
		}
		return c.Choices[0].Message.Content, nil
	}
	masked := func(t *testing.T, e *endpoint) {
		t.Helper()
		got := e.received()
		if len(got) != 1 {
			t.Fatalf("the LLM was called %d times", len(got))
		}
		if found := leak(got[0].wire(), []string{email, card}); found != "" {
			t.Errorf("the LLM received %s", found)
		}
		if body := string(got[0].body); !strings.Contains(body, "be kind to [REDACTED_EMAIL_1]") || !strings.Contains(body, "I am [REDACTED_EMAIL_1], card [REDACTED_CC_1]") {
			t.Errorf("the LLM received %s", body)
		}
	}
	refused := func(t *testing.T, err error, status int, code string) {
		t.Helper()
		var e *openai.Error
		if !errors.As(err, &e) {
			t.Fatalf("the SDK returned %v, want its own error type", err)
		}
		if e.StatusCode != status || e.Code != code || e.Message == "" {
			t.Errorf("the SDK read status %d, code %q, message %q; want %d and %q", e.StatusCode, e.Code, e.Message, status, code)
		}
	}
	const text = "I am " + email + ", card " + card

	t.Run("chat", func(t *testing.T) {
		got, err := ask(chatting, llmKey, text)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got, text) {
			t.Errorf("the user got %q, want a sentence that quotes %q", got, text)
		}
		masked(t, chatting)
	})
	t.Run("an error of the LLM", func(t *testing.T) {
		_, err := ask(keyless, "sk-wrong", text)
		refused(t, err, 401, "invalid_api_key")
		masked(t, keyless)
	})
	t.Run("an error of the gateway", func(t *testing.T) {
		_, err := ask(small, llmKey, text)
		refused(t, err, 413, "body_too_large")
		if len(small.received()) != 0 {
			t.Error("the LLM was called in spite of the refusal")
		}
	})
	if found := leak(g.log.String(), []string{email, card, llmKey}); found != "" {
		t.Errorf("the gateway's log shows %s", found)
	}
}
