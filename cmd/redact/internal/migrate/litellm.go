package migrate

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const noService = "belongs to the services of Presidio, which are not needed any more"

// LiteLLM reads the guardrails of LiteLLM's proxy:
// https://docs.litellm.ai/docs/proxy/guardrails/pii_masking_v2 and, for the older
// callback, https://microsoft.github.io/presidio/samples/docker/litellm
func LiteLLM(text []byte, dir string) (*Result, error) {
	root, err := readYAML(text)
	if err != nil {
		return nil, err
	}
	b := newBuilder("litellm")
	o := b.object("", root)
	guardrails, path := o.list("guardrails")
	settings, settingsAt := o.get("litellm_settings")
	if guardrails == nil && settings == nil {
		return nil, errors.New("has neither guardrails nor litellm_settings, so it is not a configuration of LiteLLM's proxy with any")
	}
	for i, v := range guardrails {
		b.guardrail(fmt.Sprintf("%s[%d]", path, i), v, dir)
	}
	if settings != nil {
		b.callback(b.object(settingsAt, settings), dir)
	}
	for key := range o.fields {
		if !o.seen[key] {
			o.ignore("is not about sensitive data", key)
		}
	}
	slices.SortStableFunc(b.result.Ignored, func(a, c Item) int { return strings.Compare(a.Path, c.Path) })
	return b.finish()
}

// callback adds what the callback presidio is told under litellm_settings.
func (b *builder) callback(o *object, dir string) {
	callbacks, at := o.texts("callbacks")
	for i, name := range callbacks {
		at := fmt.Sprintf("%s[%d]", at, i)
		switch name {
		case "presidio":
			b.pack("pii")
			b.lose(at, `Presidio's default entities are not carried over one by one; the pack "pii" finds most, but no names and places`)
		case "hide_secrets", "hide-secrets":
			b.pack("secrets")
			b.note(at, `became the pack "secrets"`)
		default:
			b.ignore(at, "is not about sensitive data")
		}
	}
	b.unmasks(o)
	b.adHoc(o, dir)
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		switch {
		case o.seen[key]:
		case strings.Contains(key, "presidio"), strings.Contains(key, "pii"), strings.Contains(key, "guardrail"):
			o.lose("has no counterpart here that this tool knows of", key)
		default:
			o.ignore("is not about sensitive data", key)
		}
	}
}

// unmasks carries over whether answers get the originals back.
func (b *builder) unmasks(o *object) {
	if on, has := o.flag("output_parse_pii"); has {
		if b.policy.Unmask != on && (len(b.policy.Rules) > 0 || len(b.policy.Answers) > 0) {
			b.note(o.at("output_parse_pii"), "holds for the whole policy")
		}
		b.policy.Unmask = b.policy.Unmask || on
	}
}

// adHoc adds the recognizers of a file that a setting names.
func (b *builder) adHoc(o *object, dir string) {
	name := o.text("presidio_ad_hoc_recognizers")
	if name == "" {
		return
	}
	at := o.at("presidio_ad_hoc_recognizers")
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		b.lose(at, "names a file that cannot be read")
		return
	}
	v, err := readYAML(text)
	list, ok := v.([]any)
	if err != nil || !ok {
		b.lose(at, "names a file that is no list of recognizers")
		return
	}
	for i, recognizer := range list {
		b.recognizer(fmt.Sprintf("%s[%d]", at, i), recognizer)
	}
}

// guardrail adds the rules for one guardrail.
func (b *builder) guardrail(path string, v any, dir string) {
	g := b.object(path, v)
	defer g.close()
	g.ignore("is a name", "guardrail_name", "guardrail_info")
	params, at := g.get("litellm_params")
	o := b.object(at, params)
	switch kind := o.text("guardrail"); kind {
	case "presidio":
	case "hide-secrets":
		b.pack("secrets")
		b.note(at, `became the pack "secrets"`)
	default:
		b.lose(path, "is a guardrail of another kind")
		return
	}
	defer o.close()
	o.ignore(noService, "presidio_analyzer_api_base", "presidio_anonymizer_api_base", "mock_redacted_text")
	o.lose(noLanguages, "presidio_language")
	o.lose(noScores, "presidio_score_thresholds")
	o.lose("a policy applies to every request to the backends that name it", "default_on")
	o.lose("texts of all roles are searched", "presidio_filter_scope")
	requests, answers := b.modes(o)
	if !requests && !answers {
		b.lose(path, "never changes a request or an answer")
		return
	}
	if requests {
		b.adHoc(o, dir)
	} else {
		o.lose("can be carried over for requests only", "presidio_ad_hoc_recognizers")
	}
	b.unmasks(o)
	config, at := o.get("pii_entities_config")
	if config == nil {
		return
	}
	entities := b.object(at, config)
	for _, name := range slices.Sorted(maps.Keys(entities.fields)) {
		at := entities.at(name)
		action := ""
		switch entities.text(name) {
		case "MASK":
		case "BLOCK":
			action = "block"
		default:
			b.lose(at, "is neither MASK nor BLOCK")
			continue
		}
		if requests {
			b.entity(at, presidioEntities, name, action, false)
		}
		if answers {
			if action == "block" {
				b.lose(at, "answers cannot be blocked; what is new in them is replaced instead")
			}
			b.entity(at, presidioEntities, name, "", true)
		}
	}
	entities.close()
}

// modes tells whether a guardrail changes requests and answers.
func (b *builder) modes(o *object) (requests, answers bool) {
	v, at := o.get("mode")
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, mode := range list {
		switch mode {
		case nil, "pre_call":
			requests = true
		case "during_call", "pre_mcp_call":
			requests = true
			b.note(at, fmt.Sprintf("%v became a rule for requests", mode))
		case "post_call":
			answers = true
		default:
			b.lose(at, "a policy applies to requests and answers only")
		}
	}
	return requests, answers
}
