package config

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	flexibleconfig "github.com/krakend/krakend-flexibleconfig/v2"
	"github.com/luraproject/lura/v2/config"
)

// Flexible are the folders of KrakenD's flexible configuration.
type Flexible struct{ Settings, Partials, Templates string }

// Rendered is what a document was rendered from.
type Rendered struct {
	// Template is the file that was rendered.
	Template string
	// File is what the rendered text was written to, empty if it was not.
	File    string
	text    []byte
	sources []source
	lines   []string
	// written are the lines of all sources.
	written map[string]bool
}

// source is a file that takes part in rendering.
type source struct {
	file string
	text string
	// lines are trimmed.
	lines []string
}

// IsTemplate tells whether a text is one that KrakenD has to render.
func IsTemplate(text []byte) bool { return bytes.Contains(text, []byte("{{")) }

// Render renders a template as KrakenD does with FC_ENABLE, and writes the result
// to a file if one is named. The result may hold what the environment holds, so
// only its owner can read that file.
func Render(template string, flexible Flexible, to string) (*Rendered, []byte, error) {
	r := &Rendered{Template: template, File: to, written: map[string]bool{}}
	// KrakenD's library tells its errors to the log alone, and goes on with the
	// template as it is.
	var said bytes.Buffer
	log.SetOutput(&said)
	flags := log.Flags()
	log.SetFlags(0)
	defer func() { log.SetOutput(os.Stderr); log.SetFlags(flags) }()
	read := config.ParserFunc(func(file string) (config.ServiceConfig, error) {
		if file == template {
			return config.ServiceConfig{}, fmt.Errorf("%s", strings.TrimSpace(said.String()))
		}
		var err error
		r.text, err = os.ReadFile(file)
		return config.ServiceConfig{}, err
	})
	_, err := flexibleconfig.NewTemplateParser(flexibleconfig.Config{
		Parser: read, Settings: flexible.Settings, Partials: flexible.Partials, Templates: flexible.Templates,
	}).Parse(template)
	if err != nil {
		return nil, nil, err
	}
	if err := r.readSources(flexible); err != nil {
		return nil, nil, err
	}
	for _, line := range strings.Split(string(r.text), "\n") {
		r.lines = append(r.lines, strings.TrimSpace(line))
	}
	if to != "" {
		if err := writePrivate(to, r.text); err != nil {
			return nil, nil, err
		}
	}
	return r, r.text, nil
}

func writePrivate(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err = f.Chmod(0o600); err == nil {
		_, err = f.Write(text)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// readSources reads all files that can take part.
func (r *Rendered) readSources(flexible Flexible) error {
	files := []string{r.Template}
	for _, folder := range []string{flexible.Templates, flexible.Partials, flexible.Settings} {
		if folder == "" {
			continue
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if file := filepath.Join(folder, e.Name()); e.Type().IsRegular() && file != filepath.Clean(r.Template) {
				files = append(files, file)
			}
		}
	}
	for _, file := range files {
		text, err := readLimited(file)
		if err != nil {
			return err
		}
		s := source{file: file, text: text}
		for _, line := range strings.Split(text, "\n") {
			s.lines = append(s.lines, strings.TrimSpace(line))
			r.written[strings.TrimSpace(line)] = true
		}
		r.sources = append(r.sources, s)
	}
	return nil
}

// maxSource bounds a file that takes part in rendering: 16 MiB.
const maxSource = 16 << 20

func readLimited(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSource))
	return string(text), err
}

// Written tells whether a text stands in one of the files as it is, and did not
// come from the environment.
func (r *Rendered) Written(text string) bool {
	return slices.ContainsFunc(r.sources, func(s source) bool { return strings.Contains(s.text, text) })
}

// origin leads from a place in the rendered text to where it was written, as far
// as that can be told from the lines. Otherwise the place is in the rendered text,
// or the template's first line if nobody can look at that.
func (r *Rendered) origin(at Place) Place {
	line := r.lines[at.Line-1]
	same := func(l string) bool { return l == line }
	if place, ok := r.find(at.Line, same, same); ok && len(strings.Trim(line, "{}[],: ")) > 0 {
		return place
	}
	// What a template fills in differs; what stands before it does not.
	if key := fieldName.FindString(line); key != "" {
		filled := func(l string) bool { return strings.HasPrefix(l, key) && !r.written[l] }
		open := func(l string) bool { return strings.HasPrefix(l, key) && strings.Contains(l, "{{") }
		if place, ok := r.find(at.Line, filled, open); ok {
			return place
		}
	}
	if r.File != "" {
		at.File = r.File
		return at
	}
	return Place{r.Template, 1, 1}
}

var fieldName = regexp.MustCompile(`^"[^"]+" *: *`)

// find looks for the line of a source that a rendered line was written in: where
// the template itself has as many that fit as the rendered text, the one of the
// same number, or else the only one that fits.
func (r *Rendered) find(line int, rendered, fits func(string) bool) (Place, bool) {
	all, before := 0, 0
	for i, l := range r.lines {
		if rendered(l) {
			if all++; i < line-1 {
				before++
			}
		}
	}
	var inTemplate, elsewhere []Place
	for _, s := range r.sources {
		for i, l := range s.lines {
			if !fits(l) {
				continue
			}
			if place := (Place{s.file, i + 1, 1}); s.file == r.Template {
				inTemplate = append(inTemplate, place)
			} else {
				elsewhere = append(elsewhere, place)
			}
		}
	}
	switch {
	case before < all && len(inTemplate) == all:
		return r.indented(inTemplate[before]), true
	case before < all && len(inTemplate)+len(elsewhere) == 1:
		return r.indented(append(inTemplate, elsewhere...)[0]), true
	}
	return Place{}, false
}

// indented moves a place to where the line's text begins.
func (r *Rendered) indented(p Place) Place {
	for _, s := range r.sources {
		if s.file == p.File {
			whole := strings.Split(s.text, "\n")[p.Line-1]
			p.Column += len(whole) - len(strings.TrimLeft(whole, " \t"))
		}
	}
	return p
}
