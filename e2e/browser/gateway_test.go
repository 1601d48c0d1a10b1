package browser

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// password is what the seed's user tells nobody but the model.
const password = "super_s3cr3t_password"

// gateway is a running KrakenD with an LLM behind it.
type gateway struct {
	url string
	got chan string // what the LLM gets
}

// quote is an LLM that quotes its user.
func (g *gateway) quote(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	var body struct{ Messages []struct{ Content string } }
	if err != nil || json.Unmarshal(raw, &body) != nil || len(body.Messages) == 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	g.got <- string(raw)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(obj{"object": "chat.completion", "choices": []obj{{
		"index": 0, "finish_reason": "stop", "message": obj{"role": "assistant", "content": "You said: " + body.Messages[0].Content},
	}}})
}

// startGateway starts a gateway whose policy is what the console publishes for a
// proxy, and which tells the console what it does.
func startGateway(t *testing.T, c *console, proxy string) *gateway {
	t.Helper()
	g := &gateway{got: make(chan string, 1)}
	llm := httptest.NewServer(http.HandlerFunc(g.quote))
	t.Cleanup(llm.Close)
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	g.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	config, err := json.Marshal(obj{
		"version": 3, "port": port, "listen_ip": "127.0.0.1", "plugin": obj{"folder": bin.plugins, "pattern": ".so"},
		"extra_config": obj{"telemetry/logging": obj{"level": "DEBUG", "stdout": true}},
		"endpoints": []obj{{
			"endpoint": "/v1/chat/completions", "method": "POST", "output_encoding": "no-op",
			"input_headers": []string{"Content-Type", "Authorization", "X-Request-Id"},
			"backend": []obj{{
				"url_pattern": "/v1/chat/completions", "host": []string{llm.URL}, "encoding": "no-op",
				"extra_config": obj{"plugin/req-resp-modifier": obj{
					"name": []string{"redact-request", "redact-response"},
					"redact": obj{
						"policy": "published/proxies/" + proxy + ".json", "proxy": proxy, "reload_interval": "1s",
						"audit": obj{
							"gateway": "eu-1", "console": obj{"url": c.url, "token_file": token, "spool": filepath.Join(dir, "spool")},
						},
						"alerts": obj{"min_severity": "medium"},
					},
				}},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "krakend.json")
	for name, text := range map[string]string{file: string(config), token: ingestToken} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bin.gateway, "run", "-c", file)
	cmd.Dir = filepath.Dir(c.publish)
	startProcess(t, "the gateway", cmd, func() string {
		for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
			if resp, err := http.Get(g.url + "/__health"); err == nil {
				_ = resp.Body.Close()
				return ""
			}
			if time.Now().After(deadline) {
				t.Fatal("the gateway does not answer")
			}
		}
	})
	return g
}

// tell sends the seed's curl and returns what the LLM got of it, and what the user
// got back.
func (g *gateway) tell(t *testing.T, id string) (llm, user string) {
	t.Helper()
	body := `{"model":"gpt-4","messages":[{"role":"user","content":"dont tell anyone, but my password is: ` + password + `"}]}`
	r, err := http.NewRequest(http.MethodPost, g.url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer your-api-key")
	r.Header.Set("X-Request-Id", id)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the gateway answers %s: %s, %v", resp.Status, answer, err)
	}
	return <-g.got, string(answer)
}
