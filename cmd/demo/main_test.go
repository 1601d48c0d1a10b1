package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain makes the test binary double as a gateway, good or bad, and as a console.
func TestMain(m *testing.M) {
	switch mode := os.Getenv("DEMO_FAKE_GATEWAY"); {
	case mode == "":
		os.Exit(m.Run())
	case os.Args[1] == "run":
		fakeGateway(mode)
	default:
		fakeConsole(mode)
	}
}

func fakeConsole(mode string) {
	if mode == "console dies" {
		fmt.Fprintln(os.Stderr, "cannot open the database")
		os.Exit(1)
	}
	if os.Args[1] != "serve" {
		fmt.Println("rdc_" + os.Args[1])
		return
	}
	http.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	fmt.Println(http.ListenAndServe(os.Args[3], nil))
}

func fakeGateway(mode string) {
	fmt.Println("\x1b[32mfake gateway\x1b[0m mode", mode)
	for name, want := range map[string]string{
		"FC_ENABLE": "1", "FC_SETTINGS": "krakend/settings", "FC_PARTIALS": "krakend/partials", "FC_TEMPLATES": "", "GATEWAY_LISTEN_IP": "127.0.0.1",
		"REDACT_INGEST_TOKEN": "rdc_ingest-token",
	} {
		if got := os.Getenv(name); got != want {
			fmt.Printf("%s is %q\n", name, got)
			os.Exit(3)
		}
	}
	if want := []string{"run", "-c", "krakend/krakend.json"}; !slices.Equal(os.Args[1:], want) {
		fmt.Println("arguments are", os.Args[1:])
		os.Exit(3)
	}
	switch mode {
	case "dies":
		fmt.Println("cannot read the policy")
		os.Exit(1)
	case "mute":
		time.Sleep(time.Minute) // much longer than the demo waits
	}

	var mask, restore []string
	for i, s := range secrets {
		p := fmt.Sprintf("[REDACTED_X_%d]", i)
		mask, restore = append(mask, s, p), append(restore, p, s)
	}
	if mode == "leaks" {
		mask = nil
	}
	if mode == "leaks escaped" {
		mask[1] = `super\u005fs3cr3t_password`
	}
	if mode == "does not restore" {
		restore = nil
	}
	http.HandleFunc("GET /__health", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("POST "+chatPath, func(w http.ResponseWriter, r *http.Request) {
		if mode == "refuses" {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		req, err := http.NewRequest("POST", os.Getenv("LLM_HOST")+chatPath, strings.NewReader(strings.NewReplacer(mask...).Replace(string(body))))
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+os.Getenv("LLM_API_KEY"))
		if mode == "leaks in a header" {
			req.Header.Set("X-Note", strings.ToUpper(secrets[0]))
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			return
		}
		_, _ = io.WriteString(w, strings.NewReplacer(restore...).Replace(string(answer)))
		if mode == "dies later" {
			time.AfterFunc(100*time.Millisecond, func() { os.Exit(4) })
		}
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Getenv("GATEWAY_PORT"), nil))
}

// syncBuffer can be read while the demo writes to it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// trial is a demo in an empty repository with the test binary as the gateway.
type trial struct {
	d        demo
	out, err syncBuffer
	env      map[string]string
}

func newTrial(t *testing.T, mode string) *trial {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "krakend"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Dir(filepath.Join(dir, policyFile)), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{configFile, policyFile} {
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("DEMO_FAKE_GATEWAY", mode)
	t.Setenv("FC_TEMPLATES", "elsewhere") // must not reach the gateway
	tr := &trial{env: map[string]string{
		"KRAKEND_BIN":  self,
		"CONSOLE_BIN":  self,
		"GATEWAY_PORT": freePort(t),
		"LLM_PORT":     freePort(t),
		"CONSOLE_PORT": freePort(t),
	}}
	tr.d = demo{out: &tr.out, err: &tr.err, getenv: func(k string) string { return tr.env[k] }, width: 80}
	return tr
}

func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// mustBeStopped fails if one of the demo's ports still answers.
func (tr *trial) mustBeStopped(t *testing.T) {
	t.Helper()
	for _, name := range []string{"GATEWAY_PORT", "LLM_PORT", "CONSOLE_PORT"} {
		ln, err := net.Listen("tcp", "127.0.0.1:"+tr.env[name])
		if err != nil {
			t.Errorf("%s is still in use: %v", name, err)
			continue
		}
		ln.Close()
	}
}

func TestOnce(t *testing.T) {
	tr := newTrial(t, "good")
	if status := tr.d.run(t.Context(), []string{"-once"}); status != 0 {
		t.Fatalf("exit status %d: %s%s", status, &tr.out, &tr.err)
	}
	out := tr.out.String()
	sent, rest, _ := strings.Cut(out, "2. What the LLM received")
	got, back, ok := strings.Cut(rest, "3. What the user got back")
	if !ok {
		t.Fatalf("three panes expected:\n%s", out)
	}
	for i, secret := range secrets {
		p := fmt.Sprintf("[REDACTED_X_%d]", i)
		if !strings.Contains(sent, secret) || !strings.Contains(got, p) || strings.Contains(got, secret) || !strings.Contains(back, secret) {
			t.Errorf("%s is not where it should be:\n%s", secret, out)
		}
	}
	if !strings.Contains(got, "Bearer sk-mock") || strings.Contains(sent, "Bearer") {
		t.Errorf("the key should show with the LLM only:\n%s", out)
	}
	if strings.Contains(out, "curl") || strings.Contains(out, "\x1b") {
		t.Errorf("curl or colours, neither was asked for:\n%q", out)
	}
	tr.mustBeStopped(t)
}

func TestStaysUpUntilInterrupted(t *testing.T) {
	tr := newTrial(t, "good")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	status := make(chan int, 1)
	go func() { status <- tr.d.run(ctx, nil) }()
	for start := time.Now(); !strings.Contains(tr.out.String(), "Ctrl-C"); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 30*time.Second {
			t.Fatalf("not up:\n%s%s", &tr.out, &tr.err)
		}
	}
	for _, want := range []string{
		"curl -s http://127.0.0.1:" + tr.env["GATEWAY_PORT"] + chatPath,
		"curl -s http://127.0.0.1:" + tr.env["LLM_PORT"] + "/received",
		"the console is at http://127.0.0.1:" + tr.env["CONSOLE_PORT"] + "\nLog in with this token: rdc_token\n",
	} {
		if !strings.Contains(tr.out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &tr.out)
		}
	}
	resp, err := http.Get("http://127.0.0.1:" + tr.env["GATEWAY_PORT"] + "/__health")
	if err != nil {
		t.Fatalf("the gateway is not up: %v", err)
	}
	resp.Body.Close()
	interrupt()
	select {
	case s := <-status:
		if s != 0 {
			t.Errorf("exit status %d: %s", s, &tr.err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("does not stop")
	}
	tr.mustBeStopped(t)
}

func TestSaysWhatWentWrong(t *testing.T) {
	for _, tc := range []struct {
		mode string
		args []string
		want []string
	}{
		{"leaks", []string{"-once"}, []string{"NOT AS IT SHOULD BE", "the LLM saw super_s3cr3t_password", "the LLM saw bob@example.org", "fake gateway mode leaks"}},
		{"leaks escaped", []string{"-once"}, []string{"NOT AS IT SHOULD BE", "the LLM saw super_s3cr3t_password"}},
		{"leaks in a header", []string{"-once"}, []string{"NOT AS IT SHOULD BE", "the LLM saw super_s3cr3t_password"}},
		{"does not restore", []string{"-once"}, []string{"NOT AS IT SHOULD BE", "the user saw [REDACTED_X_1]", "the user did not get bob@example.org back"}},
		{"refuses", []string{"-once"}, []string{"NOT AS IT SHOULD BE", "the gateway answered 502 Bad Gateway", "the LLM received 0 requests"}},
		{"leaks", nil, []string{"NOT AS IT SHOULD BE"}}, // does not stay up either
		{"dies", nil, []string{"demo: the gateway has stopped: exit status 1", "cannot read the policy"}},
		{"dies later", nil, []string{"As it should be", "demo: the gateway has stopped: exit status 4"}},
		{"console dies", nil, []string{"token failed: exit status 1", "cannot open the database"}},
		{"mute", []string{"-patience", "2s"}, []string{"/__health does not answer after 2s", "  fake gateway mode mute\n"}},
	} {
		t.Run(tc.mode, func(t *testing.T) {
			tr := newTrial(t, tc.mode)
			status := tr.d.run(t.Context(), tc.args)
			all := tr.out.String() + tr.err.String()
			if status != 1 {
				t.Errorf("exit status %d, want 1", status)
			}
			for _, want := range tc.want {
				if !strings.Contains(all, want) {
					t.Errorf("%q is missing in\n%s", want, all)
				}
			}
			if strings.Contains(all, "As it should be") != slices.Contains(tc.want, "As it should be") {
				t.Errorf("the verdict is wrong:\n%s", all)
			}
			tr.mustBeStopped(t)
		})
	}
}

func TestInterruptedWhileStarting(t *testing.T) {
	tr := newTrial(t, "mute")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if status := tr.d.run(ctx, nil); status != 1 || tr.err.String() != "demo: interrupted\n" {
		t.Errorf("exit status %d, %q", status, &tr.err)
	}
	tr.mustBeStopped(t)
}

func TestPortInUse(t *testing.T) {
	for _, name := range []string{"GATEWAY_PORT", "LLM_PORT", "CONSOLE_PORT"} {
		t.Run(name, func(t *testing.T) {
			tr := newTrial(t, "good")
			taken, err := net.Listen("tcp", "127.0.0.1:"+tr.env[name])
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			status := tr.d.run(t.Context(), []string{"-once"})
			got := tr.err.String()
			if status != 1 || !strings.HasPrefix(got, "demo: port "+tr.env[name]+" is already in use; ") || !strings.Contains(got, "make run "+name+"=") || strings.Count(got, "\n") != 1 {
				t.Errorf("exit status %d, %q", status, got)
			}
		})
	}
}

func TestBadSettings(t *testing.T) {
	for _, tc := range []struct {
		name   string
		env    map[string]string
		args   []string
		status int
		want   string
	}{
		{"no number", map[string]string{"GATEWAY_PORT": "http"}, nil, 2, `demo: GATEWAY_PORT="http" is no port`},
		{"number out of range", map[string]string{"LLM_PORT": "65536"}, nil, 2, `demo: LLM_PORT="65536" is no port`},
		{"flag out of range", nil, []string{"-gateway-port", "0"}, 2, "demo: -gateway-port 0 is no port"},
		{"other flag out of range", nil, []string{"-llm-port", "-1"}, 2, "demo: -llm-port -1 is no port"},
		{"same port", nil, []string{"-gateway-port", "9300", "-llm-port", "9300"}, 2, "demo: gateway, LLM stand-in and console need different ports: they are 9300, 9300 and "},
		{"argument", nil, []string{"once"}, 2, `demo: unexpected argument "once"`},
		{"no gateway", map[string]string{"KRAKEND_BIN": "bin/nothing"}, nil, 1, "demo: bin/nothing is missing; run `make build` first, and start the demo in the repository's root"},
		{"no console", map[string]string{"CONSOLE_BIN": "bin/nothing"}, nil, 1, "demo: bin/nothing is missing; run `make build` first, and start the demo in the repository's root"},
		{"gateway is no program", map[string]string{"KRAKEND_BIN": configFile}, nil, 1, "demo: cannot start the gateway: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := newTrial(t, "good")
			for k, v := range tc.env {
				tr.env[k] = v
			}
			status := tr.d.run(t.Context(), tc.args)
			if got := tr.err.String(); status != tc.status || !strings.HasPrefix(got, tc.want) || strings.Count(got, "\n") != 1 {
				t.Errorf("exit status %d, %q; want %d, %q", status, got, tc.status, tc.want)
			}
		})
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var tl tail
	for i := range 5000 {
		fmt.Fprintf(&tl, "line %d\n", i)
	}
	lines := tl.lines()
	if len(lines) != tailLines || lines[0] != "line 4980" || lines[tailLines-1] != "line 4999" || len(tl.end) > tailBytes {
		t.Errorf("%d lines, %q to %q, %d bytes", len(lines), lines[0], lines[len(lines)-1], len(tl.end))
	}
}
