package check

import (
	"cmp"
	"errors"
	"path/filepath"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// policyFile checks a policy that is a file of its own, once. It returns what
// [checker.policy] does.
func (c *checker) policyFile(doc *config.Document) (readable string) {
	path := absolute(doc.File)
	if readable, known := c.policies[path]; known {
		return readable
	}
	c.checked(doc.File)
	readable = c.policy(doc, doc.Root)
	c.policies[path] = readable
	return readable
}

func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// policyCheck is the check of one policy.
type policyCheck struct {
	*checker
	doc *config.Document
	// whole is the policy as it is written; sound is a copy without what was
	// reported.
	whole, sound *config.Node
	policy       *policy.Policy
	// refused tells that the gateway would not start with the policy.
	refused bool
}

// standIn is a policy in the place of one that the gateway would refuse.
const standIn = `{"redaction_rules": [{"name": "any", "pattern": "any"}]}`

// policy checks a policy, which may stand in another document. It returns a
// policy that can be read on this machine, with the same answers to the question
// of what is unmasked.
func (c *checker) policy(doc *config.Document, root *config.Node) (readable string) {
	p := &policyCheck{checker: c, doc: doc, whole: root, sound: root.Clone()}
	p.run()
	if p.refused {
		return standIn
	}
	return string(doc.Write(p.sound))
}

func (p *policyCheck) run() {
	p.written()
	p.resolvePaths()
	if !p.parse() {
		return
	}
	requests, answers := p.compile()
	if requests == nil {
		return
	}
	p.placeholders(requests, answers)
	p.slow(requests)
	p.patterns()
	p.twice()
	p.overlaps(requests)
}

// written reports what shows without reading the rules.
func (p *policyCheck) written() {
	if p.whole.Get("mode").Str() == string(policy.Test) {
		p.at("KR024", p.doc, p.whole.Get("mode"), `the mode is "test": findings are counted and nothing is masked`, "")
	}
	for _, rule := range p.ruleNodes() {
		if enabled := rule.Get("enabled"); enabled != nil && enabled.Kind == config.Scalar && enabled.Text == "false" {
			p.at("KR026", p.doc, enabled, "rule "+quoted(rule)+" is disabled", "")
		}
	}
	seen := map[string]bool{}
	for _, pack := range p.whole.Get("packs").List() {
		if name := pack.Str(); seen[name] {
			p.at("KR016", p.doc, pack, "the pack "+name+" is named twice", "name it once")
		}
		seen[pack.Str()] = true
	}
}

// ruleNodes returns the rules as they are written, the denied terms among them.
func (p *policyCheck) ruleNodes() []*config.Node {
	list := append(append([]*config.Node{}, p.whole.Get("redaction_rules").List()...), p.whole.Get("response_rules").List()...)
	if terms := p.whole.Get("deny_terms"); terms != nil {
		list = append(list, terms)
	}
	return list
}

// quoted returns the name of a rule in quotes.
func quoted(rule *config.Node) string {
	return `"` + cmp.Or(rule.Get("name").Str(), rule.Key) + `"` // denied terms need no name
}

// node returns where a rule is written: itself, or the packs that it comes from.
func (p *policyCheck) node(root *config.Node, name string) *config.Node {
	for _, list := range []string{"redaction_rules", "response_rules"} {
		for _, rule := range root.Get(list).List() {
			if rule.Get("name").Str() == name {
				return rule
			}
		}
	}
	if terms := root.Get("deny_terms"); terms != nil && (terms.Get("name") == nil && name == "deny_terms" || terms.Get("name").Str() == name) {
		return terms
	}
	return root.Get("packs")
}

// ofPack tells whether a rule comes from a pack, so that nobody can change it.
func (p *policyCheck) ofPack(name string) bool {
	n := p.node(p.whole, name)
	return n == nil || n.Key == "packs"
}

// resolvePaths makes the paths in the policy lead to files on this machine.
func (p *policyCheck) resolvePaths() {
	for _, n := range []*config.Node{p.sound.Get("hash_key_file"), p.sound.Get("deny_terms", "file")} {
		if path := n.Str(); path != "" {
			n.SetString(p.resolve(path))
		}
	}
}

// parse reads the policy. What is wrong is reported and taken out, so that the
// rest can be read as well.
func (p *policyCheck) parse() bool {
	name := strings.TrimSuffix(filepath.Base(p.doc.File), filepath.Ext(p.doc.File))
	for reported := false; ; reported = true {
		var err error
		p.policy, err = policy.Parse(p.doc.File, name, p.doc.Write(p.sound))
		if err == nil {
			return true
		}
		var wrong *strictjson.Error
		if !errors.As(err, &wrong) || reported && p.empty() {
			return false
		}
		if p.withoutHashKey(wrong) {
			continue
		}
		at := p.sound.Find(wrong.Field)
		p.mistake(codeOf(wrong), at, wrong)
		if !p.drop(at) {
			return false
		}
	}
}

// empty tells that no rule is left after the broken ones were taken out.
func (p *policyCheck) empty() bool {
	return len(p.sound.Get("redaction_rules").List()) == 0 && p.sound.Get("deny_terms") == nil && p.sound.Get("packs") == nil
}

func codeOf(wrong *strictjson.Error) string {
	switch field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]; {
	case wrong.Reason == "is unknown" || wrong.Reason == "stands twice":
		return "KR011"
	case field == "pattern" && wrong.Reason != "is missing" && !strings.HasPrefix(wrong.Reason, "must be"):
		return "KR012"
	}
	return "KR010"
}

// mistake notes what keeps the gateway from starting.
func (p *policyCheck) mistake(code string, at *config.Node, wrong *strictjson.Error) {
	p.refused = true
	p.at(code, p.doc, at, sayReason(wrong), wrong.Remedy)
}

// sayReason puts a mistake into words without the place, which is told apart.
func sayReason(wrong *strictjson.Error) string {
	reason := wrong.Reason
	if wrong.Field != "" {
		reason = wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:] + " " + reason
	}
	if wrong.Rule != "" {
		reason = `rule "` + wrong.Rule + `": ` + reason
	}
	return reason
}

// drop takes what is wrong out of the policy: the rule that it stands in, or the
// field of the policy.
func (p *policyCheck) drop(at *config.Node) bool {
	for at != nil && at.Parent != nil {
		if at.Parent == p.sound || at.Parent.Kind == config.Array && at.Parent.Parent == p.sound && strings.HasSuffix(at.Parent.Key, "_rules") {
			at.Detach()
			return true
		}
		at = at.Parent
	}
	return false
}

// withoutHashKey goes on without the key of the action "hash", which this
// machine may well not have.
func (p *policyCheck) withoutHashKey(wrong *strictjson.Error) bool {
	key := p.sound.Get(wrong.Field)
	if key == nil || wrong.Field != "hash_key_file" && wrong.Field != "hash_key_env" ||
		!strings.HasPrefix(wrong.Reason, "leads to a key") && !strings.HasPrefix(wrong.Reason, "names a file") {
		return false
	}
	p.at("KR027", p.doc, key, sayReason(wrong), wrong.Remedy)
	key.Detach()
	p.sound.Walk(func(n *config.Node) {
		if n.Key == "action" && n.Str() == string(policy.Hash) {
			n.SetString(string(policy.Redact))
		}
	})
	return true
}

// compile compiles the rules, without those that cannot be.
func (p *policyCheck) compile() (requests, answers *detect.Engine) {
	for {
		requests, err := detect.Compile(p.policy)
		if err == nil {
			answers, err = detect.CompileResponse(p.policy)
		}
		if err == nil {
			return requests, answers
		}
		var wrong *strictjson.Error
		if !errors.As(err, &wrong) {
			return nil, nil
		}
		rule := p.node(p.sound, wrong.Rule)
		if rule == nil {
			return nil, nil
		}
		code := "KR010"
		switch {
		case wrong.Field == "pattern":
			code = "KR012"
		case strings.HasPrefix(wrong.Field, "examples."):
			code = "KR013"
		case wrong.Field == "replacement":
			code = "KR014"
		}
		p.mistake(code, rule.Find(wrong.Field), wrong)
		if !p.drop(rule) || p.empty() || !p.parse() {
			return nil, nil
		}
	}
}
