package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

// Bedrock reads a guardrail of AWS Bedrock, as CreateGuardrail takes it, as
// GetGuardrail returns it, or in a CloudFormation template:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailSensitiveInformationPolicyConfig.html
func Bedrock(text []byte, _ string) (*Result, error) {
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, errors.New("is not valid JSON")
	}
	b := newBuilder("bedrock")
	isGuardrail := func(o map[string]any) bool {
		for key := range o {
			if strings.EqualFold(key, "sensitiveInformationPolicyConfig") || strings.EqualFold(key, "sensitiveInformationPolicy") {
				return true
			}
		}
		return false
	}
	if !b.first("", root, isGuardrail, b.bedrockGuardrail, "guardrail") {
		return nil, errors.New("has neither sensitiveInformationPolicyConfig nor sensitiveInformationPolicy")
	}
	return b.finish()
}

func (b *builder) bedrockGuardrail(o *object) {
	defer o.close()
	if name := o.text("name"); name != "" {
		b.policy.Name = name
	}
	o.ignore("is about AWS", "description", "tags", "kmsKeyId", "kmsKeyArn", "guardrailId", "guardrailArn", "version", "status", "createdAt", "updatedAt", "clientRequestToken", "crossRegionConfig", "crossRegionDetails", "statusReasons", "failureRecommendations")
	o.lose("a refusal has an answer of its own", "blockedInputMessaging", "blockedOutputsMessaging")
	o.lose("is about what texts mean, not about sensitive data", "contentPolicyConfig", "contentPolicy", "topicPolicyConfig", "topicPolicy", "contextualGroundingPolicyConfig", "contextualGroundingPolicy", "automatedReasoningPolicyConfig", "automatedReasoningPolicy")
	for _, key := range []string{"sensitiveInformationPolicyConfig", "sensitiveInformationPolicy"} {
		if v, at := o.get(key); v != nil {
			p := b.object(at, v)
			for _, list := range []string{"piiEntitiesConfig", "piiEntities"} {
				entities, at := p.list(list)
				for i, v := range entities {
					b.bedrockEntity(b.object(fmt.Sprintf("%s[%d]", at, i), v))
				}
			}
			for _, list := range []string{"regexesConfig", "regexes"} {
				regexes, at := p.list(list)
				for i, v := range regexes {
					b.bedrockRegex(b.object(fmt.Sprintf("%s[%d]", at, i), v))
				}
			}
			p.close()
		}
	}
	for _, key := range []string{"wordPolicyConfig", "wordPolicy"} {
		if v, at := o.get(key); v != nil {
			b.words(b.object(at, v))
		}
	}
}

// words adds denied words.
func (b *builder) words(o *object) {
	defer o.close()
	o.lose("AWS' own word lists are not public", "managedWordListsConfig", "managedWordLists")
	for _, key := range []string{"wordsConfig", "words"} {
		list, at := o.list(key)
		for i, v := range list {
			word := b.object(fmt.Sprintf("%s[%d]", at, i), v)
			word.lose("denied words block requests, and are not looked for in answers", "action", "inputAction", "inputEnabled", "outputAction", "outputEnabled")
			if text := word.text("text"); text != "" {
				if b.policy.DenyTerms == nil {
					b.policy.DenyTerms = &terms{WholeWords: true, Action: "block"}
					b.lose(o.path, "denied words are looked for in requests, and not in answers")
				}
				b.policy.DenyTerms.Terms = append(b.policy.DenyTerms.Terms, text)
			}
			word.close()
		}
	}
}

// actions returns what happens to findings in requests, and whether answers are
// searched.
func (b *builder) actions(o *object) (action string, answers bool) {
	common := o.text("action")
	in, out := common, common
	if v := o.text("inputAction"); v != "" {
		in = v
	}
	if v := o.text("outputAction"); v != "" {
		out = v
	}
	onIn, hasIn := o.flag("inputEnabled")
	onOut, hasOut := o.flag("outputEnabled")
	requests := onIn || !hasIn
	answers = (onOut || !hasOut) && out == "ANONYMIZE"
	if (onOut || !hasOut) && out == "BLOCK" {
		answers = true
		b.note(o.path, "answers cannot be blocked; what is new in them is replaced instead")
	}
	switch in {
	case "ANONYMIZE":
	case "BLOCK":
		action = "block"
	case "NONE":
		action = "alert"
	default:
		b.lose(o.at("action"), "is none of ANONYMIZE, BLOCK and NONE")
	}
	if !requests {
		action = "alert"
		b.note(o.path, "requests are not searched there; here they are, and only counted")
	}
	return action, answers
}

func (b *builder) bedrockEntity(o *object) {
	defer o.close()
	action, answers := b.actions(o)
	name := o.text("type")
	b.entity(o.path, bedrockTypes, name, action, false)
	if answers {
		b.detectors(o.path, bedrockTypes[name].detectors, "", true)
	}
}

func (b *builder) bedrockRegex(o *object) {
	defer o.close()
	action, answers := b.actions(o)
	r := rule{Name: o.text("name"), Description: o.text("description"), Pattern: o.text("pattern"), Sensitive: true, Action: action, path: o.path}
	if r.Pattern == "" {
		b.lose(o.path, "has no pattern")
		return
	}
	b.both(r, answers)
}

func detectorsOf(pack string) []string {
	list, _ := detector.Pack(pack)
	var names []string
	for _, d := range list {
		names = append(names, d.Name)
	}
	return names
}
