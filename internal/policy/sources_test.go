package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Every file that a policy is read from is told, the missing ones too, and the
// digest depends on what each of them holds and on which of them holds it.
func TestSources(t *testing.T) {
	dir := t.TempDir()
	main, terms, key := filepath.Join(dir, "p.json"), filepath.Join(dir, "terms"), filepath.Join(dir, "key")
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	digests := map[string]string{}
	look := func(step string, wantErr bool, wantFiles ...string) *policy.Policy {
		t.Helper()
		p, sources, err := policy.LoadSources(main)
		if (err != nil) != wantErr {
			t.Fatalf("%s: %v", step, err)
		}
		if !reflect.DeepEqual(sources.Files, wantFiles) {
			t.Errorf("%s: files %q, want %q", step, sources.Files, wantFiles)
		}
		digest := sources.Digest()
		if len(digest) != 12 || strings.Trim(digest, "0123456789abcdef") != "" {
			t.Errorf("%s: digest %q", step, digest)
		}
		if earlier, known := digests[digest]; known {
			t.Errorf("%s has the digest of %s", step, earlier)
		}
		digests[digest] = step
		if p != nil && p.Digest != digest {
			t.Errorf("%s: the policy's digest is %s, not %s", step, p.Digest, digest)
		}
		return p
	}
	look("no file", true, main)
	write(main, `{"hash_key_file":"`+key+`","deny_terms":{"file":"`+terms+`"}}`)
	look("no named file", true, main, key, terms)
	write(key, strings.Repeat("k", 16))
	look("no terms", true, main, key, terms)
	write(terms, "Atlas")
	p := look("all files", false, main, key, terms)
	write(terms, "Titan")
	look("other terms", false, main, key, terms)
	write(key, strings.Repeat("q", 16))
	look("other key", false, main, key, terms)
	write(main, `{"hash_key_file":"`+key+`", "deny_terms":{"file":"`+terms+`"}}`)
	look("another space", false, main, key, terms)
	write(main, `{`)
	look("broken", true, main)

	write(main, `{"hash_key_file":"`+key+`","deny_terms":{"file":"`+terms+`"}}`)
	write(terms, "Atlas")
	write(key, strings.Repeat("k", 16))
	alone := []byte(`{"packs":["pii"]}`)
	sum := sha256.Sum256(alone)
	if p, err := policy.Parse("inline", "inline", alone); err != nil || p.Digest != hex.EncodeToString(sum[:6]) {
		t.Errorf("alone: %+v, %v", p, err)
	}
	if again, err := policy.Load(main); err != nil || again.Digest != p.Digest {
		t.Errorf("the same files have the digests %s and %s, %v", p.Digest, again.Digest, err)
	}
}
