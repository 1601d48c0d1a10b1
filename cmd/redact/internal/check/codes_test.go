package check

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/modifiers"
)

var update = flag.Bool("update", false, "write docs/checks anew")

const pages = "../../../../docs/checks/"

// inExample is the folder of an example: its file, and what it may name.
func inExample(t *testing.T, e Example, text string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, "policy.json", `{ "unmask_for_user": true, "redaction_rules": [{ "name": "Order", "pattern": "order \\d+" }] }`)
	write(t, folder, "body.tmpl", `{{ .req_body | toJson }}`)
	for _, name := range []string{"redact.so", "response-body.so", "body-generator.so"} {
		write(t, folder, "plugins/"+name, "")
	}
	if !e.Missing {
		write(t, folder, e.File, strings.Replace(frames[e.In], "%s", text, 1))
	}
	return folder
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestExamples: each code is found in the example on its page, and nothing at all
// in the corrected one.
func TestExamples(t *testing.T) {
	for _, code := range Codes() {
		t.Run(code.ID, func(t *testing.T) {
			folder := inExample(t, code.Example, code.Example.Wrong)
			file := filepath.Join(folder, code.Example.File)
			got := Run([]string{file}, Options{Folder: folder})
			i := slices.IndexFunc(got.Findings, func(f Finding) bool { return f.Code == code.ID })
			if i < 0 {
				t.Fatalf("not found; got %+v", got.Findings)
			}
			f := got.Findings[i]
			if f.File != file || f.Line < 1 || f.Column < 1 || f.Severity != code.Severity || f.Reason == "" || f.Remedy == "" {
				t.Errorf("incomplete: %+v", f)
			}
			if code.Example.Missing {
				return
			}
			folder = inExample(t, code.Example, code.Example.Right)
			got = Run([]string{filepath.Join(folder, code.Example.File)}, Options{Folder: folder})
			for _, f := range got.Findings {
				t.Errorf("in the corrected example: %+v", f)
			}
		})
	}
}

func TestCodesAreInOrder(t *testing.T) {
	var ids []string
	for _, c := range Codes() {
		ids = append(ids, c.ID)
	}
	if !sort.StringsAreSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("%v", ids)
	}
}

// TestPages: docs/checks is what redact explain prints.
func TestPages(t *testing.T) {
	want := map[string]string{"README.md": Index()}
	for _, c := range Codes() {
		want[c.ID+".md"] = c.Page()
	}
	if *update {
		if err := os.RemoveAll(pages); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			write(t, pages, name, text)
		}
	}
	entries, err := os.ReadDir(pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(pages + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != want[e.Name()] {
			t.Errorf("%s is not what the code says (go test ./internal/check -update writes it anew)", e.Name())
		}
		delete(want, e.Name())
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

// TestModifiersAreThoseThatRegister: the names that the check knows are those
// that KrakenD gets to know.
func TestModifiersAreThoseThatRegister(t *testing.T) {
	got := map[string]bool{}
	note := func(name string, _ func(map[string]interface{}) func(interface{}) (interface{}, error), onRequests, _ bool) {
		got[name] = onRequests
	}
	(&modifiers.Redact{}).RegisterModifiers(note)
	(&modifiers.ResponseBody{}).RegisterModifiers(note)
	(&modifiers.BodyGenerator{}).RegisterModifiers(note)
	want := map[string]bool{}
	for _, m := range ours {
		want[m.name] = m.onRequests
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("they register %v, the check knows %v", got, want)
	}
}
