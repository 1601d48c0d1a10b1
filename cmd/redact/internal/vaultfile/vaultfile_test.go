package vaultfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

func newKey(t *testing.T, file string) *Key {
	t.Helper()
	if err := NewKey(file, false); err != nil {
		t.Fatal(err)
	}
	key, err := ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testVault() *placeholder.Vault {
	v := placeholder.NewVault()
	v.Issue(placeholder.NewStem("[NAME]"), "Jane Doe", true, false)
	return v
}

func TestWriteAndRead(t *testing.T) {
	dir := t.TempDir()
	key := newKey(t, filepath.Join(dir, "key"))
	file := filepath.Join(dir, "vault")
	if err := Write(file, key, testVault(), false); err != nil {
		t.Fatal(err)
	}
	v, err := Read(file, key)
	if err != nil || v.Restorable() != 1 {
		t.Fatalf("%v, %v", v, err)
	}
	for _, name := range []string{"key", "vault"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	text, _ := os.ReadFile(file)
	if bytes.Contains(text, []byte("Jane")) {
		t.Error("the file holds a value")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".redact-*")); len(left) > 0 {
		t.Errorf("%v is left over", left)
	}
}

func TestReplacesOnlyByForce(t *testing.T) {
	dir := t.TempDir()
	key := newKey(t, filepath.Join(dir, "key"))
	file := filepath.Join(dir, "vault")
	if err := os.WriteFile(file, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{Write(file, key, testVault(), false), Check(file, false), NewKey(file, false)} {
		if err == nil || !strings.Contains(err.Error(), "exists") {
			t.Errorf("%v", err)
		}
	}
	if text, _ := os.ReadFile(file); string(text) != "precious" {
		t.Errorf("%q", text)
	}
	if err := errors.Join(Check(file, true), Write(file, key, testVault(), true)); err != nil {
		t.Error(err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	key, other := newKey(t, at("key")), newKey(t, at("other"))
	if err := Write(at("vault"), key, testVault(), false); err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(at("vault"))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, text []byte, mode os.FileMode) {
		if err := errors.Join(os.WriteFile(at(name), text, mode), os.Chmod(at(name), mode)); err != nil {
			t.Fatal(err)
		}
	}
	seal := func(c contents) []byte {
		var b bytes.Buffer
		w, _ := age.Encrypt(&b, key.identity.Recipient())
		_ = json.NewEncoder(w).Encode(c)
		_ = w.Close()
		return b.Bytes()
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := unseal(changed, key); err == nil {
			t.Fatalf("a change of byte %d goes unnoticed", i)
		}
	}
	file("world", sealed, 0o604)
	file("group", sealed, 0o640)
	file("short", sealed[:len(sealed)-1], 0o600)
	file("text", []byte("hello"), 0o600)
	file("later", seal(contents{format, 2, nil}), 0o600)
	file("foreign", seal(contents{"x", 1, nil}), 0o600)
	for name, want := range map[string]string{
		"world": "chmod 600", "group": "chmod 600", "short": ErrDamaged.Error(), "text": ErrDamaged.Error(),
		"later": "version 2", "foreign": ErrDamaged.Error(), "none": "no such file", ".": "it is no file",
	} {
		if _, err := Read(at(name), key); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(at("vault"), other); !errors.Is(err, ErrKey) {
		t.Errorf("another key: %v", err)
	}

	private, _ := os.ReadFile(at("key"))
	file("readable", private, 0o644)
	file("twice", append(private, private...), 0o600)
	file("broken", []byte("AGE-SECRET-KEY-1BROKEN"), 0o600)
	for name, want := range map[string]string{"readable": "chmod 600", "twice": "no single key", "broken": "no single key", "none": "no such file"} {
		if _, err := ReadKey(at(name)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "AGE-SECRET") {
			t.Errorf("key %s: %v", name, err)
		}
	}
	if err := NewKey(filepath.Join(dir, "no", "key"), false); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("no folder: %v", err)
	}
}
