// Package check finds mistakes in policies, in KrakenD configurations and in the
// files that start KrakenD in containers, before they run. It reads policies and
// settings with the very code of the gateway, and adds what only an onlooker can
// say: what works, but not as it was meant.
//
// It knows nothing of how its findings are printed, and no finding holds the
// value of a secret.
package check

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// Severity is how bad a finding is.
type Severity string

// The severities. An error stops the gateway or lets data pass unmasked; a
// warning is likely to be a mistake; an info is worth knowing.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is a mistake with its place.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	// Line and Column count from 1, columns in characters.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Pointer is the JSON pointer into the file, or into what KrakenD renders
	// from it. Empty in files that are no JSON, and for the whole document.
	Pointer string `json:"pointer"`
	Reason  string `json:"reason"`
	Remedy  string `json:"remedy"`
}

// Options say how files are checked.
type Options struct {
	// Folder is KrakenD's working folder, where relative paths start. Default:
	// the one of this process.
	Folder string
	// Paths say where folders of the gateway's machine are found on this one.
	Paths []Mapping
	// Flexible are the folders for templates.
	Flexible config.Flexible
	// Rendered is the file that a rendered template is written to, empty for
	// none.
	Rendered string
	// Enterprise tells that the gateway is KrakenD Enterprise.
	Enterprise bool
	// CompiledIn tells that the gateway is krakend-redact, which needs no plugin.
	CompiledIn bool
}

// Mapping is a folder of the gateway's machine and where it is found here.
type Mapping struct{ From, To string }

// Result is what was checked and found.
type Result struct {
	Files    []string  `json:"files"`
	Findings []Finding `json:"findings"`
}

// Count returns how many findings have a severity.
func (r Result) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Run checks files, and in folders those that it knows by name and content.
func Run(paths []string, o Options) Result {
	c := &checker{Options: o, policies: map[string]string{}}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			c.folder(path)
		} else {
			c.file(path, true)
		}
	}
	slices.SortStableFunc(c.result.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Code, b.Code))
	})
	c.result.Findings = slices.Compact(c.result.Findings)
	if c.result.Findings == nil {
		c.result.Findings = []Finding{}
	}
	return c.result
}

type checker struct {
	Options
	result Result
	// policies are those that were checked, by path: what can be read of them.
	policies map[string]string
}

// folder checks what it knows in a folder and below, but in hidden ones.
func (c *checker) folder(root string) {
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && strings.HasPrefix(e.Name(), "."):
			return filepath.SkipDir
		case e.Type().IsRegular():
			c.file(path, false)
		}
		return nil
	})
	if err != nil {
		c.unreadable(root, err)
	}
}

// maxFile bounds a file that is checked: 64 MiB.
const maxFile = 64 << 20

// file checks a file. asked tells that somebody named this very file.
func (c *checker) file(path string, asked bool) {
	kind := kindOfName(path)
	if kind == unknownKind && !asked {
		return
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxFile {
		err = errors.New("it is larger than 64 MiB")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		c.unreadable(path, err)
		return
	}
	switch kind {
	case dockerfile:
		c.checked(path)
		c.dockerfile(path, string(text))
	case yamlFile:
		c.yaml(path, text, asked)
	default:
		c.json(path, text, asked)
	}
}

func (c *checker) checked(path string) { c.result.Files = append(c.result.Files, path) }

func (c *checker) unreadable(path string, err error) {
	var why *fs.PathError
	if errors.As(err, &why) {
		err = why.Err
	}
	c.add("KR001", config.Place{File: path, Line: 1, Column: 1}, "", "cannot be read: "+err.Error(), "")
}

// json checks a policy or a KrakenD configuration.
func (c *checker) json(path string, text []byte, asked bool) {
	doc, err := config.Parse(path, text)
	kind := unknownKind
	if err == nil {
		kind = kindOf(doc.Root)
	}
	if kind != policyKind && config.IsTemplate(text) && (asked || looksLikeRoot(text)) {
		c.template(path)
		return
	}
	var syntax *config.SyntaxError
	switch {
	case errors.As(err, &syntax) && !asked && config.IsTemplate(text):
	case errors.As(err, &syntax):
		c.checked(path)
		c.add("KR002", doc.At(syntax.Offset), "", syntax.Reason, "")
	case kind == policyKind:
		c.policyFile(doc)
	case kind == krakendKind:
		c.checked(path)
		c.krakend(doc)
	case asked:
		c.checked(path)
		c.at("KR003", doc, doc.Root, "is neither a policy nor a configuration of KrakenD", "")
	}
}

// template renders a template and checks the result.
func (c *checker) template(path string) {
	c.checked(path)
	rendered, text, err := config.Render(path, c.Flexible, c.Rendered)
	if err != nil {
		place := config.Place{File: path, Line: 1, Column: 1}
		reason := withoutSecrets(err.Error())
		if at, ok := placeInTemplate(reason, path); ok {
			place = at
		}
		c.add("KR004", place, "", "cannot be rendered: "+reasonOf(reason), "")
		return
	}
	doc, err := config.Parse(path, text)
	doc.Rendered = rendered
	var syntax *config.SyntaxError
	if errors.As(err, &syntax) {
		c.add("KR002", doc.OriginOf(syntax.Offset), "", "what KrakenD renders from it "+syntax.Reason, "")
		return
	}
	if kindOf(doc.Root) != krakendKind {
		c.add("KR003", config.Place{File: path, Line: 1, Column: 1}, "", "what KrakenD renders from it is no configuration of KrakenD", "")
		return
	}
	c.krakend(doc)
}

// at notes a finding at a node. Without a remedy it gets the code's.
func (c *checker) at(code string, doc *config.Document, n *config.Node, reason, remedy string) {
	c.add(code, doc.PlaceOf(n), n.Pointer(), reason, remedy)
}

func (c *checker) add(code string, place config.Place, pointer, reason, remedy string) {
	known, _ := Lookup(code)
	c.result.Findings = append(c.result.Findings, Finding{
		Code: code, Severity: known.Severity, File: place.File, Line: place.Line, Column: place.Column, Pointer: pointer,
		Reason: reason, Remedy: cmp.Or(remedy, known.Remedy),
	})
}

// resolve returns where a path of a configuration is found on this machine.
func (c *checker) resolve(path string) string {
	for _, m := range c.Paths {
		if rest, ok := strings.CutPrefix(path, m.From); ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(m.From, "/")) {
			return filepath.Join(m.To, rest)
		}
	}
	if c.Folder == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Folder, path)
}
