package compose

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// message is one of a conversation.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// user talks to a gateway.
type user struct{ url, token string }

// errCut is an answer that broke off.
var errCut = errors.New("the answer broke off")

// ask sends a conversation and returns the assistant's text as far as it came.
// Streamed text is also given to see, piece by piece. The status is 0 if there was
// no answer at all.
func (u user) ask(ctx context.Context, conversation []message, see func(text string)) (status int, text string, err error) {
	// Longer than anything here takes: whoever waits so long, hangs.
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	body, err := json.Marshal(map[string]any{"model": "gpt-4", "messages": conversation, "stream": see != nil})
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.url+chatPath, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+u.token)
	// A connection for each: a restart closes idle ones, and a POST is not repeated.
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	if see != nil && resp.StatusCode == http.StatusOK {
		text, err = readStream(resp.Body, see)
		return resp.StatusCode, text, err
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, "", errors.Join(errCut, err)
	}
	var answer struct {
		Choices []struct{ Message message }
	}
	if json.Unmarshal(raw, &answer) == nil && len(answer.Choices) > 0 {
		return resp.StatusCode, answer.Choices[0].Message.Content, nil
	}
	return resp.StatusCode, string(raw), nil
}

func readStream(r io.Reader, see func(text string)) (string, error) {
	var text strings.Builder
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		if data == "[DONE]" {
			return text.String(), nil
		}
		var event struct {
			Choices []struct{ Delta message }
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			return text.String(), errors.Join(errCut, err)
		}
		for _, choice := range event.Choices {
			text.WriteString(choice.Delta.Content)
			see(text.String())
		}
	}
	return text.String(), errors.Join(errCut, lines.Err())
}

// says is a conversation of one message.
func says(text string) []message { return []message{{"user", text}} }
