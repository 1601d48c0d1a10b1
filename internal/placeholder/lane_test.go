package placeholder_test

import (
	"encoding/json"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// budget is more than any test needs.
const budget = 1 << 30

// awkward is a value that must be escaped almost everywhere.
const awkward = "a\"b\\c\nd😀"

// testVault has [EMAIL_1] … [EMAIL_12], <CARD_1>, TEXT_1, [USER_ID_1] and
// [NUMBER_1], which stood for a JSON number.
func testVault() *placeholder.Vault {
	v := placeholder.NewVault()
	v.Reserve(placeholder.NewReader([]placeholder.Stem{email}), "my site is https://Known.example:8443/a and www.second.example")
	for _, value := range []string{"ann@x.io", awkward, "c", "d", "e", "f", "g", "h", "i", "j", "k", "twelfth"} {
		v.Issue(email, value, true, false)
	}
	v.Issue(card, "4111", true, false)
	v.Issue(open, "opened", true, false)
	v.Issue(placeholder.NewStem("[USER_ID]"), "u1", true, false)
	v.Issue(placeholder.NewStem("[NUMBER]"), "42", true, true)
	v.Issue(placeholder.NewStem("[HOST]"), "own.example", true, false)
	return v
}

func lane(g placeholder.Grammar, links placeholder.Links, m placeholder.Mode) *placeholder.Lane {
	return placeholder.NewRestorer(testVault(), g, links, budget).NewLane(m)
}

func whole(l *placeholder.Lane, text string) string { return join(l.Push(text)) + join(l.Flush()) }

func join(pieces []placeholder.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestGrammar(t *testing.T) {
	const asIs = "\x00" // the text stays as it is
	for _, tt := range []struct{ text, strict, tolerant, aggressive string }{
		{"[EMAIL_1]", "ann@x.io", "ann@x.io", "ann@x.io"},
		{"to [EMAIL_12], [EMAIL_1].", "to twelfth, ann@x.io.", "to twelfth, ann@x.io.", "to twelfth, ann@x.io."},
		{"[email_1]", asIs, "ann@x.io", "ann@x.io"},
		{"[EMAIL 1] [EMAIL-1]", asIs, "ann@x.io ann@x.io", "ann@x.io ann@x.io"},
		{"[User Id 1] [user-id_1]", asIs, "u1 u1", "u1 u1"},
		{"[EMAIL_01] [EMAIL_0012]", asIs, "ann@x.io twelfth", "ann@x.io twelfth"},
		{`\u005bEMAIL_1\u005D`, asIs, "ann@x.io", "ann@x.io"},
		{"&#91;EMAIL_1&#x5D; &lbrack;EMAIL&#95;1&rsqb;", asIs, "ann@x.io ann@x.io", "ann@x.io ann@x.io"},
		{`\[USER\_ID\_1\]`, asIs, "u1", "u1"},
		{"［EMAIL_1］【EMAIL＿1】", asIs, "ann@x.ioann@x.io", "ann@x.ioann@x.io"},
		{"&lt;card_1&gt; ＜CARD_1＞", asIs, "4111 4111", "4111 4111"},
		{"EMAIL_1", asIs, asIs, "ann@x.io"},
		{"EMAIL_1's, (email 1)", asIs, asIs, "ann@x.io's, (ann@x.io)"},
		{"MY_EMAIL_1 EMAIL_1X EMAIL_1_ xEMAIL_1 éEMAIL_1", asIs, asIs, asIs},
		{"[EMAIL_1 and EMAIL_1]", asIs, asIs, "[ann@x.io and ann@x.io]"},
		{"[EMAIL_99] [EMAIL_0] [EMAIL_] [EMAIL_123] [MAIL_1] [EMAIL__1] [EMAIL_1.]", asIs, asIs, "[EMAIL_99] [EMAIL_0] [EMAIL_] [EMAIL_123] [MAIL_1] [EMAIL__1] [ann@x.io.]"},
		{"TEXT_1 TEXT_12 text_1", "opened TEXT_12 text_1", "opened TEXT_12 text_1", "opened TEXT_12 opened"},
		{"[EMAIL_" + strings.Repeat("0", 40) + "1]", asIs, asIs, asIs},
		{"[EMAIL_[EMAIL_1]]", "[EMAIL_ann@x.io]", "[EMAIL_ann@x.io]", "[EMAIL_ann@x.io]"},
		{`\\[EMAIL_1] \[EMAIL_1] [EMAIL_1\]`, `\\ann@x.io \ann@x.io [EMAIL_1\]`, `\\ann@x.io \ann@x.io [EMAIL_1\]`, `\\ann@x.io \ann@x.io [ann@x.io\]`},
		{`\\[EMAIL\\_1\\]`, asIs, "ann@x.io", "ann@x.io"},
		{"&#91;EMAIL_1", asIs, asIs, "&#91;ann@x.io"},
		{"", asIs, asIs, asIs},
	} {
		for g, want := range map[placeholder.Grammar]string{placeholder.Strict: tt.strict, placeholder.Tolerant: tt.tolerant, placeholder.Aggressive: tt.aggressive} {
			if want == asIs {
				want = tt.text
			}
			if got := whole(lane(g, placeholder.Links{}, placeholder.Text), tt.text); got != want {
				t.Errorf("grammar %d: %q became %q, want %q", g, tt.text, got, want)
			}
		}
	}
}

func TestStemsThatLookAlikeAreReadExactly(t *testing.T) {
	v := placeholder.NewVault()
	a, b := placeholder.NewStem("[THE_NAME]"), placeholder.NewStem("[THE NAME]")
	v.Issue(a, "a", true, false)
	v.Issue(b, "b", true, false)
	r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, budget)
	if got, want := whole(r.NewLane(placeholder.Text), "[THE_NAME_1] [THE NAME_1] [the_name_1] [THE NAME 1]"), "a b [the_name_1] [THE NAME 1]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Ordinary text goes on at once, and of what can become a placeholder only the
// longest tail is held back.
func TestWhatIsHeldBack(t *testing.T) {
	for _, tt := range []struct{ text, now string }{
		{"hello", "hello"},
		{"hello ", "hello "},
		{"hello [", "hello "},
		{"hello [E", "hello "},
		{"hello [X", "hello [X"},
		{"[EMAIL_1] and [EMAIL_", "ann@x.io and "},
		{"[EMAIL_1", ""},
		{"[EMAIL_2", ""},
		{"[EMAIL_7", ""},
		{"[EMAIL_13", "[EMAIL_13"},
		{"[EMAIL_99", "[EMAIL_99"},
		{"[[EMAIL_1", "["},
		{"[EMAIL_1[", "[EMAIL_1"},
		{"a & b", "a & b"},
		{"a &", "a "},
		{"a &#9", "a "},
		{"a &#8", "a &#8"},
		{`a \`, "a "},
		{"TEXT_1", ""},
		{"TEXT_1.", "opened."},
		{"EMAIL", "EMAIL"},
		{"EMAI", "EMAI"},
		{"T", ""},
		{"x [EMAIL_1] http://known.example/", "x ann@x.io http://known.example/"},
		{"http://stranger.example/?q=", "http://stranger.example/?q="},
		{"http://[EMAIL_1]", "http://"},
		{"http://[EMAIL_1]/", "http://[EMAIL_1]/"},
	} {
		if got := join(lane(placeholder.Tolerant, placeholder.Links{}, placeholder.Text).Push(tt.text)); got != tt.now {
			if tt.text == "http://[EMAIL_1]/" && got == "http://ann@x.io/" {
				continue // the authority is the caller's own value
			}
			t.Errorf("%q: %q goes on at once, want %q", tt.text, got, tt.now)
		}
	}
}

func TestLinks(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"https://known.example/?q=[EMAIL_1]", "https://known.example/?q=ann@x.io"},
		{"https://KNOWN.example./?q=[EMAIL_1]", "https://KNOWN.example./?q=ann@x.io"},
		{"https://user:pw@known.example:443/?q=[EMAIL_1]", "https://user:pw@known.example:443/?q=ann@x.io"},
		{"https://second.example/[EMAIL_1]", "https://second.example/[EMAIL_1]"},
		{"https://www.second.example/[EMAIL_1]", "https://www.second.example/ann@x.io"},
		{"https://listed.example#[EMAIL_1]", "https://listed.example#ann@x.io"},
		{"https://stranger.example/?q=[EMAIL_1] [EMAIL_1]", "https://stranger.example/?q=[EMAIL_1] ann@x.io"},
		{"![x](https://stranger.example/?d=[EMAIL_1]) [EMAIL_1]", "![x](https://stranger.example/?d=[EMAIL_1]) ann@x.io"},
		{"![x](https://stranger.example/?d=a)[EMAIL_1]", "![x](https://stranger.example/?d=a)ann@x.io"},
		{"![x](https://stranger.example/(a)?d=[EMAIL_1])[EMAIL_1]", "![x](https://stranger.example/(a)?d=[EMAIL_1])ann@x.io"},
		{"(https://stranger.example/)?d=[EMAIL_1]", "(https://stranger.example/)?d=[EMAIL_1]"},
		{"![x](<https://stranger.example/a b?d=[EMAIL_1]>)[EMAIL_1]", "![x](<https://stranger.example/a b?d=[EMAIL_1]>)ann@x.io"},
		{"![x](//stranger.example/?d=[EMAIL_1])", "![x](//stranger.example/?d=[EMAIL_1])"},
		{`<img src="https://stranger.example/a b?d=[EMAIL_1]">[EMAIL_1]`, `<img src="https://stranger.example/a b?d=[EMAIL_1]">ann@x.io`},
		{"HTTPS:\\\\stranger.example\\?[EMAIL_1]", "HTTPS:\\\\stranger.example\\?[EMAIL_1]"},
		{`https:\/\/stranger.example\/[EMAIL_1]`, `https:\/\/stranger.example\/[EMAIL_1]`},
		{"https:stranger.example/[EMAIL_1]", "https:stranger.example/[EMAIL_1]"},
		{"https://known.example@stranger.example/[EMAIL_1]", "https://known.example@stranger.example/[EMAIL_1]"},
		{`https://known.example\@stranger.example/[EMAIL_1]`, `https://known.example\@stranger.example/[EMAIL_1]`},
		{"https://known.example.stranger.example/[EMAIL_1]", "https://known.example.stranger.example/[EMAIL_1]"},
		{"https://[EMAIL_1]@stranger.example/", "https://[EMAIL_1]@stranger.example/"},
		{"https://[EMAIL_1].stranger.example/", "https://[EMAIL_1].stranger.example/"},
		{"https://[HOST_1]/?q=[EMAIL_1]", "https://own.example/?q=ann@x.io"},
		{"https://[HOST_1]:8080/", "https://[HOST_1]:8080/"},
		{"https://stranger.example/[email 1]", "https://stranger.example/[email 1]"},
		{"www.stranger.example/[EMAIL_1]", "www.stranger.example/[EMAIL_1]"},
		{"mailto:[EMAIL_1] tel:[EMAIL_1]", "mailto:ann@x.io tel:ann@x.io"},
		{"// a comment, [EMAIL_1]", "// a comment, ann@x.io"},
		{"either/or [EMAIL_1]", "either/or ann@x.io"},
		{"https://stranger.example\n[EMAIL_1]", "https://stranger.example\nann@x.io"},
		{"https://" + strings.Repeat("a", 1000) + "[EMAIL_1]", "https://" + strings.Repeat("a", 1000) + "[EMAIL_1]"},
	} {
		l := lane(placeholder.Tolerant, placeholder.Links{Hosts: []string{"listed.example"}}, placeholder.Text)
		if got := whole(l, tt.text); got != tt.want {
			t.Errorf("%q became\n%q, want\n%q", tt.text, got, tt.want)
		}
		always := strings.NewReplacer("[EMAIL_1]", "ann@x.io", "[email 1]", "ann@x.io", "[HOST_1]", "own.example").Replace(tt.text)
		if got := whole(lane(placeholder.Tolerant, placeholder.Links{Always: true}, placeholder.Text), tt.text); got != always {
			t.Errorf("always: %q became %q", tt.text, got)
		}
	}
	l := lane(placeholder.Tolerant, placeholder.Links{Never: true}, placeholder.Text)
	if got, want := whole(l, "https://known.example/[EMAIL_1] [EMAIL_1]"), "https://known.example/[EMAIL_1] ann@x.io"; got != want || l.Stats() != (placeholder.Stats{Restored: 1, Suppressed: 1}) {
		t.Errorf("never: %q, %+v", got, l.Stats())
	}
	l = lane(placeholder.Tolerant, placeholder.Links{Listed: true, Hosts: []string{"listed.example"}}, placeholder.Text)
	if got, want := whole(l, "https://known.example/[EMAIL_1] https://listed.example/[EMAIL_1] [EMAIL_1]"), "https://known.example/[EMAIL_1] https://listed.example/ann@x.io ann@x.io"; got != want {
		t.Errorf("listed: %q", got)
	}
}

func TestValuesAreSpelledForTheirPlace(t *testing.T) {
	quoted := `a\"b\\c\nd😀`
	for _, tt := range []struct {
		name       string
		mode       placeholder.Mode
		text, want string
	}{
		{"text", placeholder.Text, `say "[EMAIL_2]"`, `say "` + awkward + `"`},
		{"arguments", placeholder.JSON, `{"a":"[EMAIL_2]","b":["x [EMAIL_2]"]}`, `{"a":"` + quoted + `","b":["x ` + quoted + `"]}`},
		{"after an escaped quote", placeholder.JSON, `{"a":"\"[EMAIL_2]\\"}`, `{"a":"\"` + quoted + `\\"}`},
		{"a number", placeholder.JSON, `{"n":"[NUMBER_1]"}`, `{"n":42}`},
		{"a number in a list", placeholder.JSON, `["[NUMBER_1]", "[NUMBER_1]"]`, `[42, 42]`},
		{"a number within a string", placeholder.JSON, `{"n":"no [NUMBER_1]","m":"[NUMBER_1] "}`, `{"n":"no 42","m":"42 "}`},
		{"a number, spelled otherwise", placeholder.JSON, `{"n":"[number 1]"}`, `{"n":42}`},
		{"no number in text", placeholder.Detected, `{"n":"[NUMBER_1]"}`, `{"n":"42"}`},
		{"a document", placeholder.Detected, ` {"a":"[EMAIL_2]"}`, ` {"a":"` + quoted + `"}`},
		{"no document", placeholder.Detected, `[x] "[EMAIL_2]"`, `[x] "` + awkward + `"`},
		{"begins with a placeholder", placeholder.Detected, `[EMAIL_1] says "[EMAIL_2]"`, `ann@x.io says "` + awkward + `"`},
		{"braces in text", placeholder.Detected, `{note} "[EMAIL_2]"`, `{note} "` + awkward + `"`},
		{"no document at all", placeholder.Detected, `{not json "[EMAIL_2]"`, `{not json "` + awkward + `"`},
		{"letters of literals", placeholder.Detected, `{unless "[EMAIL_2]"`, `{unless "` + awkward + `"`},
		{"text after a document", placeholder.Detected, `[1] says "[EMAIL_2]"`, `[1] says "` + awkward + `"`},
		{"a string after a document", placeholder.Detected, `[1] "[EMAIL_2]"`, `[1] "` + awkward + `"`},
		{"a document after a document", placeholder.Detected, "[1]\n[\"[EMAIL_2]\"]", "[1]\n[\"" + quoted + "\"]"},
		{"a value without quotes", placeholder.Detected, `{"n":[EMAIL_1],"t":"[EMAIL_2]"}`, `{"n":ann@x.io,"t":"` + quoted + `"}`},
		{"a link in another argument", placeholder.JSON, `{"a":"at https://stranger.example/?[EMAIL_1]","b":"[EMAIL_1]"}`, `{"a":"at https://stranger.example/?[EMAIL_1]","b":"ann@x.io"}`},
		{"a link in broken arguments", placeholder.JSON, `{a:"at https://stranger.example/?","b":"[EMAIL_1]"}`, `{a:"at https://stranger.example/?","b":"[EMAIL_1]"}`},
		{"a link in another string of text", placeholder.Detected, `["at https://stranger.example/?","[EMAIL_1]"]`, `["at https://stranger.example/?","[EMAIL_1]"]`},
		{"a value in no place for one", placeholder.Detected, `{"n" [EMAIL_1],"[EMAIL_2]"}`, `{"n" ann@x.io,"` + awkward + `"}`},
	} {
		if got := whole(lane(placeholder.Tolerant, placeholder.Links{}, tt.mode), tt.text); got != tt.want {
			t.Errorf("%s: %q became\n%q, want\n%q", tt.name, tt.text, got, tt.want)
		}
		checkSplits(t, tt.mode, tt.text)
	}
}

// checkSplits compares every way to cut a text in two, and in single bytes,
// with the whole.
func checkSplits(t *testing.T, m placeholder.Mode, text string) {
	t.Helper()
	r := placeholder.NewRestorer(testVault(), placeholder.Tolerant, placeholder.Links{}, budget)
	want := whole(r.NewLane(m), text)
	bytewise := r.NewLane(m)
	got := ""
	for i := 0; i < len(text); i++ {
		got += join(bytewise.Push(text[i : i+1]))
		l := r.NewLane(m)
		if cut := join(l.Push(text[:i])) + join(l.Push(text[i:])) + join(l.Flush()); cut != want {
			t.Fatalf("%q cut at %d gives %q, want %q", text, i, cut, want)
		}
	}
	if got += join(bytewise.Flush()); got != want {
		t.Fatalf("%q byte by byte gives %q, want %q", text, got, want)
	}
}

var lanePieces = []string{
	"[EMAIL_1]", "[EMAIL_2]", "[EMAIL_12]", "[EMAIL_99]", "[email 1]", "[EMAIL_", "[EMAIL_1", "1]", "EMAIL_1", "<CARD_1>", "&lt;CARD_1&gt;", "TEXT_1", "TEXT_1 2",
	`\[USER\_ID\_1\]`, `\u005bEMAIL_1]`, "【EMAIL_1】", "\"[NUMBER_1]\"", "[NUMBER_1]", "[HOST_1]", "\"", "\\", "{", "}", "[", "]", "(", ")", ",", ":", " ", "\n", "&", "&#9", "0", "12",
	"https://", "http://known.example/", "https://stranger.example/?d=", "](", "www.", "//", "/", "@", ".example", "word", "é", "😀", "\xff", "\xef", "true",
}

func TestStreamedEqualsWhole(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	vault := testVault()
	restored := 0
	for i := 0; i < 30_000; i++ {
		var b strings.Builder
		for n := 1 + rnd.Intn(10); n > 0; n-- {
			b.WriteString(lanePieces[rnd.Intn(len(lanePieces))])
		}
		text := b.String()
		r := placeholder.NewRestorer(vault, placeholder.Grammar(rnd.Intn(3)), placeholder.Links{}, budget)
		mode := placeholder.Mode(rnd.Intn(3))
		l := r.NewLane(mode)
		want := whole(l, text)
		restored += l.Stats().Restored
		cut := r.NewLane(mode)
		got := ""
		for at := 0; at < len(text); {
			to := at + 1 + rnd.Intn(len(text)-at)
			got += join(cut.Push(text[at:to]))
			at = to
		}
		if got += join(cut.Flush()); got != want {
			t.Fatalf("%q streamed gives %q, whole %q", text, got, want)
		}
		if cut.Stats() != l.Stats() {
			t.Fatalf("%q counts %+v streamed, %+v whole", text, cut.Stats(), l.Stats())
		}
	}
	if restored < 10_000 {
		t.Errorf("only %d placeholders were restored: the texts test nothing", restored)
	}
}

func FuzzStreamedEqualsWhole(f *testing.F) {
	f.Add("a [EMAIL_1] https://stranger.example/[EMAIL_2] {\"n\":\"[NUMBER_1]\"}", uint8(2), uint8(3))
	f.Fuzz(func(t *testing.T, text string, mode, step uint8) {
		r := placeholder.NewRestorer(testVault(), placeholder.Aggressive, placeholder.Links{}, budget)
		m := placeholder.Mode(mode % 3)
		want := whole(r.NewLane(m), text)
		cut := r.NewLane(m)
		got := ""
		for at := 0; at < len(text); {
			to := min(len(text), at+1+int(step%7))
			got += join(cut.Push(text[at:to]))
			at = to
		}
		if got += join(cut.Flush()); got != want {
			t.Fatalf("%q streamed gives %q, whole %q", text, got, want)
		}
	})
}

// Arguments in pieces stay valid JSON, whatever the values are.
func TestArgumentsStayJSON(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	for i := 0; i < 2000; i++ {
		doc := map[string]interface{}{"a": "[EMAIL_2] \"", "b": []interface{}{"[EMAIL_2]", "[NUMBER_1]", 1.5, "\\[EMAIL_2]\\"}, "[EMAIL_2]": nil}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		l := lane(placeholder.Tolerant, placeholder.Links{}, placeholder.JSON)
		got := ""
		for at := 0; at < len(text); {
			to := at + 1 + rnd.Intn(min(9, len(text)-at))
			got += join(l.Push(string(text[at:to])))
			at = to
		}
		got += join(l.Flush())
		if !json.Valid([]byte(got)) || strings.Contains(got, "EMAIL") {
			t.Fatalf("%s became %s", text, got)
		}
	}
}

func TestHeldTellsWhatFlushReturns(t *testing.T) {
	l := lane(placeholder.Tolerant, placeholder.Links{}, placeholder.Text)
	if l.Push("x [EMAIL"); !l.Held() {
		t.Error("nothing is held")
	}
	if got := join(l.Flush()); got != "[EMAIL" || l.Held() {
		t.Errorf("flushed %q, still held: %v", got, l.Held())
	}
}

func TestBudget(t *testing.T) {
	r := placeholder.NewRestorer(testVault(), placeholder.Tolerant, placeholder.Links{}, 10)
	l := r.NewLane(placeholder.Text)
	if got, want := whole(l, "[EMAIL_1] [EMAIL_1] <CARD_1> [EMAIL_3]"), "ann@x.io [EMAIL_1] <CARD_1> c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := l.Stats(), (placeholder.Stats{Restored: 2, TooLarge: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}
