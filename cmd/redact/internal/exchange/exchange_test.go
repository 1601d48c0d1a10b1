package exchange

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

func open(t *testing.T, text string, o Options) *Exchange {
	t.Helper()
	p, err := policy.Parse("policy.json", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mask(t *testing.T, e *Exchange, text string) *Masked {
	t.Helper()
	m, err := e.Mask(strings.NewReader(text), false)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return m
}

const emails = `{"unmask_for_user": true, "packs": ["default"], "redaction_rules": [{"name": "odd", "pattern": "odd<[^>]*>"}]}`

func TestRoundTrip(t *testing.T) {
	e := open(t, emails, Options{})
	texts := []string{
		"", "nothing", "to jane.doe@corp.example\r\n\xff\xfe", "odd<a\"b>", "```json\n{\"to\":\"jane.doe@corp.example\"}\n```",
		`{"to": "jane.doe@corp.example" , "x":1.50}`, `{"a":"odd<\"x\\y\n>"}`, `["odd<a>", 4111111111111111]`,
		`{"arguments":"{\"to\":\"odd<a\\\"b>\"}"}`, "{ not JSON: jane.doe@corp.example \"odd<\">", `see https://intra.example/u?m=jane.doe@corp.example`,
	}
	for _, d := range detector.All() {
		for _, example := range d.Examples.Match {
			texts = append(texts, example.Text)
		}
	}
	texts = append(texts, strings.Join(texts, "\n"))
	for _, text := range texts {
		m := mask(t, e, text)
		restored, err := m.Restored(m.Text)
		if err != nil || restored != text {
			t.Errorf("%q becomes %q becomes %q, %v", text, m.Text, restored, err)
		}
	}
}

func TestProfiles(t *testing.T) {
	const body = `{"model":"jane.doe@corp.example","messages":[{"role":"user","content":"jane.doe@corp.example"}]}`
	for profile, want := range map[string]string{"openai": "openai-chat", "anthropic": "anthropic", AutoProfile: "openai-chat"} {
		if m := mask(t, open(t, emails, Options{Profile: profile}), body); m.Profile != want {
			t.Errorf("%s: %s", profile, m.Profile)
		}
	}
	_, err := New(&policy.Policy{}, Options{Profile: "nonsense"})
	if wrong := (*ProfileError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "openai-chat") {
		t.Errorf("%v", err)
	}
	for alias, name := range aliases {
		if !slices.Contains(Profiles(), name) {
			t.Errorf("%s is an alias of nothing", alias)
		}
	}
}

func TestModeTestIsMaskedToo(t *testing.T) {
	e := open(t, `{"mode": "test", "packs": ["pii"]}`, Options{})
	if m := mask(t, e, "jane.doe@corp.example"); m.Text != "[REDACTED_EMAIL_1]" {
		t.Errorf("%q", m.Text)
	}
}

func TestTooLarge(t *testing.T) {
	e := open(t, emails, Options{MaxBytes: 10})
	if _, err := e.Mask(strings.NewReader("12345678901"), false); err == nil || !strings.Contains(err.Error(), "--max-bytes") {
		t.Errorf("%v", err)
	}
}

func TestBlocked(t *testing.T) {
	e := open(t, `{"redaction_rules": [{"name": "stop", "pattern": "secret", "action": "block"}]}`, Options{})
	if m := mask(t, e, "a secret"); !slices.Equal(m.Blocked, []string{"stop"}) || len(m.Watched) != 1 {
		t.Errorf("%+v", m)
	}
}

// Texts and event streams are restored while they arrive.
func TestRestoresAsItArrives(t *testing.T) {
	m := mask(t, open(t, emails, Options{}), "to jane.doe@corp.example, again and again")
	for profile, in := range map[string][2]string{
		"":       {" to [REDACTED_EMAIL_1]. Then", "jane.doe@corp.example. "},
		"openai": {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"[REDACTED_EMAIL_1].\"}}]}\n\n", "jane.doe@corp.example"},
	} {
		arriving, source := io.Pipe()
		result, out := io.Pipe()
		done := make(chan error, 1)
		go func() {
			_, err := Restore(out, arriving, m.Vault, RestoreOptions{Profile: profile})
			out.Close()
			done <- err
		}()
		go func() { _, _ = io.WriteString(source, in[0]) }()
		var got []byte
		for !strings.Contains(string(got), in[1]) {
			buffer := make([]byte, 4096)
			n, err := result.Read(buffer)
			if err != nil {
				t.Fatalf("%q: %v before the input has ended, with %q", profile, err, got)
			}
			got = append(got, buffer[:n]...)
		}
		source.Close()
		if _, err := io.Copy(io.Discard, result); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// JSON that is too large to be read as a whole is restored as text.
func TestLargeJSON(t *testing.T) {
	m := mask(t, open(t, emails, Options{}), `{"to":"jane.doe@corp.example","odd":"odd<\"a\">"}`)
	var b strings.Builder
	stats, err := Restore(&b, strings.NewReader(m.Text), m.Vault, RestoreOptions{MaxBytes: 10})
	if err != nil || b.String() != m.Doc || stats.Restored != 2 {
		t.Errorf("%q, %+v, %v", b.String(), stats, err)
	}
	if _, err := Restore(io.Discard, strings.NewReader(m.Text), m.Vault, RestoreOptions{MaxBytes: 10, Profile: "openai"}); err == nil {
		t.Error("an answer of any size is taken")
	}
	for _, text := range []string{"", " \n", "d", "[", `{"a": [REDACTED_EMAIL_1]`} {
		b.Reset()
		if _, err := Restore(&b, strings.NewReader(text), m.Vault, RestoreOptions{}); err != nil || b.String() != strings.ReplaceAll(text, "[REDACTED_EMAIL_1]", "jane.doe@corp.example") {
			t.Errorf("%q becomes %q, %v", text, b.String(), err)
		}
	}
}
