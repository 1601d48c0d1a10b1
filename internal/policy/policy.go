// Package policy reads policies: named, versioned sets of rules that say what
// to look for and what to put in its place. The format is that of the AI
// Security Gateway's redaction policies, of which ours is a superset.
//
// The package parses, sets defaults and validates. It detects nothing and
// knows nothing of requests.
package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Policy is a validated policy with all defaults filled in.
type Policy struct {
	// Name is what logs and audit call the policy. Default: the file's name
	// without its ending, or "inline".
	Name string
	// Version is free text for people. Default: empty.
	Version string
	// Mode says whether findings change anything. Default: Enforce.
	Mode Mode
	// Rules are the enabled rules, at least one: those of the file in its order,
	// then the denied terms, then what the packs hold.
	Rules []Rule
	// ResponseRules are the enabled rules for what is new in answers, in the
	// order of the file. None of them unmasks. Default: none.
	ResponseRules []Rule
	// Alerts are the policy's own, which go before those of the settings.
	Alerts Alerts
	// Source is the file the policy was read from, or a word for its place.
	Source string
	// Digest tells versions apart, see [Sources.Digest].
	Digest string
}

// Mode says whether findings change anything.
type Mode string

const (
	// Enforce does what the rules say.
	Enforce Mode = "enforce"
	// Test finds, counts and logs, and changes nothing: it protects nothing.
	Test Mode = "test"
)

// Load reads a policy file. Relative paths start at KrakenD's working folder.
func Load(file string) (*Policy, error) {
	p, _, err := LoadSources(file)
	return p, err
}

// LoadSources is Load for those who want to know when there is a new version.
// The sources are there with an error, too.
func LoadSources(file string) (*Policy, *Sources, error) {
	sources := newSources()
	text, err := sources.read(file)
	if err != nil {
		return nil, sources, &strictjson.Error{File: file, Reason: "cannot be read: " + reasonOf(err), Remedy: pathRemedy}
	}
	name := filepath.Base(file)
	p, err := parse(file, strings.TrimSuffix(name, filepath.Ext(name)), text, sources)
	return p, sources, err
}

// pathRemedy is what to do about a file that cannot be read.
const pathRemedy = "check the path (relative paths start at KrakenD's working folder) and its permissions"

// Parse reads the text of a policy. source and name are used where the policy
// does not name itself.
func Parse(source, name string, text []byte) (*Policy, error) {
	sources := newSources()
	_, _ = sources.sum.Write(text)
	return parse(source, name, text, sources)
}

func parse(source, name string, text []byte, sources *Sources) (*Policy, error) {
	o, err := strictjson.Parse(source, text)
	if err != nil {
		return nil, err
	}
	p, err := read(o, name, sources)
	if err != nil {
		return nil, err
	}
	p.Digest = sources.Digest()
	return p, nil
}

func read(o *strictjson.Object, name string, sources *Sources) (*Policy, error) {
	p := &Policy{Name: name, Source: o.File()}
	mode, unmask := string(Enforce), false
	o.String("name", &p.Name)
	if p.Name == "" {
		o.Fail("name", "is empty", "name the policy, or leave the field out for the file's name")
	}
	o.String("version", &p.Version)
	o.Choice("mode", &mode, string(Enforce), string(Test))
	p.Mode = Mode(mode)
	p.Alerts = ReadAlerts(o)
	o.Bool("unmask_for_user", &unmask)
	r := &ruleReader{
		names: map[string]bool{}, detectors: map[string]bool{}, unmask: unmask,
		hashKey: readHashKey(o, sources), allow: readAllow(o), sources: sources,
	}
	p.Rules = r.rules(o, "redaction_rules")
	if terms := o.Object("deny_terms"); terms != nil {
		if rule, enabled := r.terms(terms); enabled {
			p.Rules = append(p.Rules, rule)
		}
	}
	p.Rules = append(p.Rules, r.packs(o)...)
	r.forAnswers = true
	p.ResponseRules = r.rules(o, "response_rules")
	for i, f := range p.Alerts.Frequency {
		if f.Rule != "*" && !r.names[f.Rule] {
			o.Fail(fmt.Sprintf("alerts.frequency[%d].rule", i), "names no rule of this policy", `write a rule's name as it stands there, or "*" for every rule`)
		}
	}
	if err := o.Close(); err != nil {
		return nil, err
	}
	if len(p.Rules) == 0 {
		o.Fail("redaction_rules", "holds no enabled rule, so nothing would be masked", `enable or add a rule, name some "packs", or take redact-request out of the configuration`)
	}
	return p, o.Close()
}

// reasonOf leaves out the path, which the message names already.
func reasonOf(err error) string {
	if os.IsNotExist(err) {
		return "no such file"
	}
	if os.IsPermission(err) {
		return "permission denied"
	}
	return "not a readable file"
}
