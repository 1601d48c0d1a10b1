package main

import (
	"bytes"
	"encoding/json"
	"log"
	"os"
	"strings"
	"testing"

	flexibleconfig "github.com/krakend/krakend-flexibleconfig/v2"
	"github.com/luraproject/lura/v2/config"
)

// parseConfig reads krakend/krakend.json as KrakenD does and also returns what it logs.
func parseConfig(t *testing.T, env map[string]string) (config.ServiceConfig, string, error) {
	t.Helper()
	for _, name := range []string{"LLM_API_KEY", "LLM_HOST", "GATEWAY_LISTEN_IP", "GATEWAY_PORT"} {
		t.Setenv(name, env[name])
	}
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	cfg, err := flexibleconfig.NewTemplateParser(flexibleconfig.Config{
		Parser:   config.NewParser(),
		Settings: "../../krakend/settings",
		Partials: "../../krakend/partials",
	}).Parse("../../" + configFile)
	return cfg, logged.String(), err
}

func TestConfig(t *testing.T) {
	for _, tc := range []struct {
		name, listen, host string
		port               int
		env                map[string]string
	}{
		{"defaults", "127.0.0.1", "http://127.0.0.1:8081", 8080, map[string]string{"LLM_API_KEY": "sk-1"}},
		{"from the environment", "0.0.0.0", "https://llm.example.com", 9000, map[string]string{
			"LLM_API_KEY": `a"b\c<d`, "LLM_HOST": "https://llm.example.com", "GATEWAY_LISTEN_IP": "0.0.0.0", "GATEWAY_PORT": "9000",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, _, err := parseConfig(t, tc.env)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.Address != tc.listen || cfg.Port != tc.port {
				t.Errorf("listens on %q, port %d; want %q, %d", cfg.Address, cfg.Port, tc.listen, tc.port)
			}
			if len(cfg.Endpoints) != 1 || len(cfg.Endpoints[0].Backend) != 1 {
				t.Fatalf("endpoints: %+v", cfg.Endpoints)
			}
			endpoint, backend := cfg.Endpoints[0], cfg.Endpoints[0].Backend[0]
			if endpoint.Endpoint != chatPath || endpoint.Method != "POST" || endpoint.OutputEncoding != "no-op" || backend.Encoding != "no-op" {
				t.Errorf("endpoint %+v", endpoint)
			}
			if len(backend.Host) != 1 || backend.Host[0] != tc.host {
				t.Errorf("host %q, want %q", backend.Host, tc.host)
			}
			for _, h := range endpoint.HeadersToPass {
				if strings.EqualFold(h, "Authorization") || h == "*" {
					t.Errorf("the caller's %q goes to the provider", h)
				}
			}
			extra, err := json.Marshal(backend.ExtraConfig)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []any{"Bearer " + tc.env["LLM_API_KEY"], []string{"redact-request", "redact-response"}} {
				text, err := json.Marshal(want)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Contains(extra, text) {
					t.Errorf("%s is missing in %s", text, extra)
				}
			}
		})
	}
}

// A gateway without the provider's key must not start.
func TestConfigNeedsAKey(t *testing.T) {
	for _, key := range []string{"", "  "} {
		_, logged, err := parseConfig(t, map[string]string{"LLM_API_KEY": key})
		if err == nil || !strings.Contains(logged, "LLM_API_KEY is not set") {
			t.Errorf("key %q: error %v, log %q", key, err, logged)
		}
	}
}

// KrakenD reads a template that fails as if it were the configuration itself. If
// it were valid JSON, the gateway would run with "{{ ... }}" for a key.
func TestTemplateIsNoConfiguration(t *testing.T) {
	raw, err := os.ReadFile("../../" + configFile)
	if err != nil {
		t.Fatal(err)
	}
	if json.Valid(raw) {
		t.Errorf("%s is valid JSON before it is rendered", configFile)
	}
}
