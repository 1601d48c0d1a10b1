package compose

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// composeV2 is built where the machine has no Compose 2. Newer ones have replace
// directives, which `go install` refuses.
const composeV2 = "github.com/docker/compose/v2/cmd@v2.32.4"

// variant is one generation of Docker Compose.
type variant struct {
	name string
	// find returns its command, or says why there is none.
	find func() ([]string, error)
}

// variants looks for both generations; dir is where a program may be built.
func variants(t *testing.T) []variant {
	t.Helper()
	dir := t.TempDir()
	install := sync.OnceValues(func() ([]string, error) {
		if _, err := docker("compose", "version"); err == nil {
			return []string{"docker", "compose"}, nil
		}
		if strings.HasPrefix(versionOf("docker-compose"), "2.") {
			return []string{"docker-compose"}, nil
		}
		_, err := command("", []string{"GOBIN=" + dir, "GOFLAGS="}, "go", "install", composeV2)
		return []string{filepath.Join(dir, "cmd")}, err
	})
	done := make(chan struct{})
	go func() { // takes minutes, and the stand-ins mostly wait for downloads
		defer close(done)
		_, _ = install()
	}()
	t.Cleanup(func() { <-done })
	return []variant{
		{"docker-compose 1.29", func() ([]string, error) {
			if version := versionOf("docker-compose"); !strings.HasPrefix(version, "1.") {
				return nil, fmt.Errorf("docker-compose is of version %q", version)
			}
			return []string{"docker-compose"}, nil
		}},
		{"docker compose 2", install},
	}
}

// versionOf is empty for a program that is not there.
func versionOf(program string) string {
	out, err := exec.Command(program, "version", "--short").Output()
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
}
