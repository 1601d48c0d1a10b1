package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// policyText is a policy with a name and a version.
func policyText(name string, version int) string {
	return fmt.Sprintf(`{"name": %q, "version": "%d", "redaction_rules": [{"name": "password", "pattern": "hunter\\d+", "examples": {"match": ["hunter2"]}}]}`, name, version)
}

func open(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "published")
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, dir
}

// tree returns all paths below a folder.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var paths []string
	if err := filepath.Walk(dir, func(path string, _ os.FileInfo, err error) error {
		paths = append(paths, strings.TrimPrefix(path, dir))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(paths, " ")
}

func TestWhatIsPublishedIsWhatAGatewayReads(t *testing.T) {
	f, dir := open(t)
	text := policyText("llm", 1)
	file, err := f.Policy("llm", text)
	if err != nil {
		t.Fatal(err)
	}
	proxyFile, err := f.Proxy("POST /v1/chat", "llm", text)
	if err != nil {
		t.Fatal(err)
	}
	if file != "policies/llm.json" || proxyFile != "proxies/post-v1-chat-cb3991b7.json" || proxyFile != ProxyFile("POST /v1/chat") {
		t.Errorf("the files are %s and %s", file, proxyFile)
	}
	checked, err := Check("llm", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, proxyFile} {
		p, err := policy.Load(filepath.Join(dir, name))
		if err != nil || p.Name != "llm" || p.Version != "1" || p.Digest != checked.Digest {
			t.Errorf("a gateway reads %+v, %v", p, err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != 0o640 {
			t.Errorf("the mode is %v, %v", info.Mode(), err)
		}
	}
	if got, want := tree(t, dir), " /policies /policies/llm.json /proxies /proxies/post-v1-chat-cb3991b7.json"; got != want {
		t.Errorf("the folder holds%s", got)
	}
}

func TestABrokenPolicyIsNeverPublished(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("terms.txt", []byte("project bluebird\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, dir := open(t)
	if _, err := f.Policy("llm", policyText("llm", 1)); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	for name, test := range map[string]struct {
		text string
		want strictjson.Error
	}{
		"not JSON":         {`{"name": "llm" "hunter2"}`, strictjson.Error{}},
		"a field":          {`{"name": "llm", "hunter": 2, "packs": ["default"]}`, strictjson.Error{Field: "hunter"}},
		"a pattern":        {`{"name": "llm", "redaction_rules": [{"name": "password", "pattern": "hunter2("}]}`, strictjson.Error{Rule: "password", Field: "redaction_rules[0].pattern"}},
		"an example":       {`{"name": "llm", "redaction_rules": [{"name": "password", "pattern": "a", "examples": {"match": ["hunter2"]}}]}`, strictjson.Error{Rule: "password"}},
		"no rule":          {`{"name": "llm"}`, strictjson.Error{Field: "redaction_rules"}},
		"no name":          {`{"packs": ["default"]}`, strictjson.Error{Field: "name"}},
		"another name":     {policyText("hunter2", 1), strictjson.Error{Field: "name"}},
		"a file elsewhere": {`{"name": "llm", "deny_terms": {"file": "` + secret + `"}}`, strictjson.Error{Field: "deny_terms.file"}},
		"a file above":     {`{"name": "llm", "deny_terms": {"file": "x/../../secret.txt"}}`, strictjson.Error{Field: "deny_terms.file"}},
		"a key elsewhere":  {`{"name": "llm", "hash_key_file": "/dev/zero", "packs": ["default"]}`, strictjson.Error{Field: "hash_key_file"}},
		"too large":        {policyText("llm", 1) + strings.Repeat(" ", MaxPolicy), strictjson.Error{}},
	} {
		_, err := f.Policy("llm", test.text)
		_, second := f.Proxy("chat", "llm", test.text)
		var got *strictjson.Error
		if !errors.As(err, &got) || second == nil || second.Error() != err.Error() {
			t.Errorf("%s: %v and %v", name, err, second)
			continue
		}
		if got.File != "policies/llm.json" || got.Reason == "" || got.Remedy == "" ||
			test.want.Rule != "" && got.Rule != test.want.Rule || test.want.Field != "" && got.Field != test.want.Field {
			t.Errorf("%s: %+v", name, got)
		}
		if name != "another name" && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error holds a value: %v", name, err)
		}
	}
	if after := tree(t, dir); after != before {
		t.Errorf("the folder holds%s", after)
	}
	if p, err := policy.Load(filepath.Join(dir, "policies/llm.json")); err != nil || p.Version != "1" {
		t.Errorf("the old version is gone: %v", err)
	}
	if _, err := f.Policy("terms", `{"name": "terms", "deny_terms": {"file": "terms.txt"}}`); err != nil {
		t.Errorf("a file in the working folder: %v", err)
	}
}

func TestNoNameLeavesTheFolder(t *testing.T) {
	f, dir := open(t)
	names := []string{
		"../../etc/passwd", "..", ".", "/etc/passwd", "a/b", `a\b`, "a%2fb", "CON", "chat.json", "Chat", "chat", "chat-", "-chat",
		"GET /v1/chat", "get-v1-chat", "GET /v1-chat", slug("GET /v1/chat"), "ünï", "<script>", strings.Repeat("x", 500), strings.Repeat("x", 501), "a\x00b", "", " ", "$(id)",
	}
	safe := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,80}$`)
	seen := map[string]string{}
	for _, name := range names {
		s := slug(name)
		if !safe.MatchString(s) {
			t.Errorf("%q becomes %q", name, s)
		}
		if other, taken := seen[s]; taken {
			t.Errorf("%q and %q become %q", name, other, s)
		}
		seen[s] = name
		if _, err := f.Proxy(name, "llm", policyText("llm", 1)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, proxies)); err != nil || len(entries) != len(names) {
		t.Errorf("%d files for %d proxies, %v", len(entries), len(names), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) != 1 {
		t.Errorf("something was written beside the folder: %v, %v", entries, err)
	}
}

func TestALinkDoesNotLeadOut(t *testing.T) {
	f, dir := open(t)
	outside := t.TempDir()
	if err := os.Remove(filepath.Join(dir, proxies)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, proxies)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Proxy("chat", "llm", policyText("llm", 1)); err == nil {
		t.Error("it was written")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("outside stand %v, %v", entries, err)
	}
}

// TestWhoReadsSeesAWholePolicy reads while versions are published.
func TestWhoReadsSeesAWholePolicy(t *testing.T) {
	f, dir := open(t)
	if _, err := f.Policy("llm", policyText("llm", 0)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	done := make(chan bool)
	// The second is as another program that publishes, such as policy import.
	other, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, folder := range []*Folder{f, other} {
		wg.Go(func() {
			for version := range 50 {
				// Of different lengths: half a text behind another one would show.
				if _, err := folder.Policy("llm", policyText("llm", version)+strings.Repeat(" ", 1000*(version%20))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() {
		defer close(done)
		wg.Wait()
	}()
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
			if _, err := policy.Load(filepath.Join(dir, "policies/llm.json")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := tree(t, dir), " /policies /policies/llm.json /proxies"; got != want {
		t.Errorf("left are%s, want%s", got, want)
	}
}
