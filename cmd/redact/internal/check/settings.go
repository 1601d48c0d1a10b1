package check

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"text/template/parse"

	"github.com/Masterminds/sprig/v3"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
	"github.com/krakend-redact/krakend-redact/internal/bodytemplate"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
	"github.com/krakend-redact/krakend-redact/internal/valueops"
	"github.com/krakend-redact/krakend-redact/modifiers"
)

// settings reads the settings of our modifiers as they do themselves, and the
// policies that they name. What is missing in the list of names is not told again
// when a name is misspelt.
func (k *krakendCheck) settings(s scope, misspelt bool) {
	if s.settings == nil || s.level == service || s.settings.Kind != config.Object {
		return
	}
	readable := s.settings.Clone()
	k.policyOf(s, readable)
	for _, key := range []string{requestGenerator, bodyGenerator, responseGenerator} {
		if path := readable.Get(key, "path"); path.Str() != "" {
			path.SetString(k.resolve(path.Str()))
		}
	}
	var extra map[string]interface{}
	if err := json.Unmarshal(k.doc.Write(readable), &extra); err != nil {
		return // it is JSON already
	}
	for _, err := range modifiers.CheckSettings(extra, sprig.TxtFuncMap) {
		var wrong *strictjson.Error
		if errors.As(err, &wrong) && wrong.Field == "name" && misspelt {
			continue
		}
		k.settingsMistake(s, err)
	}
	if onError := s.settings.Get("redact", "on_error"); onError.Str() == "pass" {
		k.at("KR065", k.doc, onError, "what redact cannot look into goes out as it is", "")
	}
	for _, key := range []string{requestGenerator, bodyGenerator, responseGenerator} {
		if on := s.settings.Get(key, "debug_values"); on.True() {
			k.at("KR063", k.doc, on, "debug_values is on: the log shows whole bodies, personal data included", "")
		}
	}
}

// policyOf checks the policy of a scope. In the copy that the modifiers read, it
// puts what can be read on this machine.
func (k *krakendCheck) policyOf(s scope, copied *config.Node) {
	written := s.settings.Get("redact", "policy")
	switch {
	case written == nil:
	case written.Kind == config.Object:
		copied.Get("redact", "policy").SetJSON(k.policy(k.doc, written))
	case written.Kind == config.String:
		copied.Get("redact", "policy").SetJSON(k.policyNamed(written))
	}
}

// policyNamed checks the policy whose path stands in a configuration.
func (k *krakendCheck) policyNamed(written *config.Node) (readable string) {
	path := k.resolve(written.Text)
	text, err := os.ReadFile(path)
	if err != nil {
		k.at("KR044", k.doc, written, "the policy "+path+" cannot be read", "")
		return standIn
	}
	doc, err := config.Parse(path, text)
	var syntax *config.SyntaxError
	if errors.As(err, &syntax) {
		k.add("KR002", doc.At(syntax.Offset), "", syntax.Reason, "")
		return standIn
	}
	return k.policyFile(doc)
}

// settingsMistake notes what stops the modifiers from starting.
func (k *krakendCheck) settingsMistake(s scope, err error) {
	var wrong *strictjson.Error
	if !errors.As(err, &wrong) {
		var template *bodytemplate.ParseError
		if errors.As(err, &template) {
			k.at("KR042", k.doc, s.settings, "a template is wrong: "+template.Place+": "+template.Reason, template.Remedy)
		}
		return
	}
	_, key, inner := strings.Cut(wrong.File, namespace+": ")
	switch {
	case wrong.Field == "name" && strings.HasPrefix(wrong.Reason, "lacks redact-re"):
		code := "KR043"
		if strings.Contains(wrong.Reason, " and ") {
			code = "KR042"
		}
		k.at(code, k.doc, s.settings.Find("name"), sayReason(wrong), wrong.Remedy)
	case inner:
		key, field, _ := strings.Cut(key, ".")
		k.at("KR042", k.doc, s.settings.Get(key).Find(strings.TrimPrefix(field+"."+wrong.Field, ".")), sayReason(wrong), wrong.Remedy)
	case wrong.File == namespace:
		k.at("KR042", k.doc, s.settings.Find(wrong.Field), sayReason(wrong), wrong.Remedy)
	default: // a file that the settings name
		k.at("KR044", k.doc, s.settings, wrong.File+" "+wrong.Reason, "")
	}
}

// replacements reports references in replacements to groups that their patterns
// lack, in settings and in templates.
func (k *krakendCheck) replacements(s scope) {
	for _, item := range s.settings.Get(responseBody, "modifiers").List() {
		k.replacement(item.Get("regexp"))
	}
	for _, item := range s.settings.Get(contentReplacer).Fields() {
		if item.Get("regexp").True() {
			k.replacement(item)
		}
	}
	for _, key := range []string{requestGenerator, bodyGenerator, responseGenerator} {
		if path := s.settings.Get(key, "path"); path.Str() != "" {
			k.templateReplacements(path)
		}
	}
}

func (k *krakendCheck) replacement(o *config.Node) {
	if reason, remedy := unknownGroup(o.Get("find").Str(), o.Get("replace").Str()); reason != "" {
		k.at("KR064", k.doc, o.Get("replace"), "the replacement "+reason, remedy)
	}
}

// unknownGroup tells which group a replacement names that its pattern lacks.
func unknownGroup(find, replace string) (reason, remedy string) {
	pattern, err := regexp.Compile(find)
	if err != nil {
		return "", ""
	}
	list := valueops.UnknownGroups(pattern, replace)
	if len(list) == 0 {
		return "", ""
	}
	if list[0].Meant != "" {
		remedy = "write " + list[0].Meant
	}
	return "names the group " + list[0].Written + ", which its pattern lacks: nothing is put in its place", remedy
}

// templateReplacements looks at the calls of regexReplaceAll in a template whose
// arguments are written out.
func (k *krakendCheck) templateReplacements(path *config.Node) {
	file := k.resolve(path.Str())
	text, err := os.ReadFile(file)
	if err != nil {
		return // CheckSettings has told
	}
	tree := parse.New(file)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(text), "", "", trees); err != nil {
		return
	}
	source := config.Document{File: file, Text: text}
	for _, t := range trees {
		calls(t.Root, func(c *parse.CommandNode) {
			function, ok := c.Args[0].(*parse.IdentifierNode)
			if !ok || len(c.Args) != 4 || !strings.HasSuffix(function.Ident, "regexReplaceAll") {
				return
			}
			find, ok := c.Args[1].(*parse.StringNode)
			replace, ok2 := c.Args[3].(*parse.StringNode)
			if !ok || !ok2 {
				return
			}
			if reason, remedy := unknownGroup(find.Text, replace.Text); reason != "" {
				k.add("KR064", source.At(int(replace.Pos)), "", "the replacement "+reason, remedy)
			}
		})
	}
}

// calls calls f with every command in a template.
func calls(n parse.Node, f func(*parse.CommandNode)) {
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			for _, c := range p.Cmds {
				calls(c, f)
			}
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		calls(b.List, f)
		calls(b.ElseList, f)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, inner := range n.Nodes {
				calls(inner, f)
			}
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.CommandNode:
		f(n)
		for _, a := range n.Args {
			if inner, ok := a.(*parse.PipeNode); ok {
				pipe(inner)
			}
		}
	}
}
