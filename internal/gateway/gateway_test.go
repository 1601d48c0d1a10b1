package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/core"
	"github.com/luraproject/lura/v2/logging"
	"github.com/luraproject/lura/v2/proxy"
)

// testClient has a transport of its own because lura replaces the default one when it
// starts.
var testClient = &http.Client{Transport: &http.Transport{}}

// The gateway of these tests is started once: lura, gin and the telemetry keep
// process-wide state.
var gatewayURL, metricsURL, statsURL string

func TestMain(m *testing.M) {
	os.Exit(runWithGateway(m))
}

func runWithGateway(m *testing.M) int {
	upstream := httptest.NewServer(http.HandlerFunc(serveUpstream))
	defer upstream.Close()

	ports := freePorts(4)
	for name, value := range map[string]string{
		"TEST_PORT":         ports[0],
		"TEST_METRICS_PORT": ports[1],
		"TEST_STATS_PORT":   ports[2],
		"TEST_REVOKER_PORT": ports[3],
		"TEST_UPSTREAM":     upstream.URL,
		"TEST_JWK":          filepath.Join("testdata", "jwk.json"),
	} {
		os.Setenv(name, value)
	}
	gatewayURL = "http://127.0.0.1:" + ports[0]
	metricsURL = "http://127.0.0.1:" + ports[1] + "/metrics"
	statsURL = "http://127.0.0.1:" + ports[2] + "/__stats"

	stampVersion()
	registerEncodings()
	registerAliases()
	cfg, err := newParser(testEnvironment).Parse(filepath.Join("testdata", "everything.json"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "parsing the configuration:", err)
		return 1
	}

	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		newExecutor(ctx, []Modifiers{compiledIn{}})(cfg)
		close(stopped)
	}()
	defer func() {
		stop()
		<-stopped
	}()

	if !eventually(func() bool {
		resp, err := testClient.Get(gatewayURL + "/__health")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}) {
		fmt.Fprintln(os.Stderr, "the gateway did not start")
		return 1
	}
	return m.Run()
}

// testEnvironment turns flexible configuration on for this package alone.
func testEnvironment(name string) string {
	return map[string]string{
		"FC_ENABLE":   "1",
		"FC_SETTINGS": filepath.Join("testdata", "settings"),
		"FC_PARTIALS": filepath.Join("testdata", "partials"),
	}[name]
}

func serveUpstream(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/xml":
		io.WriteString(w, `<note><to>ada</to></note>`)
	case "/rss":
		io.WriteString(w, `<rss version="2.0"><channel><title>news</title></channel></rss>`)
	case "/token":
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token":"from-upstream","token_type":"Bearer","expires_in":600}`)
	default:
		http.Error(w, "down", http.StatusServiceUnavailable)
	}
}

// compiledIn has the shape of a modifier plugin's exported symbol.
type compiledIn struct{}

var givenAsLogger = make(chan interface{}, 1)

func (compiledIn) RegisterLogger(v interface{}) {
	givenAsLogger <- v
}

func (compiledIn) RegisterModifiers(register func(
	name string,
	factory func(map[string]interface{}) func(interface{}) (interface{}, error),
	appliesToRequest, appliesToResponse bool,
),
) {
	register("test-request", func(map[string]interface{}) func(interface{}) (interface{}, error) {
		return func(v interface{}) (interface{}, error) {
			return modifiedRequest{v.(proxy.RequestWrapper)}, nil
		}
	}, true, false)
	register("test-response", func(map[string]interface{}) func(interface{}) (interface{}, error) {
		return func(v interface{}) (interface{}, error) {
			return modifiedResponse{v.(proxy.ResponseWrapper)}, nil
		}
	}, false, true)
}

type modifiedRequest struct{ proxy.RequestWrapper }

func (modifiedRequest) Headers() map[string][]string {
	return map[string][]string{"X-Modified": {"yes"}}
}

type modifiedResponse struct{ proxy.ResponseWrapper }

func (r modifiedResponse) Data() map[string]interface{} {
	return map[string]interface{}{"wrapped": r.ResponseWrapper.Data()}
}

// TestComponents sends requests whose answers tell that each component did its
// part: the backends of most endpoints are the gateway's own echo endpoint.
func TestComponents(t *testing.T) {
	token := signedToken(t)

	tests := []struct {
		name    string
		method  string
		path    string
		body    string
		headers map[string]string

		status    int
		contains  []string
		wantHeads map[string]string
	}{
		{
			name:   "lua, CEL, JSON schema, martian and rate limits on the way to a backend",
			method: http.MethodPost, path: "/stack", body: `{"prompt":"hi"}`,
			headers: map[string]string{"Content-Type": "application/json"},
			status:  http.StatusOK,
			contains: []string{
				`"req_body":"{\"prompt\":\"hi\"}"`,
				`"X-Service-Lua":["yes"]`, `"X-Endpoint-Lua":["yes"]`, `"X-Proxy-Lua":["yes"]`, `"X-Backend-Lua":["yes"]`,
				`"X-Martian":["yes"]`, `"User-Agent":["KrakenD Version 2.12.1"]`,
			},
			wantHeads: map[string]string{
				"X-Krakend": "Version 2.12.1", "X-Krakend-Completed": "true", "Cache-Control": "public, max-age=1",
				"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
			},
		},
		{
			name:   "JSON schema refuses",
			method: http.MethodPost, path: "/stack", body: `{"question":"hi"}`,
			headers: map[string]string{"Content-Type": "application/json"},
			status:  http.StatusBadRequest, contains: []string{"prompt"},
		},
		{
			name:   "bot detector of an endpoint",
			method: http.MethodPost, path: "/stack", body: `{"prompt":"hi"}`,
			headers: map[string]string{"User-Agent": "worse-bot"},
			status:  http.StatusForbidden,
		},
		{
			name: "bot detector of the service", path: "/no-op",
			headers: map[string]string{"User-Agent": "bad-bot"},
			status:  http.StatusForbidden,
		},
		{name: "no token", path: "/private", status: http.StatusUnauthorized},
		{
			name: "signed token", path: "/private",
			headers: map[string]string{"Authorization": "Bearer " + token},
			status:  http.StatusOK, contains: []string{`"X-User":["ada"]`},
		},
		{name: "no-op", path: "/no-op", status: http.StatusOK, contains: []string{`{"req_uri":"/__echo/no-op"`}},
		{
			name: "sequential", path: "/sequential", status: http.StatusOK,
			contains: []string{`"req_uri":"/__echo/first"`, `"req_uri":"/__echo/GET"`},
		},
		{name: "XML and RSS backends", path: "/feeds", status: http.StatusOK, contains: []string{`"note":{"to":"ada"}`, `"title":"news"`}},
		{
			name: "XML answer", path: "/xml", status: http.StatusOK,
			contains: []string{"<req_method>GET</req_method>"}, wantHeads: map[string]string{"Content-Type": "application/xml"},
		},
		{name: "client credentials", path: "/authorized", status: http.StatusOK, contains: []string{`"Authorization":["Bearer from-upstream"]`}},
		{name: "GraphQL", path: "/graphql", status: http.StatusOK, contains: []string{`{\"query\":\"{ answer }\"}`}},
		{name: "status and body of a failing backend", path: "/broken", status: http.StatusServiceUnavailable, contains: []string{"down"}},
		{
			name: "CORS", path: "/no-op",
			headers: map[string]string{"Origin": "https://console.example"},
			status:  http.StatusOK, wantHeads: map[string]string{"Access-Control-Allow-Origin": "https://console.example"},
		},
		{
			name: "error body of no endpoint", path: "/nowhere", status: http.StatusNotFound,
			contains: []string{`{"error":"no such endpoint"}`}, wantHeads: map[string]string{"X-Krakend-Completed": "false"},
		},
		{
			name: "error body of another method", method: http.MethodDelete, path: "/no-op", status: http.StatusMethodNotAllowed,
			contains: []string{`{"error":"no such method"}`},
		},
		{
			name: "compiled-in modifiers without a plugin block", path: "/modified", status: http.StatusOK,
			contains: []string{`{"wrapped":{`, `"X-Modified":["yes"]`},
		},
	}

	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			method := tc.method
			if method == "" {
				method = http.MethodGet
			}
			status, heads, body := send(t, method, gatewayURL+tc.path, tc.body, tc.headers)
			if status != tc.status {
				t.Errorf("status %d, want %d; body: %s", status, tc.status, body)
			}
			for _, want := range tc.contains {
				if !strings.Contains(body, want) {
					t.Errorf("body lacks %s: %s", want, body)
				}
			}
			for name, want := range tc.wantHeads {
				if got := heads.Get(name); got != want {
					t.Errorf("header %s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestRateLimit(t *testing.T) {
	send(t, http.MethodGet, gatewayURL+"/limited", "", nil)
	status, _, _ := send(t, http.MethodGet, gatewayURL+"/limited", "", nil)
	if status != http.StatusServiceUnavailable {
		t.Errorf("status %d beyond the limit, want %d", status, http.StatusServiceUnavailable)
	}
}

func TestModifiersGetTheLogger(t *testing.T) {
	select {
	case v := <-givenAsLogger:
		givenAsLogger <- v
		if _, ok := v.(logging.Logger); !ok {
			t.Errorf("RegisterLogger was called with a %T", v)
		}
	default:
		t.Error("RegisterLogger was not called")
	}
}

func TestTelemetryReports(t *testing.T) {
	send(t, http.MethodGet, gatewayURL+"/no-op", "", nil)
	for url, want := range map[string]string{
		metricsURL: "http_client_duration",
		statsURL:   "krakend.proxy.latency.layer.pipe.name./no-op",
	} {
		if !eventually(func() bool {
			_, _, body := send(t, http.MethodGet, url, "", nil)
			return strings.Contains(body, want)
		}) {
			t.Errorf("%s lacks %s", url, want)
		}
	}
}

func TestVersionIsStamped(t *testing.T) {
	if core.KrakendVersion != Version || core.KrakendHeaderValue != "Version "+Version {
		t.Errorf("version %q, header %q", core.KrakendVersion, core.KrakendHeaderValue)
	}
}

func TestAliasesAreApplied(t *testing.T) {
	for alias, namespace := range aliases {
		extra := config.ExtraConfig{alias: "settings"}
		extra.Normalize()
		if extra[namespace] != "settings" {
			t.Errorf("%s does not become %s: %v", alias, namespace, extra)
		}
	}
}

// TestNamespacesAreDocumented keeps docs/krakend-build.md complete, in both
// directions of the question "does this build have it?".
func TestNamespacesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "krakend-build.md"))
	if err != nil {
		t.Fatal(err)
	}
	for alias := range aliases {
		if !bytes.Contains(doc, []byte("`"+alias+"`")) {
			t.Errorf("%s is in, but not documented", alias)
		}
	}
	for name := range leftOut {
		if !bytes.Contains(doc, []byte("`"+name+"`")) {
			t.Errorf("%s is left out, but not documented", name)
		}
		if _, ok := aliases[name]; ok {
			t.Errorf("%s is both in and left out", name)
		}
	}
}

func TestLeftOutComponentsAreReported(t *testing.T) {
	var log bytes.Buffer
	logger, err := logging.NewLogger("WARNING", &log, "")
	if err != nil {
		t.Fatal(err)
	}
	warnLeftOut(config.ServiceConfig{
		ExtraConfig: config.ExtraConfig{"telemetry/opencensus": nil, "telemetry/logging": nil},
		Endpoints: []*config.EndpointConfig{{
			Endpoint: "/e",
			Backend: []*config.Backend{{
				URLPattern:  "/b",
				ExtraConfig: config.ExtraConfig{"github.com/devopsfaith/krakend-lambda": nil},
			}},
		}},
		AsyncAgents: []*config.AsyncAgent{{}},
	}, logger)

	for _, want := range []string{
		"[SERVICE] telemetry/opencensus is not part of this build",
		"[BACKEND: /e -> /b] github.com/devopsfaith/krakend-lambda is not part of this build",
		"async_agents are not part of this build",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "telemetry/logging") {
		t.Errorf("an included component is reported:\n%s", log.String())
	}
}

func TestTestPlugin(t *testing.T) {
	notAPlugin := filepath.Join(t.TempDir(), "not-a-plugin.so")
	if err := os.WriteFile(notAPlugin, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		files    []string
		expected []pluginKind
		says     string
	}{
		{"no file", nil, []pluginKind{modifierPlugins}, "At least one plugin is required."},
		{"no kind", []string{notAPlugin}, nil, "You must declare the expected type of the plugin."},
		{"no such file", []string{"nowhere.so"}, []pluginKind{modifierPlugins}, "[KO] Unable to open the plugin nowhere.so."},
		{"not a plugin", []string{notAPlugin}, []pluginKind{clientPlugins}, "[KO] CLIENT\tnot-a-plugin.so: "},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var said strings.Builder
			say := func(line string) { said.WriteString(line + "\n") }
			if testPlugins(context.Background(), say, tc.files, tc.expected) {
				t.Error("reported as loadable")
			}
			if !strings.Contains(said.String(), tc.says) {
				t.Errorf("said %q, want %q", said.String(), tc.says)
			}
		})
	}
}

// signedToken asks the endpoint with auth/signer for a token.
func signedToken(t *testing.T) string {
	t.Helper()
	_, _, body := send(t, http.MethodGet, gatewayURL+"/token", "", nil)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("no token in %s: %v", body, err)
	}
	return answer.Token
}

func send(t *testing.T, method, url, body string, headers map[string]string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := testClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(content)
}

func eventually(ok func() bool) bool {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return false
}

// freePorts holds all ports until it has enough, so that they differ.
func freePorts(n int) []string {
	ports := make([]string, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Fprintln(os.Stderr, "no free port:", err)
			os.Exit(1)
		}
		defer l.Close()
		ports[i] = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
