package check

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// TestNoFalseAlarms: what this repository ships is as it should be.
func TestNoFalseAlarms(t *testing.T) {
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	plugins := t.TempDir()
	for _, name := range []string{"redact.so", "response-body.so", "body-generator.so"} {
		write(t, plugins, name, "")
	}
	t.Setenv("PLUGIN_FOLDER", plugins)
	for _, key := range []string{"LLM_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"} {
		t.Setenv(key, "sk-proj-Zq8Xk2mNp4Rt6Vw9Yb1Cd3Ef5Gh7Jk0Lm2Np4Qr6St8Uv")
	}
	krakend := filepath.Join(root, "krakend")
	got := Run([]string{krakend, filepath.Join(root, "deploy"), filepath.Join(root, "docker-compose.yml"), filepath.Join(root, "Dockerfile")}, Options{
		Folder:   root,
		Flexible: config.Flexible{Settings: krakend + "/settings", Partials: krakend + "/partials", Templates: krakend + "/templates"},
	})
	for _, f := range got.Findings {
		t.Errorf("%+v", f)
	}
	checked := map[string]bool{}
	for _, file := range got.Files {
		checked[file] = true
	}
	for _, pattern := range []string{"krakend/*.json", "krakend/scenarios/*.json", "krakend/policies/*.json", "deploy/docker/Dockerfile", "deploy/kubernetes/*.yaml", "docker-compose.yml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if _, err := os.Stat(file); err == nil && !checked[file] {
				t.Errorf("%s was not checked", file)
			}
		}
	}
}
