package main

import (
	"context"
	"fmt"
	"strings"

	policy "github.com/wso2/api-platform/sdk/core/policy/v1alpha2"
	wso2 "github.com/wso2/gateway-controllers/policies/pii-masking-regex"
	gitleaks "github.com/zricethezav/gitleaks/v8/detect"
)

// peer is another tool that searches texts.
type peer struct {
	name string
	// detectors are those whose values it knows as well.
	detectors []string
	// policy has only rules for what it looks for, and scope is a name for them.
	policy, scope string
	run           func(text string)
	// find tells of each value whether it is found.
	find func(text string, values []string) []bool
}

// newGitleaks returns gitleaks as a library, with its default configuration.
func newGitleaks() (*peer, error) {
	d, err := gitleaks.NewDetectorDefaultConfig()
	if err != nil {
		return nil, err
	}
	return &peer{
		name: "gitleaks v8.30.1",
		detectors: []string{
			"jwt", "aws_access_key", "google_api_key", "github_token", "gitlab_token", "slack_token", "stripe_key",
			"sendgrid_key", "openai_key", "anthropic_key", "huggingface_token", "npm_token", "pypi_token",
		},
		policy: `{"packs":["secrets"]}`, scope: "secrets",
		run: func(text string) { d.DetectString(text) },
		find: func(text string, values []string) []bool {
			hits := make([]bool, len(values))
			for _, f := range d.DetectString(text) {
				for i, value := range values {
					hits[i] = hits[i] || strings.Contains(f.Secret, value)
				}
			}
			return hits
		},
	}, nil
}

// newWSO2 returns WSO2's policy with its three patterns, for a body that is text.
// It replaces what it finds by stars, which is the least that it can do: to mask
// it, it goes through the text once more for each value.
func newWSO2() (*peer, error) {
	made, err := wso2.GetPolicy(policy.PolicyMetadata{}, map[string]any{
		"email": true, "phone": true, "ssn": true, "jsonPath": "", "redactPII": true,
	})
	if err != nil {
		return nil, err
	}
	p, ok := made.(policy.RequestPolicy)
	if !ok {
		return nil, fmt.Errorf("%T does not change requests", made)
	}
	redacted := func(text string) string {
		action, ok := p.OnRequestBody(context.Background(), &policy.RequestContext{
			SharedContext: &policy.SharedContext{},
			Body:          &policy.Body{Content: []byte(text), EndOfStream: true, Present: true},
		}, nil).(policy.UpstreamRequestModifications)
		if !ok || action.Body == nil {
			return text
		}
		return string(action.Body)
	}
	return &peer{
		name:      "WSO2 v1.0.4",
		detectors: []string{"email", "phone", "us_ssn"},
		policy: `{"redaction_rules":[{"name":"a","detector":"email"},{"name":"b","detector":"phone"},` +
			`{"name":"c","detector":"us_ssn"}]}`, scope: "the same three",
		run: func(text string) { redacted(text) },
		find: func(text string, values []string) []bool {
			left := redacted(text)
			hits := make([]bool, len(values))
			for i, value := range values {
				hits[i] = !strings.Contains(left, value)
			}
			return hits
		},
	}, nil
}
