package compose

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	chatPath   = "/v1/chat/completions"
	policyFile = "krakend/policies/guarded.json"
	pluginPath = "/opt/krakend-redact/bin/plugins"
)

// shipped is what docker-compose.yml and `make compose-demo` take from the repository.
var shipped = []string{
	"docker-compose.yml", "Dockerfile", ".dockerignore", "Makefile", "go.mod", "go.sum",
	"cmd", "compat", "console", "deploy", "internal", "krakend", "modifiers", "plugins",
}

// stack is one project of Docker Compose on a copy of the repository, so that a
// test may break files.
type stack struct {
	dir     string
	compose []string
	project string
	env     []string
}

func newStack(t *testing.T, compose []string) *stack {
	t.Helper()
	s := &stack{dir: t.TempDir(), compose: compose, project: "redact-e2e-" + strings.ToLower(rand.Text()[:8])}
	for _, name := range shipped {
		if err := copyTo(filepath.Join(s.dir, name), filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	// A range, so that there is a port for a second gateway.
	first := freePorts(t)
	s.env = []string{
		"COMPOSE_PROJECT_NAME=" + s.project, fmt.Sprintf("GATEWAY_PORT=%d-%d", first, first+1),
		fmt.Sprintf("CONSOLE_PORT=%d", freePorts(t)),
		// One builder for both generations: what one has built, the other need not.
		"DOCKER_BUILDKIT=0",
	}
	t.Cleanup(func() {
		if t.Failed() {
			out, _ := s.try("logs", "--tail=100")
			t.Log(out)
		}
		down := []string{"--profile", "demo", "down", "--rmi", "local", "--remove-orphans", "--timeout", "2"}
		if _, err := s.try(down...); err != nil {
			// Compose 2 removes all names of one image at once, over which Docker 20.10
			// stumbles now and then: "unrecognized image ID".
			if _, err := s.try(down...); err != nil {
				t.Error(err)
			}
		}
		// Compose 2 leaves what its images were made from.
		if _, err := docker("image", "prune", "-f", "--filter", "label=org.opencontainers.image.title=krakend-redact"); err != nil {
			t.Error(err)
		}
	})
	return s
}

func copyTo(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, info.Mode())
}

// freePorts returns the first of two ports in a row.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		a, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := a.Addr().(*net.TCPAddr).Port
		b, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+1))
		a.Close()
		if err == nil {
			b.Close()
			return port
		}
	}
	t.Fatal("no two free ports in a row")
	return 0
}

// try runs a command of Docker Compose.
func (s *stack) try(args ...string) (string, error) {
	return command(s.dir, s.env, s.compose[0], append(s.compose[1:len(s.compose):len(s.compose)], args...)...)
}

func (s *stack) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := s.try(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// containers are those of a service, running or not; of all services if empty.
func (s *stack) containers(t *testing.T, service string) []container {
	t.Helper()
	args := []string{"ps", "-aq", "--filter", "label=com.docker.compose.project=" + s.project}
	if service != "" {
		args = append(args, "--filter", "label=com.docker.compose.service="+service)
	}
	var all []container
	for _, id := range strings.Fields(mustDocker(t, args...)) {
		all = append(all, inspect(t, id))
	}
	return all
}

// the returns the only container of a service.
func (s *stack) the(t *testing.T, service string) container {
	t.Helper()
	all := s.containers(t, service)
	if len(all) != 1 {
		t.Fatalf("%d containers of %s", len(all), service)
	}
	return all[0]
}

// up starts everything and waits until it is healthy.
func (s *stack) up(t *testing.T, args ...string) {
	t.Helper()
	s.run(t, append([]string{"up", "-d"}, args...)...)
	await(t, "all containers are healthy", func() bool {
		for _, c := range s.containers(t, "") {
			if c.State.Status != "running" || c.State.Health.Status != "healthy" {
				return false
			}
		}
		return true
	})
}

// inside is the address of a service on the network that is not published; this
// machine reaches it, as it is Docker's host.
func (s *stack) inside(t *testing.T, service string, port int) string {
	t.Helper()
	for name, network := range s.the(t, service).NetworkSettings.Networks {
		if strings.HasSuffix(name, "_inside") {
			return fmt.Sprintf("http://%s:%d", network.IPAddress, port)
		}
	}
	t.Fatalf("%s is not on the network inside", service)
	return ""
}

// published are the addresses of the gateways, as their users know them.
func (s *stack) published(t *testing.T) (urls []string) {
	t.Helper()
	for _, c := range s.containers(t, "gateway") {
		if ports := c.NetworkSettings.Ports["8080/tcp"]; len(ports) > 0 {
			urls = append(urls, "http://127.0.0.1:"+ports[0].HostPort)
		}
	}
	if len(urls) == 0 {
		t.Fatal("no gateway is published")
	}
	return urls
}

// received are the bodies that arrived at the LLM since the last call.
func (s *stack) received(t *testing.T) (bodies []string) {
	t.Helper()
	url := s.inside(t, "llm", 8081) + "/received"
	var all []struct{ Body string }
	if err := json.Unmarshal(request(t, http.MethodGet, url), &all); err != nil {
		t.Fatal(err)
	}
	request(t, http.MethodDelete, url)
	for _, r := range all {
		bodies = append(bodies, r.Body)
	}
	return bodies
}

// login gets a token of the identity provider.
func (s *stack) login(t *testing.T) string {
	t.Helper()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(request(t, http.MethodPost, s.inside(t, "idp", 8082)+"/token"), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Token
}

// request asks a program other than the gateway.
func request(t *testing.T, method, url string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s, %v", method, url, resp.Status, err)
	}
	return raw
}
