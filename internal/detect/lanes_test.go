package detect_test

import (
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// What passes learn side by side is what a pass on its own comes to, whatever the
// rules, the text and the room in tables.
func TestPiecesAreWhatAPassComesTo(t *testing.T) {
	rnd := rand.New(rand.NewSource(61))
	learned, all := 0, 0
	for i := 0; i < 600; i++ {
		list := make([]detect.Rule, 1+rnd.Intn(4))
		for i := range list {
			list[i] = randomRule(rnd).rule()
		}
		e, err := limited(rnd)(list, []int{3000, 10_000, 1 << 20}[rnd.Intn(3)])
		if err != nil {
			t.Fatal(err)
		}
		e.InPieces(1 + rnd.Intn(100))
		for range 4 {
			text := randomText(rnd, 400)
			n, err := e.Learned(text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			learned += n
			all += len(text)
		}
	}
	if learned < all/8 {
		t.Errorf("only %d of %d bytes: the test tests little", learned, all)
	}
}

// longText has stretches of the same, words, and whatever else there may be.
func longText(rnd *rand.Rand) string {
	var b strings.Builder
	for n := rnd.Intn(40); n >= 0; n-- {
		switch rnd.Intn(8) {
		case 0:
			b.WriteString(strings.Repeat([]string{"a", "ab", "1 ", "é", "日", "\xff"}[rnd.Intn(6)], rnd.Intn(300)))
		case 1:
			b.WriteString(randomText(rnd, 60))
		default:
			b.WriteString(abText(rnd, []string{"abc ", "aaaaab1\n", "éa ", "1 2.", "ab日é"}[rnd.Intn(5)], rnd.Intn(60)))
		}
	}
	return b.String()
}

// Pieces change nothing in what is found in long texts, by rules with short matches
// and long ones, alone and by many at a time.
func TestPiecesOfLongTexts(t *testing.T) {
	long := []string{
		`(?s)1.*?2`, `"[^"]*"`, `(?s)-----a.{0,900}?-----b`, `a[^c]*c`, `(?m)^b.*$`, `\b[ab]{3,}1`, `(?:a|é){40,}`, `c.{30}1`, `(?s)\Aa.*\bb\z`, `\x{65e5}+`,
		`(?i)\bba\b`, `a(?:.*2)?`, `\d{2}`, `(?s).{300}`, `[^ ]{90,}`,
	}
	rnd := rand.New(rand.NewSource(67))
	findings := 0
	for i := 0; i < 150; i++ {
		var list []detect.Rule
		for range 1 + rnd.Intn(4) {
			rule := detect.Rule{Expression: long[rnd.Intn(len(long))]}
			if rnd.Intn(2) == 0 {
				rule = randomRule(rnd).rule()
			}
			list = append(list, rule)
		}
		e, err := limited(rnd)(list, []int{3000, 1 << 20}[rnd.Intn(2)])
		if err != nil {
			t.Fatal(err)
		}
		plain, err := detect.New(list)
		if err != nil {
			t.Fatal(err)
		}
		plain.InPieces(1 << 40)
		var texts []string
		var want [][]detect.Finding
		for range 5 {
			texts = append(texts, longText(rnd))
			want = append(want, plain.Find(nil, texts[len(texts)-1]))
			findings += len(want[len(want)-1])
		}
		for _, piece := range []int{8, 50, 512} {
			e.InPieces(piece)
			var all sync.WaitGroup
			for range 2 {
				all.Add(1)
				go func() {
					defer all.Done()
					for i, text := range texts {
						if got := e.Find(nil, text); !slices.Equal(got, want[i]) {
							t.Errorf("%q in pieces of %d\nrules %v\ngot  %v\nwant %v", text, piece, list, got, want[i])
						}
					}
				}()
			}
			all.Wait()
		}
	}
	if findings < 20_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// Those who go through a text while the automaton is built do not see states that
// their tables have no rows for.
func TestPiecesWhileTheAutomatonIsBuilt(t *testing.T) {
	rnd := rand.New(rand.NewSource(71))
	var list []detect.Rule
	for _, behind := range []string{"[abc]", "[cd]", "[ef]", "[ag]", `\b`, "[12]"} {
		list = append(list, detect.Rule{Expression: "(?<!" + behind + ")[a-f]{2}[12]"})
	}
	for range 300 {
		e, err := detect.New(list)
		if err != nil {
			t.Fatal(err)
		}
		e.InPieces(4)
		text := abText(rnd, "abcdefg12 .,!é", 300)
		var got [8]string
		var all sync.WaitGroup
		for i := range got {
			all.Add(1)
			go func() {
				defer all.Done()
				got[i] = found(e, text[i:])
			}()
		}
		all.Wait()
		for i := range got {
			if want := found(e.InPieces(1<<40), text[i:]); got[i] != want {
				t.Errorf("%q: got %s, want %s", text[i:], got[i], want)
			}
		}
	}
}

// Once the automaton is built, nearly all of a text is known from going through
// its pieces side by side.
func TestNearlyAllOfAnOrdinaryTextIsKnown(t *testing.T) {
	e, err := detect.New(benchRules(10))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"prose":     benchTexts()["prose"][:2000],
		"dense":     benchTexts()["dense"][:2000],
		"two bytes": strings.Repeat("в начале было слово, ", 60),
	} {
		e.Find(nil, text)
		if n, err := e.Learned(text); err != nil || n < len(text)*9/10 {
			t.Errorf("%s: %d of %d bytes, %v", name, n, len(text), err)
		}
	}
}
