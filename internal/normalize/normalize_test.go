package normalize_test

import (
	"html"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
)

func of(s string) string {
	var t normalize.Text
	t.Reset(s)
	return t.String()
}

func TestReset(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ASCII", "mail john@example.com, 50% of R&D && C:\\users\\x", ""},
		{"prose", "Größe, été, Привет, мир, 你好，世界", "Größe, été, Привет, мир, 你好,世界"},
		{"scripts with marks", "नमस्ते สวัสดีค่ะ ทำ ແລະ ບຳ שָׁלוֹם বাংলা কো", ""},

		{"zero-width space", "4111\u200b1111", "41111111"},
		{"zero-width joiners", "jo\u200chn\u200d@x\u2060.com", "john@x.com"},
		{"soft hyphen", "ex\u00adample", "example"},
		{"byte order mark", "\ufeffa\ufeff", "a"},
		{"direction controls", "\u202ea\u2066b\u2069", "ab"},
		{"variation selectors and tags", "1\ufe0f\U000e0041\U000e01001", "11"},
		{"Hangul fillers", "1\u3164\uffa0\u115f\u11602", "12"},
		{"nothing is left", "\u200b\u200b", ""},
		{"keycaps", "4\ufe0f\u20e32\ufe0f\u20e3", "42"},

		{"full-width", "４１１１－ｊｏｈｎ＠ｘ．ｃｏｍ", "4111-john@x.com"},
		{"mathematical", "𝟒𝟙𝟭𝟣 𝐣𝑜𝒽𝓷", "4111 john"},
		{"circled", "①②⓪❸➁➍⓵⓿ⓙ🅐🄰", "120324" + "10jAA"},
		{"superscript and fraction", "10⁻³ ½", "10-3 1/2"},
		{"ligature", "ﬁle", "file"},
		{"Kelvin and long s", "\u212a\u017f", "Ks"},
		{"digits of other scripts", "٠١٢٣ ४५६ ๗๘๙", "0123 456 789"},
		{"dashes", "1‐2‑3‒4–5—6―7−8﹣9－0", "1-2-3-4-5-6-7-8-9-0"},
		{"dots", "a․b﹒c．d。e｡f", "a.b.c.d.e.f"},
		{"at signs", "a＠b﹫c", "a@b@c"},
		{"spaces", "1\u00a02\u20093\u202f4\u30005\u28006\u16807", "1 2 3 4 5 6 7"},
		{"line ends", "a\u2028b\u2029c\u0085d", "a\nb\nc\nd"},
		{"too long", "ﷺ", ""},
		{"alike only", "раураl", ""},

		{"composed", "Jose\u0301", "José"},
		{"marks in another order", "a\u0302\u0323", "ậ"},
		{"marks on a composed letter", "â\u0323", "ậ"},
		{"marks that are not composed", "x\u0302\u0323", "x\u0323\u0302"},
		{"marks that are never composed", "\u05d1\u05bc\u05b7", "\u05d1\u05b7\u05bc"},
		{"no letter", "\u0301e\u0301", "\u0301é"},
		{"the mark behind an invisible character", "e\u200b\u0301", "é"},
		{"the mark on a changed letter", "ｅ\u0301 ﬁ\u0301 ｅ\u200b\u0301", "é fí é"},
		{"a mark between", "e\u0327\u0301", "ȩ́"},
		{"Hangul", "\u1112\u1161\u11ab 하\u11ab", "한 한"},
		{"half-width Katakana", "ｶﾞ", "ガ"},
		{"invalid UTF-8 takes no mark", "\xff\u0301\xe3\u0301", ""},
		{"invalid UTF-8", "\xff４\xc3\xed\xa0\x80\xf4\x90\x80\x80\xe0\x82\xa0", "\xff4\xc3\xed\xa0\x80\xf4\x90\x80\x80\xe0\x82\xa0"},

		{"percent", "john%40x%2Ecom %c3%A9%E4%BD%A0%F0%9F%98%80", "john@x.com é你😀"},
		{"no percent", "%, %4, %4g, %g4, %e9, %C3%, %C3%4", ""},
		{"numbers", "&#64;&#x40;&#X40;&#0064;&#64&#x40 &#64", "@@@@@@ @"},
		{"numbers of windows-1252", "1&#150;2&#x97;3", "1-2-3"},
		{"no numbers", "&#; &#x; &#xg &# & &#1114112; &#55296; &#99999999999999999999 &#4294967360;", ""},
		{"names", "a&commat;b&period;c&nbsp;d&eacute;&shy;&ZeroWidthSpace;&hyphen;", "a@b.c dé-"},
		{"no names", "&commat &foo; &; &rarr; &Commat;", ""},
		{"backslashes", `\u0040 \x40 \U00000040 \u{40} \u{1F600} \\\\u0040 \ud83d\ude00 \\ud83d\\ude00`, "@ @ @ @ 😀 @ 😀 😀"},
		{"no backslashes", `\u \u004 \u{} \u{40 \u{110000} \U00110000 \x4 \ud83d \ude00 \ud83d\u0040 \ud83d/ude00 \U0000d83d\U0000de00 \n \\ \`, "\\u \\u004 \\u{} \\u{40 \\u{110000} \\U00110000 \\x4 \\ud83d \\ude00 \\ud83d@ \\ud83d/ude00 \\U0000d83d\\U0000de00 \\n \\\\ \\"},
		{"escapes in escapes", "%2540 &amp;#64; %26%2364%3B \\u0025\\u0034\\u0030", "@ @ @ @"},
		{"escapes of what changes", "%EF%BC%94 e&#x301; 1&#8203;2 ％４０", "4 é 12 @"},
		{"four deep", "%25252540", "@"},
		{"five deep", "%2525252540", "%40"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, changes := tt.want, true
			if want == "" && tt.name != "nothing is left" {
				want, changes = tt.in, false
			}
			var text normalize.Text
			if changed := text.Reset(tt.in); changed != changes || text.String() != want {
				t.Errorf("%t %+q\nwant %t %+q", changed, text.String(), changes, want)
			}
			if changes && !normalize.Needed(tt.in) {
				t.Error("not needed")
			}
		})
	}
}

func TestNotNeeded(t *testing.T) {
	for _, s := range []string{
		"", "a", "mail john@example.com, 50% of R&D && C:\\users\\x",
		"Größe, été, Привет, мир, 你好",
		"한국어 日本語 ελληνικά Tiếng Việt", "नमस्ते สวัสดีค่ะ ทำ", "😀 🇩🇪 “quoted”", "\xff\xc3",
		strings.Repeat("x", 100) + "%" + strings.Repeat("x", 100),
	} {
		if normalize.Needed(s) {
			t.Errorf("needed: %q", s)
		}
	}
}

// Wherever it stands in the words that are scanned at once.
func TestScanSeesEveryByte(t *testing.T) {
	for _, hidden := range []string{"%40", "&#64;", `\u0040`, "＠", "\u200b"} {
		for before := 0; before < 40; before++ {
			for after := 0; after < 40; after += 13 {
				for _, filler := range []string{"x", "é", "你", "\xff"} {
					s := strings.Repeat(filler, before) + hidden + strings.Repeat(filler, after)
					if !normalize.Needed(s) || strings.Contains(of(s), hidden) {
						t.Fatalf("not seen in %q", s)
					}
				}
			}
		}
	}
}

func TestSpan(t *testing.T) {
	for _, tt := range []struct{ name, in, find, want string }{
		{"nothing changes", "a b c", "b", "b"},
		{"full-width", "nr ４１１１ ok", "11", "１１"},
		{"behind what changed", "４ 11", "11", "11"},
		{"invisible inside, not around", "a\u200b4\u200b2\u200bb", "42", "4\u200b2"},
		{"invisible at the ends of the text", "\ufeff42\u200b", "42", "\ufeff42\u200b"},
		{"percent", "a%4042%40b", "@42@", "%4042%40"},
		{"one of several", "%34%31%32", "1", "%31"},
		{"reference", "a&#64;b&commat;c", "@b@", "&#64;b&commat;"},
		{"part of a ligature", "aﬃb", "f", "ﬃ"},
		{"a ligature's last", "aﬃb", "ib", "ﬃb"},
		{"composed", "xe\u0301x", "é", "e\u0301"},
		{"composed over an invisible one", "xe\u200b\u0301x", "é", "e\u200b\u0301"},
		{"in order", "xa\u0302\u0323x", "ậ", "a\u0302\u0323"},
		{"escape in an escape", "x&amp;#64;y", "@", "&amp;#64;"},
		{"escape of an escape's parts", "x%26%2364%3By", "@", "%26%2364%3B"},
		{"escape of a mark", "xe&#x301;y", "é", "e&#x301;"},
		{"part of what an escape hides", "x%EF%AC%83y", "f", "%EF%AC%83"},
		{"all", "%40\u200b", "@", "%40\u200b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var text normalize.Text
			text.Reset(tt.in)
			start := strings.Index(text.String(), tt.find)
			if start < 0 {
				t.Fatalf("%q is not in %q", tt.find, text.String())
			}
			from, to := text.Span(start, start+len(tt.find))
			if got := tt.in[from:to]; got != tt.want {
				t.Errorf("got %+q, want %+q", got, tt.want)
			}
		})
	}
}

// Parts that stay and parts that change alike may be longer than an edit holds.
func TestSpanInLongTexts(t *testing.T) {
	for _, filler := range []string{"x", "４", "%34", "４x", "\u200b", "\u200bx", "４５%36\u200bx"} {
		for _, times := range []int{31, 32, 33, 100, 65534, 65535, 65536, 200_000} {
			before := strings.Repeat(filler, times)
			in := "_" + before + "<％%40\u200b>" + before
			var text normalize.Text
			text.Reset(in)
			start := strings.Index(text.String(), "<")
			from, to := text.Span(start+1, start+3)
			if got, want := in[from:to], "％%40"; got != want || from != len(before)+2 {
				t.Errorf("%d times %+q: [%d:%d] is %.20q, want %q", times, filler, from, to, got, want)
			}
			if from, to := text.Span(start, start+1); in[from:to] != "<" {
				t.Errorf("%d times %+q: [%d:%d] is %.20q", times, filler, from, to, in[from:to])
			}
		}
	}
}

func TestSpanBehindLongParts(t *testing.T) {
	for edits := 28; edits < 36; edits++ {
		before := strings.Repeat("４x", edits) + strings.Repeat("x", 200_000) + strings.Repeat("４x", 5)
		in := before + "<＠>"
		var text normalize.Text
		text.Reset(in)
		start := strings.Index(text.String(), "@")
		if from, to := text.Span(start, start+1); from != len(before)+1 || in[from:to] != "＠" {
			t.Errorf("behind %d edits: [%d:%d] is %.20q", edits, from, to, in[from:to])
		}
	}
}

// check checks what holds for every text.
func check(t *testing.T, text *normalize.Text, s string) {
	t.Helper()
	changed := text.Reset(s)
	n := text.String()
	switch {
	case changed && n == s && utf8.ValidString(s):
		t.Fatalf("%+q changed to itself", s)
	case !changed && n != s:
		t.Fatalf("%+q did not change to %+q", s, n)
	case changed && !normalize.Needed(s):
		t.Fatalf("%+q changed without need", s)
	case utf8.ValidString(s) && !utf8.ValidString(n):
		t.Fatalf("%+q became invalid: %+q", s, n)
	case len(n) > 4*len(s):
		t.Fatalf("%+q became %d times as long", s, len(n)/len(s))
	}
	if from, to := text.Span(0, len(n)); from != 0 || to != len(s) {
		t.Fatalf("%+q: all of it is [%d:%d]", s, from, to)
	}
	var cuts []int
	for i := range n {
		cuts = append(cuts, i)
	}
	cuts = append(cuts, len(n))
	lastFrom, lastTo := 0, 0
	for i, start := range cuts[:len(cuts)-1] {
		from, to := text.Span(start, cuts[i+1])
		switch {
		case from >= to || to > len(s) || !boundary(s, from) || !boundary(s, to):
			t.Fatalf("%+q to %+q: [%d:%d] is [%d:%d]", s, n, start, cuts[i+1], from, to)
		case from > lastTo && of(s[lastTo:from]) != "":
			t.Fatalf("%+q to %+q: [%d:%d] stands between [%d:%d] and [%d:%d]", s, n, lastTo, from, lastFrom, lastTo, from, to)
		case from < lastFrom || to < lastTo:
			t.Fatalf("%+q to %+q: [%d:%d] is behind [%d:%d]", s, n, from, to, lastFrom, lastTo)
		}
		lastFrom, lastTo = from, to
		for _, end := range cuts[i+1 : min(i+50, len(cuts))] {
			f, e := text.Span(start, end)
			if f != from || e < to {
				t.Fatalf("%+q to %+q: [%d:%d] is [%d:%d] and [%d:%d] is [%d:%d]", s, n, start, cuts[i+1], from, to, start, end, f, e)
			}
			to = e
		}
	}
	if lastTo != len(s) && n != "" {
		t.Fatalf("%+q to %+q: [%d:%d] is at the end", s, n, lastTo, len(s))
	}
	for _, cut := range cuts {
		if from, to := text.Span(cut, cut); n != "" && (from != to || to > len(s)) {
			t.Fatalf("%+q to %+q: %d is [%d:%d]", s, n, cut, from, to)
		}
	}
}

func boundary(s string, i int) bool {
	if i == 0 || i == len(s) || utf8.RuneStart(s[i]) {
		return true
	}
	// A continuation byte that belongs to no character.
	for back := 1; back < utf8.UTFMax && back <= i; back++ {
		if _, size := utf8.DecodeRuneInString(s[i-back:]); size > back {
			return false
		}
	}
	return true
}

var parts = []string{
	"a", "e", "4", " ", "x", "\n", "%40", "%25", "%2", "%", "%C3%A9", "%EF%BC%94", "&#64;", "&#", "&amp;", "amp;", "#64;", "&commat;", "&#x301;", "&",
	`\u0040`, `\`, `\ud83d\ude00`, "u0040", "é", "â", "ậ", "你", "😀", "４", "ｅ", "ﬃ", "ﷺ", "٣", "–", "\u00a0", "\u200b", "\u00ad", "\ufe0f", "\U000e0041", "\u034f",
	"\u0301", "\u0323", "\u0302", "\u0338", "\u0344", "\u094d", "\u0e48", "\u1112", "\u1161", "\u11ab", "하", "ｶ", "ﾞ", "\u09c7", "\u09be", "\xff", "\xc3", "\xed\xa0\x80", "\xa9",
}

func TestRandom(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	var text normalize.Text
	for range 20_000 {
		var s strings.Builder
		for range 1 + rnd.Intn(12) {
			s.WriteString(parts[rnd.Intn(len(parts))])
		}
		check(t, &text, s.String())
	}
}

func FuzzReset(f *testing.F) {
	for _, part := range parts {
		f.Add("x" + part + part + "y")
	}
	f.Add(strings.Join(parts, ""))
	f.Add("e" + strings.Repeat("\u0301\u0323", 100) + "%40")
	f.Add("e" + strings.Repeat("\u200b", 1000) + "\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		var text normalize.Text
		check(t, &text, s)
	})
}

// Bounds on marks and invisible characters cut a letter, but lose nothing.
func TestBounds(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("\u0301", 1000),
		"e" + strings.Repeat("\u0323\u0301", 1000),
		"ｅ" + strings.Repeat("\u0301\u200b", 1000),
		strings.Repeat("\u200b", 1000) + "\u0301",
		"e" + strings.Repeat("\U000e0041", 1000) + "\u0301",
		"e" + strings.Repeat(strings.Repeat("\U000e0041", 256)+"\u0301", 100),
		strings.Repeat(`\`, 1000) + "u0040", strings.Repeat("&#", 1000), "&#" + strings.Repeat("0", 1000) + "64;",
	} {
		var text normalize.Text
		check(t, &text, s)
		for _, r := range []string{"\u0301", "\u0323"} {
			if got, want := strings.Count(text.String(), r), strings.Count(s, r)-4; got < want {
				t.Errorf("%d of %d marks are left", got, want+4)
			}
		}
	}
}

func TestResetAllocates(t *testing.T) {
	var text normalize.Text
	for _, s := range []string{
		strings.Repeat("mail john@example.com, 50% of R&D; ", 20), strings.Repeat("Привет, мир &foo; শান্তি কো ", 20),
		strings.Repeat("４１１１ %40 e\u0301 &commat; %2540", 20),
	} {
		text.Reset(s)
		if n := testing.AllocsPerRun(10, func() { text.Reset(s) }); n != 0 {
			t.Errorf("%v allocations for %q", n, s[:20])
		}
	}
}

func TestNamesAreThoseOfTheLibrary(t *testing.T) {
	for _, name := range []string{"commat", "period", "lowbar", "hyphen", "dash", "nbsp", "amp", "Tab", "NewLine", "num", "colon", "sol", "zwnj", "Eacute", "Jopf", "numsp", "CounterClockwiseContourIntegral"} {
		s := "&" + name + ";"
		if want := of(html.UnescapeString(s)); name[0] != 'C' && of(s) != want {
			t.Errorf("%s is %q, want %q", s, of(s), want)
		}
	}
}

var prose = map[string]string{
	"Plain":      "Dear team, the order from last week has not arrived; please call me back, John. ",
	"ASCII":      "Dear team, the order from last week has not arrived; please call me back, it is 50% of R&D. ",
	"Accented":   "Le café était fermé, où était donc passé l’été? Größe über Maß, señor. ",
	"Cyrillic":   "Уважаемая команда, заказ на прошлой неделе не пришёл; прошу перезвонить мне. ",
	"Chinese":    "尊敬的团队上周的订单还没有到达请给我回电话谢谢你们的帮助我们会等待",
	"Punctuated": "尊敬的团队，上周的订单还没有到达，请给我回电话。谢谢你们的帮助，我们会等待：好！",
	"Hindi":      "प्रिय टीम, पिछले सप्ताह का आदेश नहीं आया है, कृपया मुझे वापस कॉल करें। ",
	"Bengali":    "প্রিয় দল, গত সপ্তাহের অর্ডারটি আসেনি, অনুগ্রহ করে আমাকে আবার কল করুন। ",
	"FullWidth":  "４１１１１１１１１１１１１１１１ ｊｏｈｎ＠ｅｘａｍｐｌｅ．ｃｏｍ ",
	"Percent":    "%6a%6f%68%6e%40%65%78%61%6d%70%6c%65%2e%63%6f%6d ",
	"Decomposed": "e\u0301te\u0301 u\u0308ber n\u0303 a\u0302\u0323 ",
}

func BenchmarkNeeded(b *testing.B) {
	for name, sentence := range prose {
		s := strings.Repeat(sentence, 1+64<<10/len(sentence))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for range b.N {
				normalize.Needed(s)
			}
		})
	}
}

func BenchmarkReset(b *testing.B) {
	var text normalize.Text
	for name, sentence := range prose {
		s := strings.Repeat(sentence, 1+64<<10/len(sentence))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for range b.N {
				text.Reset(s)
			}
		})
	}
}
