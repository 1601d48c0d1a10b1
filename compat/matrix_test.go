package compat_test

import (
	"bytes"
	"encoding/base64"
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

	"github.com/krakend-redact/krakend-redact/compat"
)

// standIns are versions of lura that a host is built with where the release's own
// cannot be had from the Go module proxy. No plugin links lura, so it decides
// nothing about loading; what it calls a plugin with is the same in all of them.
var standIns = map[string]string{
	"v2.12.0":                               "v2.12.1",
	"v2.14.0":                               "v2.14.1",
	"v2.14.2-0.20260316170719-6d79b4ef723b": "v2.14.1",
}

const lura = "github.com/luraproject/lura/v2"

// matrix builds for one C library and processor.
type matrix struct {
	libc, arch string
	run        []string // what runs a program of that processor
	modcache   string   // under which the hosts are built
}

// TestMatrix builds, for each release named in MATRIX_RELEASES, the plugins as
// `make plugins` does and a host from that release's modules with its Go. The
// host's module cache has another path than the one that the plugins' modules are
// compiled in, as in the official KrakenD.
func TestMatrix(t *testing.T) {
	releases := strings.Fields(os.Getenv("MATRIX_RELEASES"))
	if len(releases) == 0 {
		t.Skip("SKIPPED: no releases named: `make test-matrix` runs this")
	}
	if len(releases) == 1 {
		t.Fatal("MATRIX_RELEASES must name two releases or more, or there is none to refuse")
	}
	m := matrix{
		libc:     os.Getenv("MATRIX_LIBC"),
		arch:     os.Getenv("MATRIX_ARCH"),
		run:      strings.Fields(os.Getenv("MATRIX_RUN")),
		modcache: linkedModcache(t),
	}
	hosts, plugins := map[string]string{}, map[string]string{}
	for _, release := range releases {
		plugins[release] = m.buildPlugins(t, release)
		hosts[release] = m.buildHost(t, release)
	}

	for i, release := range releases {
		t.Run(release, func(t *testing.T) {
			m.checkShared(t, release, hosts[release], plugins[release])
			m.testRequest(t, hosts[release], plugins[release])
			other := releases[(i+1)%len(releases)]
			m.testRefusal(t, hosts[release], plugins[other], pluginNames(t))
		})
	}
	t.Run("pins", func(t *testing.T) {
		newest := releases[len(releases)-1]
		m.testRefusal(t, hosts[newest], m.buildWithOurPins(t, newest), []string{"body-generator"})
	})
}

// linkedModcache returns a second path of the module cache. It stays from run to
// run, because Go compiles anew what lies under another path.
func linkedModcache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	link, err := filepath.Abs("../bin/matrix/modcache")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.Symlink(strings.TrimSpace(string(out)), link); err != nil {
		t.Fatal(err)
	}
	return link
}

// buildPlugins returns the folder with the release's plugins.
func (m matrix) buildPlugins(t *testing.T, release string) string {
	t.Helper()
	folder := t.TempDir()
	start := time.Now()
	cmd := exec.Command("./build.sh", release, m.libc, m.arch, folder)
	cmd.Env = append(os.Environ(), "MODCACHE="+m.modcache)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("plugins for %s: %v\n%s", release, err, out)
	}
	t.Logf("plugins for %s: %s", release, time.Since(start).Round(time.Second))
	return folder
}

// buildHost returns compat/host, built from the release's modules.
func (m matrix) buildHost(t *testing.T, release string) string {
	t.Helper()
	pins := allReleases(t)[release]
	versions := map[string]string{}
	for path, version := range pins.Modules {
		versions[path] = version
	}
	if nearest, ok := standIns[versions[lura]]; ok {
		t.Logf("host for %s: lura %s instead of %s", release, nearest, versions[lura])
		versions[lura] = nearest
	}
	host := filepath.Join(t.TempDir(), "host")
	start := time.Now()
	m.goBuild(t, compat.Release{Go: pins.Go, Modules: versions}, versions, "-o", host, "./host")
	t.Logf("host for %s: %s", release, time.Since(start).Round(time.Second))
	return host
}

// buildWithOurPins builds body-generator.so with the release's Go, but with the
// versions of this repository's go.mod.
func (m matrix) buildWithOurPins(t *testing.T, release string) string {
	t.Helper()
	ours, err := compat.PluginModules("..")
	if err != nil {
		t.Fatal(err)
	}
	pins := allReleases(t)[release]
	if c := conflictsOf(pins, ours); len(c) != 1 {
		t.Skipf("this repository's go.mod differs from KrakenD %s in %d modules, not in one: %v", release, len(c), c)
	}
	folder := t.TempDir()
	m.goBuild(t, compat.Release{Go: pins.Go}, ours, "-buildmode=plugin", "-o", folder+"/body-generator.so", "../plugins/body-generator")
	return folder
}

func conflictsOf(r compat.Release, modules map[string]string) []string {
	var c []string
	for path, version := range modules {
		if theirs := r.Modules[path]; theirs != "" && theirs != version {
			c = append(c, path+" "+version)
		}
	}
	return c
}

// goBuild builds under the overlay of a release, with its Go, in the second
// module cache.
func (m matrix) goBuild(t *testing.T, r compat.Release, modules map[string]string, args ...string) {
	t.Helper()
	overlay := filepath.Join(t.TempDir(), "overlay.mod")
	if err := os.WriteFile(overlay, []byte(r.Overlay(modules)), 0o600); err != nil {
		t.Fatal(err)
	}
	compilers := map[string]string{
		"glibc-amd64": "gcc",
		"musl-amd64":  "musl-gcc",
		"glibc-arm64": "aarch64-linux-gnu-gcc",
		"musl-arm64":  "aarch64-linux-musl-gcc",
	}
	cmd := exec.Command("go", append([]string{"build", "-mod=mod", "-modfile=" + overlay}, args...)...)
	cmd.Env = append(os.Environ(),
		"GOTOOLCHAIN=go"+r.Go, "GOMODCACHE="+m.modcache, "GOFLAGS=-buildvcs=false", "GOWORK=off",
		"CGO_ENABLED=1", "GOARCH="+m.arch, "CC="+compilers[m.libc+"-"+m.arch],
		// The checksum database does not know lura.
		"GONOSUMDB=github.com/luraproject/*,github.com/krakend/*,github.com/krakendio/*")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(cmd.Args[1:], " "), err, out)
	}
}

// checkShared holds the plugins against the release, and the host: it stands for
// the release only if it links what a plugin shares with that.
func (m matrix) checkShared(t *testing.T, release, host, plugins string) {
	t.Helper()
	linked := map[string]string{}
	for _, d := range readInfo(t, host).Deps {
		linked[d.Path] = d.Version
	}
	for _, name := range pluginNames(t) {
		target := compat.Target{KrakenD: release, LibC: m.libc, Arch: m.arch}
		file := filepath.Join(plugins, name+".so")
		info, err := target.Check(file)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, wrong := range []compat.Target{
			{KrakenD: release, LibC: other(m.libc, "glibc", "musl"), Arch: m.arch},
			{KrakenD: release, LibC: m.libc, Arch: other(m.arch, "amd64", "arm64")},
		} {
			if _, err := wrong.Check(file); err == nil {
				t.Errorf("%s.so passes for %s", name, wrong)
			}
		}
		shared := allReleases(t)[release].Shared(info)
		t.Logf("%s.so shares %d modules", name, len(shared))
		for _, s := range shared {
			if path, version, _ := strings.Cut(s, " "); linked[path] != version {
				t.Errorf("the host does not link %s, but %q", s, linked[path])
			}
		}
	}
}

func other(is, a, b string) string {
	if is == a {
		return b
	}
	return a
}

// testRequest sends one request through all plugins: body-generator makes the
// prompt, redact masks it and restores the answer, response-body changes a field.
func (m matrix) testRequest(t *testing.T, host, plugins string) {
	t.Helper()
	var prompt string
	llm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Prompt string }
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Errorf("the LLM received %q: %v", raw, err)
		}
		prompt = body.Prompt
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"answer": "Done: " + prompt, "model": "small"})
	}))
	defer llm.Close()

	address, stop := m.start(t, host, plugins, llm.URL)
	defer stop()
	answer := post(t, "http://"+address+"/chat", `{"text":"bob@example.org"}`)
	if want := "MAIL [REDACTED_EMAIL_1]"; prompt != want {
		t.Errorf("the LLM received %q, want %q", prompt, want)
	}
	if want := `{"answer":"Done: MAIL bob@example.org","model":"SMALL"}`; strings.TrimSpace(answer) != want {
		t.Errorf("the user got %s, want %s", answer, want)
	}
}

// refusals are what Go says when it does not load a plugin. The second ends the
// process: it is for a Go whose runtime lays its tables out in another way, so
// that not even the versions can be compared.
var refusals = []string{
	"plugin was built with a different version of package",
	"fatal error: runtime: no plugin module data",
}

// testRefusal wants the host to refuse each of the plugins and not to serve.
func (m matrix) testRefusal(t *testing.T, host, plugins string, names []string) {
	t.Helper()
	for _, name := range names {
		out, err := m.command(host, m.config(t, plugins, name+".so", "127.0.0.1:22999", "http://127.0.0.1:22998")).CombinedOutput()
		said := ""
		for _, r := range refusals {
			if strings.Contains(string(out), r) {
				said = r
			}
		}
		if err == nil || said == "" {
			t.Errorf("%s.so of another build should be refused (%v):\n%s", name, err, out)
			continue
		}
		t.Logf("%s.so of another build: %s", name, said)
	}
}

func (m matrix) command(host, config string) *exec.Cmd {
	args := append(append([]string{}, m.run...), host, config)
	return exec.Command(args[0], args[1:]...)
}

// start runs the host and waits until it serves.
func (m matrix) start(t *testing.T, host, plugins, llm string) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()

	var log bytes.Buffer
	cmd := m.command(host, m.config(t, plugins, ".so", address, llm))
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			t.Fatalf("the host ended: %v\n%s", err, log.String())
		case <-time.After(20 * time.Millisecond):
		}
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
	}
	return address, func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the host said:\n%s", log.String())
		}
	}
}

// config writes a configuration with all modifiers at one backend, which loads the
// plugins whose names hold the pattern.
func (m matrix) config(t *testing.T, plugins, pattern, address, llm string) string {
	t.Helper()
	type obj = map[string]any
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	template := `{{ dict "prompt" (print (upper "mail ") .req_body.text) | toJson }}`
	modifiers := obj{
		"name": []string{"modifier/request-body-generator", "redact-request", "redact-response", "modifier/response-body"},
		"modifier/request-body-generator": obj{
			"template": base64.StdEncoding.EncodeToString([]byte(template)),
		},
		"redact": obj{"policy": obj{
			"name": "matrix", "version": "1.0", "unmask_for_user": true,
			"redaction_rules": []obj{{"name": "Email", "pattern": `[a-z]+@[a-z.]+`, "replacement": "[REDACTED_EMAIL]"}},
		}},
		"modifier/response-body": obj{"modifiers": []obj{{"upper": obj{"field": "model"}}}},
	}
	raw, err := json.Marshal(obj{
		"version": 3, "listen_ip": host, "port": json.RawMessage(port),
		"plugin": obj{"folder": plugins + "/", "pattern": pattern},
		"endpoints": []obj{{
			"endpoint": "/chat", "method": "POST", "output_encoding": "no-op",
			"backend": []obj{{
				"host": []string{llm}, "url_pattern": "/", "method": "POST", "encoding": "no-op",
				"extra_config": obj{"plugin/req-resp-modifier": modifiers},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "krakend.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func post(t *testing.T, url, body string) string {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Error(fmt.Errorf("status %d: %w", resp.StatusCode, err))
	}
	return string(raw)
}
