package profile_test

import (
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/profile"
)

func TestStructuralString(t *testing.T) {
	tests := []struct {
		field, value string
		depth        int
		want         bool
	}{
		{"model", "gpt-4", 1, true},
		{"model", "claude-3-5-sonnet-20241022", 1, true},
		{"model", "meta-llama/Llama-3.1:8b", 1, true},
		{"model", "gpt-4", 2, false},
		{"model", "4111111111111111", 1, false},
		{"model", "x4111111111111111", 1, false},
		{"model", "x12345678-12345678", 1, true},
		{"model", "x123456789", 1, false},
		{"model", "a" + strings.Repeat("-", 63), 1, true},
		{"model", "a" + strings.Repeat("-", 64), 1, false},
		{"model", "-a", 1, false},
		{"model", "a{", 1, false},
		{"model", "a@b", 1, false},
		{"model", "Ä", 1, false},
		{"model", "jane@example.com", 1, false},
		{"model", "a b", 1, false},
		{"model", "", 1, false},
		{"role", "user", 3, true},
		{"role", "assistant", 3, true},
		{"role", "super_s3cr3t_password", 3, false},
		{"role", "user ", 3, false},
		{"type", "text", 5, true},
		{"type", "tool_use", 5, true},
		{"type", "string", 7, true},
		{"type", "4111111111111111", 5, false},
		{"type", "super_s3cr3t_password", 5, false},
		{"object", "chat.completion", 1, true},
		{"object", "chatXcompletion", 1, false},
		{"mime_type", "image/png", 5, true},
		{"mime_type", "jane/x", 5, false},
		{"mime_type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 5, false},
		{"mime_type", "image/svg+xml", 5, true},
		{"mime_type", "text/4111111111111111", 5, false},
		{"tool_call_id", "call_abc123", 3, true},
		{"tool_use_id", "toolu_01A09q90qw90lq917835lq9", 5, true},
		{"tool_call_id", "4111111111111111", 3, false},
		{"finish_reason", "stop", 3, true},
		{"content", "user", 3, false},
		{"id", "call_abc123", 1, false},
		{"name", "user", 1, false},
		{"", "user", 0, false},
	}
	for _, tt := range tests {
		if got := profile.StructuralString(tt.field, tt.value, tt.depth); got != tt.want {
			t.Errorf("StructuralString(%q, %q, %d) = %v, want %v", tt.field, tt.value, tt.depth, got, tt.want)
		}
	}
}

func TestStructuralNumber(t *testing.T) {
	tests := []struct {
		field, value string
		depth        int
		want         bool
	}{
		{"max_tokens", "4096", 1, true},
		{"maxOutputTokens", "4096", 2, true},
		{"temperature", "0.7", 1, true},
		{"created", "1760000000", 1, true},
		{"created", "1760000000", 2, false},
		{"seed", "1234567", 1, true},
		{"seed", "4111111111111111", 1, false},
		{"index", "12", 3, true},
		{"index", "123456789", 3, false},
		{"card", "4096", 1, false},
		{"", "1", 0, false},
	}
	for _, tt := range tests {
		if got := profile.StructuralNumber(tt.field, tt.value, tt.depth); got != tt.want {
			t.Errorf("StructuralNumber(%q, %q, %d) = %v, want %v", tt.field, tt.value, tt.depth, got, tt.want)
		}
	}
}
