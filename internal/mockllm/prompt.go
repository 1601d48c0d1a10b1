package mockllm

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// prompt is what a provider's request comes down to.
type prompt struct {
	model  string
	stream bool
	n      int    // how many answers are asked for; 0 is one
	tool   string // the name of the first tool that is offered
	words  int    // of all messages

	logprobs, usage bool     // are wanted
	inputs          []string // for embeddings and moderations
	base64          bool     // is how vectors are wanted
	instructions    any      // as they were sent

	said   string   // the last user message
	spoken bool     // there is one
	result *string  // what tools have answered to it
	tools  []string // what tools have answered in the whole conversation
}

// user takes note of a user message.
func (p *prompt) user(text string) {
	p.said, p.spoken, p.result = text, true, nil
	p.other(text)
}

// toolResult takes note of what a tool has answered.
func (p *prompt) toolResult(text string) {
	p.tools = append(p.tools, text)
	if p.result != nil {
		text = *p.result + "\n" + text
	}
	p.result = &text
	p.other(text)
}

// other takes note of any other text.
func (p *prompt) other(text string) { p.words += len(strings.Fields(text)) }

// message takes note of a message by its role.
func (p *prompt) message(role, text string) {
	switch role {
	case "user":
		p.user(text)
	case "tool":
		p.toolResult(text)
	default:
		p.other(text)
	}
}

// offer takes note of a tool.
func (p *prompt) offer(name string) {
	if p.tool == "" {
		p.tool = name
	}
}

// turn is what the model answers: thinking, and then a text or tool calls.
type turn struct {
	thinking string
	text     string
	calls    []toolCall
}

type toolCall struct {
	id, name  string
	arguments string // a JSON object
}

// Stranger is what the links of a [Script] begin with: a host that no request
// names.
const Stranger = "https://stranger.example/?d="

// askForTool is what a user message must say to have the offered tool called.
const askForTool = "call the tool"

// turns returns the answers to a prompt.
func (c *exchange) turns() []turn {
	turns := make([]turn, max(c.prompt.n, 1))
	for i := range turns {
		turns[i] = c.turn(i)
	}
	return turns
}

func (c *exchange) turn(choice int) turn {
	p := c.prompt
	var t turn
	if c.script.Think {
		t.thinking = c.script.spell(fmt.Sprintf(`The user wrote: "%s". What now?`, p.said))
	}
	switch {
	case p.result != nil:
		t.text = fmt.Sprintf(`The tool said: "%s". That is all.`, *p.result)
	case p.tool != "" && strings.Contains(strings.ToLower(p.said), askForTool):
		for i := range max(c.script.Calls, 1) {
			t.calls = append(t.calls, toolCall{
				id: fmt.Sprintf("call_mock_%d_%d_%d", c.number, choice, i), name: p.tool, arguments: c.arguments(i),
			})
		}
	case !p.spoken:
		t.text = "You wrote nothing yet."
	case c.script.Brief:
		t.text = p.said
	default:
		t.text = fmt.Sprintf(`You wrote: "%s". I will keep that in mind.`, p.said)
	}
	if c.script.Link && t.text != "" {
		t.text += " ![x](" + Stranger + placeholders.FindString(p.said) + ")"
	}
	if choice > 0 && t.text != "" {
		t.text = fmt.Sprintf("Answer %d. %s", choice+1, t.text)
	}
	t.text = c.script.spell(t.text)
	return t
}

// arguments quote the message, and each placeholder in it and in the tools'
// results by itself.
func (c *exchange) arguments(call int) string {
	values := list{}
	seen := map[string]bool{}
	for _, p := range placeholders.FindAllString(c.prompt.said+"\n"+strings.Join(c.prompt.tools, "\n"), -1) {
		if !seen[p] {
			seen[p] = true
			values = append(values, c.script.spell(p))
		}
	}
	return encode(object{"call", call, "text", c.script.spell(c.prompt.said), "values", values})
}

// sign returns the signature of a thinking block.
func sign(thinking string) string {
	sum := sha256.Sum256([]byte("mockllm" + thinking))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// wordsOf counts what was answered. Words are counted as tokens: the figures
// are plausible, not exact.
func wordsOf(turns []turn) int {
	n := 0
	for _, t := range turns {
		n += len(strings.Fields(t.thinking + " " + t.text))
		for _, call := range t.calls {
			n += len(strings.Fields(call.arguments))
		}
	}
	return n
}

// content is the content of a message: a string, an array of parts of which
// the texts count, or null.
type content string

func (t *content) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] != '[' {
		return json.Unmarshal(raw, (*string)(t))
	}
	var parts []struct{ Type, Text string }
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	var texts []string
	for _, p := range parts {
		if strings.HasSuffix(p.Type, "text") { // also input_text and output_text
			texts = append(texts, p.Text)
		}
	}
	*t = content(strings.Join(texts, "\n"))
	return nil
}

// stringOrList is one string or an array of them.
type stringOrList []string

func (l *stringOrList) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*l = make(stringOrList, 1)
		return json.Unmarshal(raw, &(*l)[0])
	}
	return json.Unmarshal(raw, (*[]string)(l))
}

// object is a JSON object as names and values in turn: its fields come in the
// provider's order.
type object []any

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i+1 < len(o); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(encode(o[i]) + ":" + encode(o[i+1]))
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// list is a JSON array.
type list = []any

// encode is json.Marshal without the escaping of <, > and &, which providers do
// not do either. The values that are passed in always encode.
func encode(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}
