package placeholder

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

// passByte is [link.pass] without shortcuts.
func (k *link) passByte(c byte) {
	inString, escaped := k.document.inText()
	if k.document.pass(c) {
		k.end()
		*k = link{document: k.document, nesting: k.nesting, resolved: k.resolved, decided: k.decided}
		return
	}
	switch {
	case !inString:
		k.settle()
	case c == '\\' && !escaped:
		k.backslash = true
		return
	case k.backslash && c == '/':
		k.backslash = false
	default:
		k.settle()
	}
	k.see(c)
}

// What is read in runs must leave a link exactly as what is read byte for byte.
func TestRunsAreReadLikeBytes(t *testing.T) {
	words := []string{
		"the", "Customer", " ", "  ", " and ", ", ", ". ", "...", "www", "www.", "x.www.evil.example/", "http", "https:", "http:", ":", "says:", "ht", "tp", "s:", "ws", "FTP:", "//", "/", "\\", "\\u002f", "&#47;", "&", "&colon;", ";",
		"\n", "\n\n", "\t", "\r\n", "\"", "'", "=\"", "=", "(", ")", "](", "]", "[", "<", ">", "mailto:", "C:", "é", "信用", "-", "+", "_", "@", "evil.example", "known.example", "{", "}", "{\"a\":\"", "u0040", "n", "\\n", "\\t",
		strings.Repeat("It was shipped on Monday, they say. ", 3), strings.Repeat("a1", 160), strings.Repeat("信", 120), "https://known.example/?u=", "ut\\ut", " a, b; ", "   ", "\\ ",
	}
	random := rand.New(rand.NewSource(1))
	skipped := 0
	for n := 0; n < 30000; n++ {
		var b strings.Builder
		for i := random.Intn(30); i >= 0; i-- {
			b.WriteString(words[random.Intn(len(words))])
			if random.Intn(3) == 0 {
				b.WriteString(strings.Repeat(" plain words follow", random.Intn(4)))
			}
		}
		skipped += readAlike(t, b.String(), []Mode{Text, Detected, JSON}[n%3], func(left int) int { return 1 + random.Intn(left) })
	}
	if skipped < 1000 {
		t.Errorf("only %d runs were skipped", skipped)
	}
}

// readAlike reads a text in runs and byte for byte, in pieces of the given sizes,
// and returns how many long runs there were.
func readAlike(t *testing.T, text string, mode Mode, size func(left int) int) (skipped int) {
	bytes, runs := link{document: newDocument(mode)}, link{document: newDocument(mode)}
	var of, ofRuns []string
	bytes.resolved = func(host string) { of = append(of, host) }
	runs.resolved = func(host string) { ofRuns = append(ofRuns, host) }
	for at := 0; at < len(text); {
		end := at + size(len(text)-at)
		for _, c := range []byte(text[at:end]) {
			bytes.passByte(c)
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
	return skipped
}

func FuzzRunsAreReadLikeBytes(f *testing.F) {
	for _, text := range []string{"the order, they say: http://a.example/x", "www.a.example <b> \"https://a\\tb\"", "{\"a\":\"http:\\/\\/a\\u002fb\"}", "&#104;ttp://é.example/?u=https://b", "x='a, //b' (//c)"} {
		f.Add(text, uint8(0), uint8(7))
		f.Add(text, uint8(2), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, mode, size uint8) {
		readAlike(t, text, Mode(mode%3), func(left int) int { return min(left, 1+int(size)) })
	})
}

// Whether a text may have a link does not depend on plain words behind it, with which
// it is too long to be looked through at a glance.
func TestGlanceMissesNothing(t *testing.T) {
	parts := []string{"", "a", "www", "WW", "w", ".", ".", ":", "http", "s", "/", "//", "\\", "&", "&#", ",", "\"", "(", " ", "é", "\t", "1", "[", "="}
	random := rand.New(rand.NewSource(1))
	links, others := 0, 0
	for range 100000 {
		text := ""
		for range 1 + random.Intn(6) {
			text += parts[random.Intn(len(parts))]
		}
		if strings.HasSuffix(text, "/") || strings.HasSuffix(text, "&") {
			continue // what stands behind these counts
		}
		want := mayLink(text + strings.Repeat(" and", maxGlance/4+1))
		if got := mayLink(text); got != want {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
		if want {
			links++
		} else {
			others++
		}
	}
	if links < 1000 || others < 1000 {
		t.Errorf("only %d texts with links and %d without", links, others)
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
		if n%4 == 0 { // links do not matter, and are not followed
			r = NewRestorer(v, Tolerant, Links{Always: true}, 1<<20)
			following := r.NewLane(mode)
			following.unlinked = false
			got, want = r.NewLane(mode).Find(nil, text), following.Find(nil, text)
		}
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
