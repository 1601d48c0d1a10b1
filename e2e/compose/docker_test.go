// Package compose tests docker-compose.yml as it stands: real containers, both
// generations of Docker Compose, and what only several hosts show. It needs a
// Docker engine; images that cannot be pulled are replaced by local stand-ins of
// the same names for as long as the test runs.
package compose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// root is the repository.
const root = "../.."

// command runs a program and returns what it printed.
func command(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(cleanEnv(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, &out)
	}
	return out.String(), nil
}

// cleanEnv is the environment without what would change the stack.
func cleanEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		for _, prefix := range []string{"COMPOSE_", "GATEWAY_", "KRAKEND_", "BUILDER_IMAGE=", "PROMETHEUS_IMAGE=", "POSTGRES_IMAGE=", "CONSOLE_", "REDACT_"} {
			if strings.HasPrefix(entry, prefix) {
				return true
			}
		}
		return false
	})
}

// docker runs the Docker client and returns what it printed, without the line end.
func docker(args ...string) (string, error) {
	out, err := command("", nil, "docker", args...)
	return strings.TrimSpace(out), err
}

func mustDocker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := docker(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// needDocker skips the test where it cannot or should not run.
func needDocker(t *testing.T) {
	t.Helper()
	if os.Getenv("COMPOSE_E2E") == "" {
		t.Skip("it builds images for minutes; `make test-compose` runs it")
	}
	if _, err := docker("version"); err != nil {
		t.Skipf("no Docker engine answers: %v", err)
	}
}

// container is what `docker inspect` tells.
type container struct {
	ID    string
	State struct {
		Status   string
		ExitCode int
		Health   struct{ Status string }
	}
	Config     struct{ User string }
	HostConfig struct {
		ReadonlyRootfs bool
		CapDrop        []string
		SecurityOpt    []string
		PortBindings   map[string][]struct {
			HostIP string `json:"HostIp"`
		}
	}
	NetworkSettings struct {
		Networks map[string]struct{ IPAddress string }
		Ports    map[string][]struct{ HostPort string }
	}
}

func inspect(t *testing.T, id string) container {
	t.Helper()
	var all []container
	if err := json.Unmarshal([]byte(mustDocker(t, "inspect", id)), &all); err != nil || len(all) != 1 {
		t.Fatalf("docker inspect: %v", err)
	}
	return all[0]
}

// await waits for what takes long on a busy machine.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !happened(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
