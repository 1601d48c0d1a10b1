package policy

import (
	"fmt"
	"os"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/secret"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Action is what happens to a finding.
type Action string

const (
	// Mask puts a numbered placeholder in its place, which answers can get the
	// value back for.
	Mask Action = "mask"
	// Redact puts a numbered placeholder in its place for good.
	Redact Action = "redact"
	// Partial leaves the first or last characters readable.
	Partial Action = "partial"
	// Hash puts a keyed hash in its place: the same value has the same hash in
	// all requests, which tells people apart without telling who they are.
	Hash Action = "hash"
	// Block refuses the request.
	Block Action = "block"
	// Alert counts the finding and leaves it as it is.
	Alert Action = "alert"
)

// UsesPlaceholder tells whether the action writes a rule's placeholder.
func (a Action) UsesPlaceholder() bool { return a != Partial && a.Changes() }

// Changes tells whether the action puts something in a finding's place. The
// others watch only.
func (a Action) Changes() bool { return a != Block && a != Alert }

// defaultKeepLast is what Partial leaves readable where a rule does not say: as
// many digits of a card as a receipt shows (PCI DSS 3.4.1 allows the last four).
const defaultKeepLast = 4

// maxKeep bounds what Partial leaves readable at either end, in characters.
const maxKeep = 32

func (r *ruleReader) readAction(o *strictjson.Object, rule *Rule) {
	action := string(Mask)
	o.Choice("action", &action, string(Mask), string(Redact), string(Partial), string(Hash), string(Block), string(Alert))
	rule.Action = Action(action)
	if rule.Action == Block && r.forAnswers {
		o.Fail("action", `cannot be "block" in response rules: the beginning of a streamed answer is on its way already`, `use "redact"`)
	}
	readKeep(o, rule)
	if rule.Action == Hash {
		if rule.HashKey = r.hashKey; rule.HashKey.Reveal() == "" {
			o.Fail("action", `is "hash", but the policy has no key for it`, "add hash_key_file or hash_key_env to the policy")
		}
	}
}

func readKeep(o *strictjson.Object, rule *Rule) {
	if !o.Has("keep_first") && !o.Has("keep_last") && rule.Action == Partial {
		rule.KeepLast = defaultKeepLast
	}
	for _, end := range []struct {
		field string
		keep  *int
	}{{"keep_first", &rule.KeepFirst}, {"keep_last", &rule.KeepLast}} {
		if !o.Has(end.field) {
			continue
		}
		if rule.Action != Partial {
			o.Fail(end.field, `applies to the action "partial" only`, `remove it, or use "action": "partial"`)
		}
		var n int64
		o.Int(end.field, &n, 0)
		if n > maxKeep {
			o.Fail(end.field, fmt.Sprintf("must be at most %d characters", maxKeep), "keep fewer")
		}
		*end.keep = int(n)
	}
}

// minHashKey is the shortest key in bytes that a hash is worth anything with
// (NIST SP 800-107, section 5.3.4, asks for 112 bits).
const minHashKey = 16

// readHashKey reads the key for the action "hash", empty where there is none.
func readHashKey(o *strictjson.Object, sources *Sources) secret.String {
	var file, env, key, field string
	o.String("hash_key_file", &file)
	o.String("hash_key_env", &env)
	switch {
	case o.Has("hash_key_file") && o.Has("hash_key_env"):
		o.Fail("hash_key_env", "stands beside hash_key_file", "keep one of them")
		return secret.String{}
	case o.Has("hash_key_file"):
		field = "hash_key_file"
		text, err := sources.read(file)
		if err != nil {
			o.Fail(field, "names a file that cannot be read: "+reasonOf(err), pathRemedy)
			return secret.String{}
		}
		key = strings.TrimRight(string(text), "\r\n")
	case o.Has("hash_key_env"):
		field = "hash_key_env"
		key = os.Getenv(env)
	default:
		return secret.String{}
	}
	if len(key) < minHashKey {
		o.Fail(field, fmt.Sprintf("leads to a key of fewer than %d bytes", minHashKey), "use a random key, such as the output of: openssl rand -hex 32")
	}
	return secret.New(key)
}
