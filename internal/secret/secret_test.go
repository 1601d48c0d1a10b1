package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/secret"
)

const canary = "canary-7d1f"

type holder struct {
	Public  secret.String
	private secret.String
	list    []secret.String
	byName  map[string]secret.String
}

func TestNoPrinterShowsTheValue(t *testing.T) {
	s := secret.New(canary)
	h := holder{s, s, []secret.String{s}, map[string]secret.String{"k": s}}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", &s)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
	}
	fmt.Fprintln(&out, errors.New(fmt.Sprint(s)))
	encoded, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	slog.New(slog.NewTextHandler(&out, nil)).Info("message", "secret", s, "holder", h)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("message", "secret", s, "holder", h)

	text := out.String()
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(text, form) {
			t.Errorf("the value is printed as %q in:\n%s", form, text)
		}
	}
	if !strings.Contains(text, "[hidden]") {
		t.Errorf("nothing shows that a value is hidden:\n%s", text)
	}
}

func TestRevealGivesTheValueBack(t *testing.T) {
	if got := secret.New(canary).Reveal(); got != canary {
		t.Errorf("Reveal() = %q", got)
	}
	if got := (secret.String{}).Reveal(); got != "" {
		t.Errorf("zero value reveals %q", got)
	}
}
