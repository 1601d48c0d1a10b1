// Package exchange sends texts through what the gateway does to requests and
// answers, without a gateway: the same packages, called in the same order.
//
// It knows nothing of the command line and prints nothing.
package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/profile"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// AutoProfile finds the wire format of a request out from its body.
const AutoProfile = "auto"

// DefaultMaxBytes is the gateway's default for max_body_bytes: 10 MiB.
const DefaultMaxBytes = 10 << 20

// aliases are names for profiles that people try first.
var aliases = map[string]string{
	"openai": "openai-chat", "azure-openai": "openai-chat", "mistral": "openai-chat", "deepseek": "openai-chat", "vllm": "openai-chat",
	"claude": "anthropic", "google": "gemini",
}

// Profiles returns the names that [New] takes, besides "" for plain text.
func Profiles() []string { return append([]string{AutoProfile}, profile.Names()...) }

// profileOf returns the profile that a name or an alias means.
func profileOf(name string) string {
	if real, ok := aliases[name]; ok {
		return real
	}
	return name
}

// Options say how texts are taken.
type Options struct {
	// Profile is the wire format of requests: a name of a profile or an alias of
	// one, AutoProfile, or "" for texts that are no requests.
	Profile string
	// MaxBytes bounds a text in bytes. 0: DefaultMaxBytes.
	MaxBytes int64
}

// Exchange does to texts what a gateway with one policy does. The policy's mode
// does not count: everything is masked.
type Exchange struct {
	Policy  *policy.Policy
	masker  *redact.Masker
	content redact.Content
	max     int64
}

// ProfileError tells that there is no such profile.
type ProfileError struct{ Name string }

func (e *ProfileError) Error() string {
	return fmt.Sprintf("%q is no profile; there are %s", e.Name, strings.Join(Profiles(), ", "))
}

// CheckProfile fails with a [*ProfileError] for a profile that is not known.
func CheckProfile(name string) error {
	if name != "" && name != AutoProfile && !slices.Contains(profile.Names(), profileOf(name)) {
		return &ProfileError{name}
	}
	return nil
}

var errMaxBytes = errors.New("--max-bytes is negative; it counts bytes")

// New compiles a policy.
func New(p *policy.Policy, o Options) (*Exchange, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if err := CheckProfile(o.Profile); err != nil {
		return nil, err
	}
	if o.MaxBytes < 0 {
		return nil, errMaxBytes
	}
	settings := redact.Options{MaxBytes: o.MaxBytes}
	content := redact.Content{Type: "application/json"}
	switch o.Profile {
	case "":
		content.Type = "text/plain"
	case AutoProfile:
	default:
		settings.Profile = profileOf(o.Profile)
	}
	enforced := *p
	enforced.Mode = policy.Enforce
	masker, err := redact.NewMasker(&enforced, settings)
	if err != nil {
		return nil, err
	}
	return &Exchange{Policy: &enforced, masker: masker, content: content, max: o.MaxBytes}, nil
}

// Slow names the rules of the policy that are slow.
func (e *Exchange) Slow() []detect.SlowRule { return e.masker.Slow() }

// Change is a finding that was replaced.
type Change = redact.Change

// Masked is what has become of a text.
type Masked struct {
	// Doc is the text as it was read, and Text what the LLM gets.
	Doc, Text string
	// Changes are the findings that were replaced, in order; their places are in
	// Doc.
	Changes []Change
	// Watched are the rules of findings that were left as they are.
	Watched []int
	// Blocked are the rules that would have the gateway refuse the request.
	Blocked []string
	// Vault has the values for answers.
	Vault *placeholder.Vault
	// Profile is the wire format that the text was taken for.
	Profile string
	// Why is what became of all matches, and Skipped are the JSON fields that
	// were not looked into. Both only where it was asked for.
	Why     []redact.Explanation
	Skipped []string
}

// Mask masks a text.
func (e *Exchange) Mask(r io.Reader, why bool) (*Masked, error) {
	_, doc, err := e.masker.ReadBody(r, e.content)
	if errors.Is(err, redact.ErrTooLarge) {
		return nil, fmt.Errorf("the input is larger than %d bytes, and has to be read as a whole to number its placeholders: raise --max-bytes, or split it", e.max)
	}
	if err != nil {
		return nil, err
	}
	m := &Masked{Doc: doc, Vault: placeholder.NewVault()}
	request := e.masker.NewRequest(m.Vault, "")
	if why {
		if err := request.Explain(func(x redact.Explanation) { m.Why = append(m.Why, x) }); err != nil {
			return nil, err
		}
	}
	part, err := request.ScanBody(doc, e.content)
	if err != nil {
		return nil, err
	}
	m.Changes, m.Watched = request.Changes(part), part.Watched()
	if why {
		m.Skipped = request.Skipped()
	}
	if m.Text = doc; doc != "" {
		m.Text = request.Mask(part)
	}
	m.Profile = request.Profile()
	err = request.Verdict()
	if blocked := (*redact.BlockedError)(nil); errors.As(err, &blocked) {
		m.Blocked = blocked.Rules
		err = nil
	}
	return m, err
}

// RestoreOptions say how texts are restored.
type RestoreOptions struct {
	// Profile is the wire format of answers; "" for texts that are none.
	Profile string
	// MaxBytes bounds what is read as a whole, in bytes. 0: DefaultMaxBytes.
	MaxBytes int64
	// Grammar is how exactly placeholders must be spelled.
	Grammar placeholder.Grammar
	// Links are the links that values are restored in.
	Links placeholder.Links
}

// pieceSize is how many bytes of a large text are restored at once.
const pieceSize = 64 << 10

// Restore restores a text as what it is: JSON, one document or several in a row,
// of up to MaxBytes; an answer in its wire format, of up to MaxBytes unless it is an
// event stream; or plain text. Streams, text and JSON that is larger are restored as
// they arrive, in memory that does not grow with them.
func Restore(w io.Writer, r io.Reader, v *placeholder.Vault, o RestoreOptions) (placeholder.Stats, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxBytes < 0 {
		return placeholder.Stats{}, errMaxBytes
	}
	answer := redact.NewAnswer(v, redact.AnswerOptions{MaxBytes: o.MaxBytes, Profile: profileOf(o.Profile), Grammar: o.Grammar, Links: o.Links})
	in := bufio.NewReader(r)
	r = in
	switch {
	case o.Profile != "" && (startsWith(in, "data:") || startsWith(in, "event:")):
		_, err := io.Copy(w, answer.NewStream(in, redact.Content{Type: "text/event-stream"}))
		return answer.Stats(), err
	case o.Profile == "":
		space, isJSON, err := beginsJSON(in)
		if err != nil {
			return placeholder.Stats{}, err
		}
		r = io.MultiReader(bytes.NewReader(space), in)
		if !isJSON {
			return restoreStream(w, r, v, o)
		}
	}
	head, err := io.ReadAll(io.LimitReader(r, o.MaxBytes+1))
	if err != nil {
		return placeholder.Stats{}, err
	}
	text := string(head)
	switch {
	case o.Profile != "" && int64(len(head)) > o.MaxBytes:
		return placeholder.Stats{}, fmt.Errorf("the answer is larger than %d bytes: raise --max-bytes", o.MaxBytes)
	case o.Profile != "":
		text, _, err = answer.Body(text, redact.Content{})
	case int64(len(head)) > o.MaxBytes:
		return restoreStream(w, io.MultiReader(bytes.NewReader(head), r), v, o)
	default:
		if text, err = answer.Document(text); err != nil {
			return restoreStream(w, bytes.NewReader(head), v, o)
		}
	}
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return answer.Stats(), err
}

// startsWith tells whether an input starts with a word. It waits for no more than
// that takes.
func startsWith(in *bufio.Reader, word string) bool {
	for n := 1; n <= len(word); n++ {
		if start, _ := in.Peek(n); string(start) != word[:n] {
			return false
		}
	}
	return true
}

// maxSpace bounds in bytes the white space before a JSON document.
const maxSpace = 64 << 10

// beginsJSON tells whether an input can be a JSON document that holds texts, and
// returns the white space before it, which it has read.
func beginsJSON(in *bufio.Reader) (space []byte, isJSON bool, err error) {
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return space, false, nil
		}
		if err != nil {
			return space, false, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(c)) || len(space) == maxSpace {
			return space, strings.ContainsRune(`{["`, rune(c)), in.UnreadByte()
		}
		space = append(space, c)
	}
}

func restoreStream(w io.Writer, r io.Reader, v *placeholder.Vault, o RestoreOptions) (placeholder.Stats, error) {
	lane := placeholder.NewRestorer(v, o.Grammar, o.Links, math.MaxInt64).NewLane(placeholder.Detected)
	write := func(pieces []placeholder.Piece) error {
		for _, p := range pieces {
			if _, err := io.WriteString(w, p.Text); err != nil {
				return err
			}
		}
		return nil
	}
	buffer := make([]byte, pieceSize)
	for {
		n, err := r.Read(buffer)
		if failed := write(lane.Push(string(buffer[:n]))); failed != nil {
			return lane.Stats(), failed
		}
		if err == io.EOF {
			failed := write(lane.Flush())
			return lane.Stats(), failed
		}
		if err != nil {
			return lane.Stats(), err
		}
	}
}

// Restored returns what the user gets if the LLM answers with a text that it was
// sent.
func (m *Masked) Restored(answer string) (string, error) {
	var b strings.Builder
	_, err := Restore(&b, strings.NewReader(answer), m.Vault, RestoreOptions{MaxBytes: int64(len(answer)) + 1})
	return b.String(), err
}
