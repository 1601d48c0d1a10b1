package placeholder

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

// What is read in runs must leave a link exactly as what is read byte for byte.
func TestRunsAreReadLikeBytes(t *testing.T) {
	words := []string{
		"the", "Customer", " ", "  ", " and ", ", ", ". ", "...", "www", "www.", "x.www.evil.example/", "http", "https:", "http:", ":", "says:", "ht", "tp", "s:", "ws", "FTP:", "//", "/", "\\", "\\u002f", "&#47;", "&", "&colon;", ";",
		"\n", "\n\n", "\t", "\r\n", "\"", "'", "=\"", "=", "(", ")", "](", "]", "[", "<", ">", "mailto:", "C:", "é", "信用", "-", "+", "_", "@", "evil.example", "known.example", "{", "}", "{\"a\":\"", "u0040", "n", "\\n", "\\t",
		strings.Repeat("It was shipped on Monday, they say. ", 3),
	}
	random := rand.New(rand.NewSource(1))
	skipped := 0
	for n := 0; n < 20000; n++ {
		var b strings.Builder
		for i := random.Intn(30); i >= 0; i-- {
			b.WriteString(words[random.Intn(len(words))])
			if random.Intn(3) == 0 {
				b.WriteString(strings.Repeat(" plain words follow", random.Intn(4)))
			}
		}
		text := b.String()
		mode := []Mode{Text, Detected, JSON}[n%3]
		bytes, runs := link{document: newDocument(mode)}, link{document: newDocument(mode)}
		var of, ofRuns []string
		bytes.resolved = func(host string) { of = append(of, host) }
		runs.resolved = func(host string) { ofRuns = append(ofRuns, host) }
		for at := 0; at < len(text); {
			end := at + 1 + random.Intn(len(text)-at)
			for _, c := range []byte(text[at:end]) {
				bytes.pass(c)
			}
			if runs.state == outside && runs.npending == 0 && runs.document.plain() && runOf(text[at:end], runs.quote.mark != 0) > 20 {
				skipped++
			}
			runs.passText(text[at:end])
			at = end
			if mode == Text && len(of) > 0 && !mayLink(text) {
				t.Fatalf("%q has the hosts %q", text, of)
			}
			a, b := *bytes.clone(), *runs.clone()
			for _, k := range []*link{&a, &b} {
				for ; k != nil; k = k.inner {
					clear(k.word[min(k.wordSize, maxWord):])
					k.resolved = nil
				}
			}
			if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(of, ofRuns) {
				t.Fatalf("after %q\nbytes %+v %q\nruns  %+v %q", text[:at], a, of, b, ofRuns)
			}
		}
	}
	if skipped < 1000 {
		t.Errorf("only %d runs were skipped", skipped)
	}
}

// A text that can have no link is read without looking for one, to the same end.
func TestTextsWithoutLinksAreReadAlike(t *testing.T) {
	parts := []string{
		"[A_1]", "[A_2]", "[A_3]", "[A_4]", "[A_5]", "the ", "word", " ", ", ", ".", ":", "/", "//", "\"", "{\"a\":\"", "}", "http", "HTTPS", "www", "w", "evil.example", "\n", "=", "(", "&#47;", "\\", "é",
		"&", " & ", "ht", "tp", "ttp:", "p:", "s:", "\t", "ww",
	}
	values := []string{"Ann Jones", "ann@example.org", "x", "4111", "http", "w", "/", ":", "https", "a\"b", ".", "www", "evil.example", "Smith", "h", "tt", "\n", "t\nt", "ps", "sol;", "#47;"}
	// Schemes that values are a part of.
	fragments := []string{"[A_1]", "[A_2]", "[A_3]", "[A_4]", "h", "ht", "tp", "tps", "f", "s", "w", "ww", ":", ".", "x.io", "\n", "=\"", "(", " ", ")"}
	ends := []string{"Smith", "h", "t", "tt", "tp", "p", "s", "ft", "W", "ww", "t\nt", "\n", "x"}
	random := rand.New(rand.NewSource(1))
	unlinked := 0
	for n := 0; n < 100000; n++ {
		parts, values := parts, values
		if n%2 == 0 {
			parts, values = fragments, ends
		}
		v := NewVault()
		stem := NewStem("[A]")
		for i := 0; i < 1+random.Intn(5); i++ {
			v.Issue(stem, values[random.Intn(len(values))], true, random.Intn(4) == 0)
		}
		var b strings.Builder
		for i := random.Intn(12); i >= 0; i-- {
			b.WriteString(parts[random.Intn(len(parts))])
		}
		text, mode := b.String(), []Mode{Text, Detected, JSON}[n%3]
		r := NewRestorer(v, Tolerant, Links{}, 1<<20)
		if r.bare() && !mayLink(text) {
			unlinked++
		}
		got := r.Find(nil, text, mode)
		want := r.NewLane(mode).Find(nil, text)
		if len(got) != len(want) {
			t.Fatalf("%q: %d placeholders, want %d", text, len(got), len(want))
		}
		for i := range got {
			if got[i].Start != want[i].Start || got[i].End != want[i].End || got[i].Value.Reveal() != want[i].Value.Reveal() {
				t.Fatalf("%q: %+v, want %+v", text, got, want)
			}
		}
	}
	if unlinked < 1000 {
		t.Errorf("only %d texts were read without links", unlinked)
	}
}
