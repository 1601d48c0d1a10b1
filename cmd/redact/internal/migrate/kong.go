package migrate

import (
	"errors"
	"fmt"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Kong reads the plugin ai-sanitizer of a declarative configuration, or of the
// Admin API: https://developer.konghq.com/plugins/ai-sanitizer/reference/
func Kong(text []byte, _ string) (*Result, error) {
	root, err := readYAML(text)
	if err != nil {
		return nil, err
	}
	b := newBuilder("kong")
	isPlugin := func(o map[string]any) bool { return o["name"] == "ai-sanitizer" }
	if !b.first("", root, isPlugin, b.sanitizer, "ai-sanitizer") {
		return nil, errors.New("has no plugin ai-sanitizer")
	}
	return b.finish()
}

func (b *builder) sanitizer(plugin *object) {
	defer plugin.close()
	_ = plugin.text("name")
	plugin.ignore("says where the plugin runs in Kong", "id", "instance_name", "service", "route", "consumer", "consumer_group", "protocols", "tags", "ordering", "created_at", "updated_at", "partials")
	if on, has := plugin.flag("enabled"); has && !on {
		b.lose(plugin.at("enabled"), "is off there; a policy that should do nothing is not named in a configuration")
	}
	config, at := plugin.get("config")
	o := b.object(at, config)
	defer o.close()
	o.ignore("belongs to the service that finds sensitive data for Kong, which is not needed any more", "host", "port", "scheme", "timeout", "keepalive_timeout")
	action := ""
	if on, _ := o.flag("block_if_detected"); on {
		action = "block"
	}
	if on, _ := o.flag("recover_redacted"); on {
		b.policy.Unmask = true
	}
	if kind := o.text("redact_type"); kind == "synthetic" {
		b.lose(o.at("redact_type"), "placeholders stand in for values; invented ones could be mistaken for real ones and cannot be restored")
	}
	if on, has := o.flag("stop_on_error"); has && !on {
		b.lose(o.at("stop_on_error"), `what cannot be inspected is refused. "on_error": "pass" beside the policy lets it through unmasked`)
	}
	if on, has := o.flag("allow_all_conversation_history"); has && !on {
		b.lose(o.at("allow_all_conversation_history"), "all messages are searched, not only the last")
	}
	o.lose("all texts are searched", "skip_logging_sanitized_items")
	requests, answers := true, false
	switch mode := o.text("sanitization_mode"); mode {
	case "", "INPUT":
	case "OUTPUT":
		requests, answers = false, true
	case "BOTH":
		answers = true
	default:
		b.lose(o.at("sanitization_mode"), "is none of INPUT, OUTPUT and BOTH")
	}
	if !requests {
		b.lose(o.at("sanitization_mode"), "a policy has rules for requests; those for answers come in addition, so both are searched")
		requests = true
	}
	if answers && action == "block" {
		b.lose(o.at("block_if_detected"), "answers cannot be blocked; what is new in them is replaced instead")
	}
	custom := false
	categories, at := o.texts("anonymize")
	if v, _ := o.get("anonymize"); v == nil {
		categories = []string{"all_and_credentials"} // the default
	}
	for i, name := range categories {
		at := fmt.Sprintf("%s[%d]", at, i)
		switch name {
		case "custom":
			custom = true
			continue
		case "all", "all_and_credentials":
			custom = true
			b.lose(at, name+`: became the packs for personal data; names, places and dates are found by a language model there`)
			b.whole("pii", action, answers, at)
			if name == "all_and_credentials" {
				b.whole("secrets", action, answers, at)
			}
			continue
		case "credentials":
			b.whole("secrets", action, answers, at)
			continue
		}
		b.entity(at, kongCategories, name, action, false)
		if answers {
			e := kongCategories[name]
			b.detectors(at, e.detectors, "", true)
		}
	}
	list, at := o.list("custom_patterns")
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", at, i)
		p := b.object(at, v)
		r := rule{Name: p.text("name"), Pattern: p.text("regex"), Sensitive: true, Action: action, path: at}
		p.lose(noScores, "score")
		p.close()
		switch {
		case r.Pattern == "":
			b.lose(at, "has no regex")
		case !custom:
			b.lose(at, `does nothing: "custom" is not among what is anonymized`)
		default:
			b.both(r, answers)
		}
	}
}

// both adds a rule with a pattern, for answers too if asked for.
func (b *builder) both(r rule, answers bool) {
	if !b.pattern(r, false) || !answers {
		return
	}
	again := r
	again.Name, again.Action = r.Name+" in answers", ""
	again.Replacement = policy.DefaultReplacement(r.Name)
	if last := &b.policy.Rules[len(b.policy.Rules)-1]; last.Action != "block" && last.Action != "alert" {
		last.Replacement = again.Replacement
	}
	b.pattern(again, true)
}

// whole adds all detectors of a pack: as the pack where no action or answers ask
// for rules of their own.
func (b *builder) whole(pack, action string, answers bool, path string) {
	names := detectorsOf(pack)
	if action == "" {
		b.pack(pack)
	} else {
		b.detectors(path, names, action, false)
	}
	if answers {
		b.detectors(path, names, "", true)
	}
}
