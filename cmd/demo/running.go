package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/idp"
	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

// running are the URLs of a gateway that somebody else has started and of what
// stands around it.
type running struct{ gateway, llm, idp string }

// showRunning has the example exchange with a token, and tries all others.
func (d *demo) showRunning(ctx context.Context) error {
	if err := d.running.await(ctx, d.patience); err != nil {
		return err
	}
	token, err := d.running.mint(ctx, idp.TokenRequest{})
	if err != nil {
		return err
	}
	e, err := converse(ctx, d.running.gateway+chatPath, token, d.running)
	if err != nil {
		return fmt.Errorf("the example exchange failed: %w", err)
	}
	printPanes(d.out, e.panes(), d.width, newHighlighter(d.colour))
	if problems := e.problems(); len(problems) > 0 {
		d.alarm(problems)
		return errors.New("the exchange did not go as it should")
	}
	d.praise()
	return d.tryTokens(ctx)
}

func (d *demo) showToken(ctx context.Context) error {
	token, err := d.running.mint(ctx, idp.TokenRequest{})
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, token)
	return nil
}

func (d *demo) checkHealth(ctx context.Context) error {
	_, err := ask(ctx, http.MethodGet, d.healthy, nil, http.StatusOK)
	return err
}

// await returns when the gateway answers, which it does not while it starts, or if
// its container refuses to.
func (r running) await(ctx context.Context, patience time.Duration) error {
	deadline := time.After(patience)
	for {
		_, err := ask(ctx, http.MethodGet, r.gateway+"/__health", nil, http.StatusOK)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return errors.New("interrupted")
		case <-deadline:
			return fmt.Errorf("the gateway does not answer after %v: %w", patience, err)
		}
	}
}

// mint gets a token from the identity provider.
func (r running) mint(ctx context.Context, request idp.TokenRequest) (string, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return "", err
	}
	raw, err := ask(ctx, http.MethodPost, r.idp+idp.TokenPath, body, http.StatusOK)
	if err != nil {
		return "", err
	}
	var answer idp.TokenResponse
	if err := json.Unmarshal(raw, &answer); err != nil {
		return "", fmt.Errorf("the identity provider's answer: %w", err)
	}
	return answer.AccessToken, nil
}

func (r running) forget(ctx context.Context) error {
	_, err := ask(ctx, http.MethodDelete, r.llm+"/received", nil, http.StatusNoContent)
	return err
}

func (r running) received(ctx context.Context) ([]mockllm.Request, error) {
	raw, err := ask(ctx, http.MethodGet, r.llm+"/received", nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	var all []mockllm.Request
	err = json.Unmarshal(raw, &all)
	return all, err
}

// ask sends a request to one of the demonstration's own programs.
func ask(ctx context.Context, method, url string, body []byte, want int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s", method, url, resp.Status)
	}
	return raw, nil
}
