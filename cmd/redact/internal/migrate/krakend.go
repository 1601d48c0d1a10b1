package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// plugin is KrakenD's namespace for request and response modifiers.
const plugin = "plugin/req-resp-modifier"

// onRequests are the namespaces of the Enterprise edition that change requests, and
// onAnswers those that change answers: docs/body-generator.md, docs/response-body.md.
var (
	onRequests = []string{"modifier/request-body-generator", "modifier/body-generator"}
	onAnswers  = []string{"modifier/response-body", "modifier/response-body-generator", contentReplacer}
)

func isEnterprise(name string) bool {
	return slices.Contains(onRequests, name) || slices.Contains(onAnswers, name)
}

// contentReplacer is a plugin in the Enterprise edition, too, which reads it nowhere
// else.
const contentReplacer = "content-replacer"

// ToPlugins moves the Enterprise edition's namespaces in a krakend.json into
// plugin/req-resp-modifier. Comments, order and spelling of everything else stay.
func ToPlugins(text []byte) (*Result, error) { return rewrite(text, toPlugin) }

// ToEnterprise is the way back.
func ToEnterprise(text []byte) (*Result, error) { return rewrite(text, toEnterprise) }

type converter func(r *Result, path string, extra *hujson.Object) (changed bool)

func rewrite(text []byte, convert converter) (*Result, error) {
	root, err := hujson.Parse(text)
	if err != nil {
		return nil, errors.New("is not valid JSON; render flexible configuration first (FC_OUT)")
	}
	r := &Result{}
	changed := eachExtra(&root, "", func(path string, extra *hujson.Object) bool { return convert(r, path, extra) })
	r.Text = root.Pack()
	if object, ok := root.Value.(*hujson.Object); ok && changed && index(object, "plugin") < 0 {
		r.Notes = append(r.Notes, Item{"plugin", `KrakenD loads plugins from where the root's "plugin" says: "plugin": {"folder": "/opt/krakend/plugins/", "pattern": ".so"}`})
	}
	return r, nil
}

// eachExtra visits every extra_config.
func eachExtra(v *hujson.Value, path string, visit func(path string, extra *hujson.Object) bool) (changed bool) {
	switch value := v.Value.(type) {
	case *hujson.Object:
		for i := range value.Members {
			m := &value.Members[i]
			at := strings.TrimPrefix(path+"."+nameOf(m), ".")
			if extra, ok := m.Value.Value.(*hujson.Object); ok && nameOf(m) == "extra_config" {
				changed = visit(at, extra) || changed
				continue
			}
			changed = eachExtra(&m.Value, at, visit) || changed
		}
	case *hujson.Array:
		for i := range value.Elements {
			changed = eachExtra(&value.Elements[i], fmt.Sprintf("%s[%d]", path, i), visit) || changed
		}
	}
	return changed
}

func nameOf(m *hujson.ObjectMember) string {
	literal, ok := m.Name.Value.(hujson.Literal)
	if !ok {
		return ""
	}
	return literal.String()
}

func index(o *hujson.Object, name string) int {
	return slices.IndexFunc(o.Members, func(m hujson.ObjectMember) bool { return nameOf(&m) == name })
}

// toPlugin moves Enterprise namespaces of one extra_config one level deeper.
func toPlugin(r *Result, path string, extra *hujson.Object) bool {
	for i := range extra.Members {
		if name := nameOf(&extra.Members[i]); config.EnterpriseOnly(name) && !isEnterprise(name) {
			r.Lost = append(r.Lost, Item{path + "." + name, "belongs to KrakenD Enterprise; the free edition ignores it without a word"})
		}
	}
	first := slices.IndexFunc(extra.Members, func(m hujson.ObjectMember) bool { return isEnterprise(nameOf(&m)) })
	if first < 0 {
		return false
	}
	defer keepTail(extra)()
	outer, inner := indents(extra, first)
	at := index(extra, plugin)
	if at < 0 {
		block := &hujson.Object{
			Members:    []hujson.ObjectMember{{Name: hujson.Value{BeforeExtra: inner, Value: hujson.String("name")}, Value: hujson.Value{BeforeExtra: blank(outer), Value: &hujson.Array{}}}},
			AfterExtra: outer,
		}
		extra.Members = slices.Insert(extra.Members, first, hujson.ObjectMember{
			Name: hujson.Value{BeforeExtra: outer, Value: hujson.String(plugin)}, Value: hujson.Value{BeforeExtra: blank(outer), Value: block},
		})
		at = first
	}
	block, ok := extra.Members[at].Value.Value.(*hujson.Object)
	var names *hujson.Array
	if ok {
		names = namesOf(block)
	}
	if names == nil {
		r.Lost = append(r.Lost, Item{path + "." + plugin, "has no list of names, so nothing can be added to it"})
		return false
	}
	changed := false
	kept := extra.Members[:0:0]
	moved := []hujson.ObjectMember{}
	for _, m := range extra.Members {
		name := nameOf(&m)
		switch {
		case !isEnterprise(name):
			kept = append(kept, m)
		case index(block, name) >= 0:
			r.Lost = append(r.Lost, Item{path + "." + name, "stands in " + plugin + " already"})
			kept = append(kept, m)
		default:
			shift(&m, inner, outer, indented)
			moved = append(moved, m)
			addName(names, name)
			changed = true
		}
	}
	extra.Members = kept
	restore := keepTail(block)
	block.Members = append(block.Members, moved...)
	restore()
	return changed
}

// addName adds a modifier to those that run, in an order in which requests are
// masked after a template has made them.
func addName(names *hujson.Array, name string) {
	at := len(names.Elements)
	if slices.Contains(onRequests, name) {
		if i := slices.IndexFunc(names.Elements, func(v hujson.Value) bool { return textOf(v) == "redact-request" }); i >= 0 {
			at = i
		}
	}
	element := hujson.Value{Value: hujson.String(name)}
	if at > 0 {
		element.BeforeExtra = hujson.Extra(" ")
		if len(names.Elements) > 1 {
			element.BeforeExtra = names.Elements[1].BeforeExtra
		}
	} else if len(names.Elements) > 0 {
		element.BeforeExtra = names.Elements[0].BeforeExtra
		names.Elements[0].BeforeExtra = hujson.Extra(" ")
		if len(names.Elements) > 1 {
			names.Elements[0].BeforeExtra = names.Elements[1].BeforeExtra
		}
	}
	if at == len(names.Elements) && at > 0 {
		last := &names.Elements[at-1]
		element.AfterExtra, last.AfterExtra = last.AfterExtra, nil
	}
	names.Elements = slices.Insert(names.Elements, at, element)
}

func textOf(v hujson.Value) string {
	literal, ok := v.Value.(hujson.Literal)
	if !ok || literal.Kind() != '"' {
		return ""
	}
	return literal.String()
}

// namesOf returns the list of modifiers, nil if there is none.
func namesOf(block *hujson.Object) *hujson.Array {
	i := index(block, "name")
	if i < 0 {
		return nil
	}
	names, _ := block.Members[i].Value.Value.(*hujson.Array)
	return names
}

// toEnterprise moves the namespaces in one plugin/req-resp-modifier out of it.
func toEnterprise(r *Result, path string, extra *hujson.Object) bool {
	at := index(extra, plugin)
	if at < 0 {
		return false
	}
	block, ok := extra.Members[at].Value.Value.(*hujson.Object)
	if !ok {
		return false
	}
	names := namesOf(block)
	if names == nil {
		return false
	}
	outer, inner := extra.Members[at].Name.BeforeExtra, block.AfterExtra
	if len(block.Members) > 0 {
		inner = block.Members[0].Name.BeforeExtra
	}
	isOurs := func(name string) bool {
		return isEnterprise(name) && name != contentReplacer && index(extra, name) < 0 && index(block, name) >= 0
	}
	defer keepTail(extra)()
	restore := keepTail(block)
	var moved []hujson.ObjectMember
	kept := block.Members[:0:0]
	for _, m := range block.Members {
		name := nameOf(&m)
		if !isOurs(name) || !slices.ContainsFunc(names.Elements, func(v hujson.Value) bool { return textOf(v) == name }) {
			if isEnterprise(name) && name != contentReplacer {
				r.Lost = append(r.Lost, Item{path + "." + plugin + "." + name, "is not in the list of names, or stands outside too"})
			}
			kept = append(kept, m)
			continue
		}
		shift(&m, inner, outer, dedented)
		m.Value.AfterExtra = nil
		moved = append(moved, m)
	}
	if len(moved) == 0 {
		restore()
		return false
	}
	block.Members = kept
	restore()
	restoreNames := keepTailOf(names)
	names.Elements = slices.DeleteFunc(names.Elements, func(v hujson.Value) bool {
		return slices.ContainsFunc(moved, func(m hujson.ObjectMember) bool { return nameOf(&m) == textOf(v) })
	})
	restoreNames()
	if len(names.Elements) == 0 && len(block.Members) == 1 {
		extra.Members = slices.Replace(extra.Members, at, at+1, moved...)
	} else {
		if len(names.Elements) > 0 {
			names.Elements[0].BeforeExtra = bytes.TrimLeft(names.Elements[0].BeforeExtra, " ")
		}
		extra.Members = slices.Insert(extra.Members, at+1, moved...)
	}
	return true
}

// keepTail keeps what stands behind the last member, such as a comma, at the end.
func keepTail(o *hujson.Object) (restore func()) {
	var tail hujson.Extra
	if n := len(o.Members); n > 0 {
		tail, o.Members[n-1].Value.AfterExtra = o.Members[n-1].Value.AfterExtra, nil
	}
	return func() {
		if n := len(o.Members); n > 0 {
			o.Members[n-1].Value.AfterExtra = tail
		}
	}
}

func keepTailOf(a *hujson.Array) (restore func()) {
	var tail hujson.Extra
	if n := len(a.Elements); n > 0 {
		tail, a.Elements[n-1].AfterExtra = a.Elements[n-1].AfterExtra, nil
	}
	return func() {
		if n := len(a.Elements); n > 0 {
			a.Elements[n-1].AfterExtra = tail
		}
	}
}

// indents returns the line ends and blanks before a member of an extra_config, and
// before what stands one level deeper. In an object on one line they are the same.
func indents(extra *hujson.Object, member int) (outer, inner hujson.Extra) {
	before := extra.Members[member].Name.BeforeExtra
	i := bytes.IndexByte(before, '\n')
	if i < 0 {
		return hujson.Extra(blanksOf(before)), hujson.Extra(blanksOf(before))
	}
	start := i
	if i > 0 && before[i-1] == '\r' {
		start--
	}
	// A comment may follow.
	blanks := before[i+1 : len(before)-len(bytes.TrimLeft(before[i+1:], " \t"))]
	outer = hujson.Extra(string(before[start:i+1]) + string(blanks))
	unit := "  "
	if j := bytes.LastIndexByte(extra.AfterExtra, '\n'); j >= 0 {
		if rest, ok := bytes.CutPrefix(blanks, extra.AfterExtra[j+1:]); ok && len(rest) > 0 {
			unit = string(rest)
		}
	}
	return outer, hujson.Extra(string(outer) + unit)
}

// blanksOf is what stands in front of a comment, or all of it without one.
func blanksOf(extra hujson.Extra) []byte {
	if bytes.ContainsRune(extra, '/') {
		return []byte(" ")
	}
	return extra
}

// blank is what stands behind a colon.
func blank(outer hujson.Extra) hujson.Extra {
	if len(outer) == 0 {
		return nil
	}
	return hujson.Extra(" ")
}

// shift changes the indentation of a member and of all in it.
func shift(m *hujson.ObjectMember, inner, outer hujson.Extra, change func(extra hujson.Extra, unit string) hujson.Extra) {
	unit := strings.TrimPrefix(string(inner[bytes.LastIndexByte(inner, '\n')+1:]), string(outer[bytes.LastIndexByte(outer, '\n')+1:]))
	if unit == "" {
		return
	}
	m.Name.BeforeExtra = change(m.Name.BeforeExtra, unit)
	m.Name.AfterExtra = change(m.Name.AfterExtra, unit)
	for v := range m.Value.All() {
		v.BeforeExtra, v.AfterExtra = change(v.BeforeExtra, unit), change(v.AfterExtra, unit)
		switch value := v.Value.(type) {
		case *hujson.Object:
			value.AfterExtra = change(value.AfterExtra, unit)
		case *hujson.Array:
			value.AfterExtra = change(value.AfterExtra, unit)
		}
	}
}

// indented adds a level to every line that is not empty.
func indented(extra hujson.Extra, unit string) hujson.Extra {
	return eachLine(extra, func(line string) string { return unit + line })
}

// dedented takes it away.
func dedented(extra hujson.Extra, unit string) hujson.Extra {
	return eachLine(extra, func(line string) string { return strings.TrimPrefix(line, unit) })
}

func eachLine(extra hujson.Extra, change func(string) string) hujson.Extra {
	if extra == nil {
		return nil
	}
	lines := strings.Split(string(extra), "\n")
	for i, line := range lines[1:] {
		// The last is what stands before a token: it counts when it is empty, too.
		if last := i == len(lines)-2; last || strings.TrimRight(line, "\r") != "" {
			lines[i+1] = change(line)
		}
	}
	return hujson.Extra(strings.Join(lines, "\n"))
}
