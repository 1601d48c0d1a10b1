// Package split is the response-split method. A prompt has numbered segments,
// each with a sensitive value. The model answers with the same segments: some it
// echoes, and in place of the others it writes segments of its own, with values
// that nobody sent. Segment by segment, the answer then shows whether the first
// came back exactly and whether the others were masked.
package split

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// segment is a part of the answer with one value in it.
type segment struct {
	text string
	// core is the part of the value that stands nowhere else: a value that got
	// through in part counts as a leak too.
	core string
	// injected segments are the model's own.
	injected bool
}

// Prompt is a chat and what the model makes of it.
type Prompt struct {
	segments []segment
	// system and earlier are what stands before the last message, with a value
	// each. The model does not repeat them.
	system, earlier segment
}

// frames are what a value stands in: words, marks of all kinds, and nothing.
var frames = []string{
	"Write to %s today.", "%s", "(%s)", `It is "%s", isn't it?`, "**%s**", "`%s`", "a\tb\\n %s\n\n", "💶 → %s ←",
}

// NewPrompt makes a prompt, the same one for the same seed. Its last message has
// seven values: some tools under test count them with one digit.
func NewPrompt(seed uint64) Prompt {
	random := rand.New(rand.NewPCG(seed, 5))
	some := func(kind int, injected bool) segment {
		value, core := kinds[kind].make(random)
		return segment{fmt.Sprintf(frames[random.IntN(len(frames))], value), core, injected}
	}
	p := Prompt{system: some(0, false), earlier: some(1, false)}
	for kind := range kinds {
		p.segments = append(p.segments, some(kind, false), some(kind, false), some(kind, true))
	}
	repeated := p.segments[0]
	repeated.text = "Again: " + repeated.text
	p.segments = append(p.segments, repeated, some(random.IntN(len(kinds)), false), some(random.IntN(len(kinds)), true))
	random.Shuffle(len(p.segments), func(i, j int) { p.segments[i], p.segments[j] = p.segments[j], p.segments[i] })
	return p
}

// border stands around segments, and in no value.
const border = "§"

func open(i int) string { return fmt.Sprintf("%s%d:", border, i) }
func slot(i int) string { return fmt.Sprintf("~%d~", i) }

// message is the last message of the chat.
func (p Prompt) message() string {
	var b strings.Builder
	b.WriteString("Repeat this. ")
	for i, s := range p.segments {
		text := s.text
		if s.injected {
			text = slot(i)
		}
		b.WriteString(open(i) + text + border)
	}
	return b.String() + " That is all."
}

// inject puts the model's own segments into a chat that reached it.
func (p Prompt) inject(body string) string {
	var swaps []string
	for i, s := range p.segments {
		if s.injected {
			quoted, _ := json.Marshal(s.text) // a string always encodes
			swaps = append(swaps, slot(i), string(quoted[1:len(quoted)-1]))
		}
	}
	return strings.NewReplacer(swaps...).Replace(body)
}
