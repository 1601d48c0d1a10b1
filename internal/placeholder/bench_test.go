package placeholder_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// The texts of the benchmarks: prose with dates, quotes and paths, and a value
// in every half kilobyte. Some of it has links, which are followed in prompts as
// in answers.
const (
	filler = "Our records show that order 10023 was shipped on 2026-03-14 from the second warehouse; she wrote: \"eleven days\".\n"
	linked = "See https://wiki.example/orders/10023?view=all & the notes in C:\\orders, or // the comments on the <b>tracking</b> page.\n"
)

var benchStems = []placeholder.Stem{
	placeholder.NewStem("[REDACTED_PASSWORD]"), placeholder.NewStem("[REDACTED_CC]"), placeholder.NewStem("[REDACTED_EMAIL]"),
}

// benchText is what a benchmark reads: a prompt, its values, and the answer that
// repeats it with placeholders.
type benchText struct {
	name, prompt, answer string
	values               []string
	vault                string // encoded
}

func benchTexts() (all []benchText) {
	for _, kb := range []int{1, 32} {
		for _, of := range []struct {
			name   string
			values bool
			filler string
		}{{"none", false, filler}, {"values", true, filler}, {"links", true, linked}} {
			t := benchText{name: fmt.Sprintf("%d KB %s", kb, of.name)}
			var prompt strings.Builder
			for n := 0; prompt.Len() < kb<<10-200; n++ {
				if of.values {
					t.values = append(t.values, fmt.Sprintf("jane.%d@example.org", n))
					prompt.WriteString("Write to " + t.values[n] + " first. ")
				}
				prompt.WriteString(strings.Repeat(filler, 3) + of.filler)
			}
			t.prompt, t.answer = prompt.String(), prompt.String()
			v := placeholder.NewVault()
			v.Reserve(placeholder.NewReader(benchStems), t.prompt)
			for _, value := range t.values {
				t.answer = strings.Replace(t.answer, value, v.Issue(benchStems[2], value, true, false), 1)
			}
			t.vault = v.Encode()
			all = append(all, t)
		}
	}
	return all
}

func benchEach(b *testing.B, run func(b *testing.B, t benchText)) {
	for _, t := range benchTexts() {
		b.Run(t.name, func(b *testing.B) {
			b.SetBytes(int64(len(t.prompt)))
			b.ReportAllocs()
			run(b, t)
		})
	}
}

// What a request does: a prompt is reserved, and its values are issued and sent
// along.
func BenchmarkRequest(b *testing.B) {
	reader := placeholder.NewReader(benchStems)
	benchEach(b, func(b *testing.B, t benchText) {
		for i := 0; i < b.N; i++ {
			v := placeholder.NewVault()
			v.Reserve(reader, t.prompt)
			for _, value := range t.values {
				v.Issue(benchStems[2], value, true, false)
			}
			if !v.Empty() {
				v.Encode()
			}
		}
	})
}

// What an answer does: the vault is read, and the placeholders are found.
func BenchmarkAnswer(b *testing.B) {
	benchEach(b, func(b *testing.B, t benchText) {
		var tokens []placeholder.Token
		for i := 0; i < b.N; i++ {
			v, err := placeholder.Decode(t.vault)
			if err != nil {
				b.Fatal(err)
			}
			r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, budget)
			if tokens = r.Find(tokens[:0], t.answer, placeholder.Detected); len(tokens) != len(t.values) {
				b.Fatalf("%d placeholders", len(tokens))
			}
		}
	})
}

// What an answer does that comes in pieces the size of a token.
func BenchmarkStream(b *testing.B) {
	const piece = 8
	benchEach(b, func(b *testing.B, t benchText) {
		for i := 0; i < b.N; i++ {
			v, err := placeholder.Decode(t.vault)
			if err != nil {
				b.Fatal(err)
			}
			l := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, budget).NewLane(placeholder.Detected)
			for at := 0; at < len(t.answer); at += piece {
				l.Push(t.answer[at:min(at+piece, len(t.answer))])
			}
			if l.Flush(); l.Stats().Restored != len(t.values) {
				b.Fatalf("%+v", l.Stats())
			}
		}
	})
}
