package split

import (
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

// Way is how the model answers.
type Way struct {
	Name    string
	Stream  bool
	Choices int // how many answers are asked for; 0 is one
	Calls   int // how many tool calls have the text in their arguments; 0 is none
	// Scripts are the switches of mockllm that the way is tried with.
	Scripts []string
}

// Ways returns how every prompt is answered.
func Ways() []Way {
	runes := []string{"cut=1"}
	packets := []string{"cut=1, packet=1", "cut=1, packet=2", "cut=1, packet=7"}
	return []Way{
		{Name: "whole", Scripts: []string{""}},
		{Name: "whole, misspelt", Scripts: misspelt("")},
		{Name: "streamed by words", Stream: true, Scripts: []string{""}},
		{Name: "cut at every rune", Stream: true, Scripts: runes},
		{Name: "cut at every rune, in packets of 1, 2 and 7 bytes", Stream: true, Scripts: packets},
		{Name: "cut at every rune, misspelt", Stream: true, Scripts: misspelt("cut=1, ")},
		{Name: "cut at every rune, 3 choices interleaved", Stream: true, Choices: 3, Scripts: []string{"cut=1, interleave"}},
		{Name: "2 tool calls, whole", Calls: 2, Scripts: []string{"calls=2"}},
		{Name: "2 tool calls, cut at every rune, interleaved", Stream: true, Calls: 2, Scripts: []string{"cut=1, calls=2, interleave"}},
	}
}

// misspelt returns a script for each spelling that has brackets: without them, a
// placeholder is restored only where somebody asks for it.
func misspelt(script string) []string {
	names := slices.DeleteFunc(mockllm.Spellings(), func(name string) bool { return name == "bare" })
	for i, name := range names {
		names[i] = script + "spelling=" + name
	}
	return names
}

// lanes is how many texts an answer has.
func (w Way) lanes() int { return max(w.Choices, w.Calls, 1) }

// fits tells whether a provider can answer this way.
func (w Way) fits(f Format) bool {
	return (w.Choices == 0 || f.choices) && (w.Calls == 0 || f.call.whole != "")
}
