package jsonedit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

const depth = 50

func TestWalkVisitsTextsInOrder(t *testing.T) {
	doc := " {\"a\": \"x\\u0040y\", \"b\":[1, -2.5e+3, {\"c\\n\":null}], \"a\":\"\", \"e\":{}, \"f\":[]} "
	var got []string
	err := jsonedit.Walk(doc, depth, func(x jsonedit.Text, path *jsonedit.Path) {
		if doc[x.Start:x.End] != x.Raw {
			t.Errorf("offsets %d:%d do not hold %q", x.Start, x.End, x.Raw)
		}
		var at []string
		for i := 0; i < path.Len(); i++ {
			at = append(at, path.At(i))
		}
		got = append(got, fmt.Sprint(x.Kind, " ", strings.Join(at, "/"), " ", path.Name(), "=", x.Raw, " ", x.Escaped))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 a a=a false",
		`0 a a=x\u0040y true`,
		"1 b b=b false",
		"2 b/0 b=1 false",
		"2 b/1 b=-2.5e+3 false",
		"1 b/2/c\n c\n=c\\n true",
		"1 a a=a false",
		"0 a a= false",
		"1 e e=e false",
		"1 f f=f false",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWalkRefuses(t *testing.T) {
	for _, doc := range []string{
		`{`, `}`, `[`, `]`, `{]`, `[}`, `[1`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a" 1}`,
		`"`, `"\`, `"\x"`, `"\u00g0"`, `"\u12"`, "\"\n\"", `01`, `-`, `1.`, `.1`, `1e`, `1e+`, `+1`, `tru`, `nul`, `True`,
		`1 2`, `{} {}`, `""""`, `[1 2]`, `{"a":1 "b":2}`, "\x00", `'a'`, `[1]]`,
	} {
		if err := jsonedit.Walk(doc, depth, func(jsonedit.Text, *jsonedit.Path) {}); !errors.Is(err, jsonedit.ErrSyntax) {
			t.Errorf("Walk(%q) = %v, want ErrSyntax", doc, err)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	visit := func(jsonedit.Text, *jsonedit.Path) {}
	for _, open := range []string{"[", `{"a":`} {
		deep := func(n int) string {
			return strings.Repeat(open, n) + "1" + strings.Repeat(map[string]string{"[": "]", `{"a":`: "}"}[open], n)
		}
		if err := jsonedit.Walk(deep(depth), depth, visit); err != nil {
			t.Errorf("%d levels: %v", depth, err)
		}
		if err := jsonedit.Walk(deep(depth+1), depth, visit); !errors.Is(err, jsonedit.ErrDepth) {
			t.Errorf("%d levels: %v, want ErrDepth", depth+1, err)
		}
	}
	if err := jsonedit.Walk(strings.Repeat("[", 5_000_000), depth, visit); !errors.Is(err, jsonedit.ErrDepth) {
		t.Errorf("five million brackets: %v, want ErrDepth", err)
	}
}

// A long key with escapes and many children must not be decoded for each.
func TestEscapedKeysAreDecodedOnce(t *testing.T) {
	n := 100_000
	doc := `{"` + strings.Repeat(`\n`, n) + `":[` + strings.Repeat(`"",`, n) + `""]}`
	start := time.Now()
	names := 0
	err := jsonedit.Walk(doc, depth, func(_ jsonedit.Text, path *jsonedit.Path) { names += len(path.Name()) + len(path.At(0)) })
	if err != nil || names != 2*n*(n+2) {
		t.Errorf("%d bytes of names, %v", names, err)
	}
	// Decoding for each would take minutes.
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestWalkLines(t *testing.T) {
	n := 0
	count := func(jsonedit.Text, *jsonedit.Path) { n++ }
	if err := jsonedit.WalkLines("{\"a\":1}\n\n\"x\"\n2\n", depth, count); err != nil || n != 4 {
		t.Errorf("visited %d texts, error %v", n, err)
	}
	if err := jsonedit.WalkLines(`{"a":1}{"b":2}`, depth, count); !errors.Is(err, jsonedit.ErrSyntax) {
		t.Errorf("values without a space between them: %v", err)
	}
	if err := jsonedit.Walk("\xef\xbb\xbf \n", depth, count); err != nil {
		t.Errorf("a byte order mark and space: %v", err)
	}
}

func TestUnquoteAgreesWithEncodingJSON(t *testing.T) {
	for _, raw := range []string{
		``, `plain`, `a\"b\\c\/d\b\f\n\r\t`, `\u0040`, `x\u00e9y`, `\ud83d\ude00`, `😀 raw`, `\u0000`, `end\\`,
	} {
		var want string
		if err := json.Unmarshal([]byte(`"`+raw+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if got := jsonedit.Unquote(raw); got != want {
			t.Errorf("Unquote(%s) = %q, want %q", raw, got, want)
		}
	}
}

func TestHalfSurrogatePairsSurvive(t *testing.T) {
	for _, raw := range []string{`\ud800`, `a\udfffb`, `\ude00\ud83d`, `\ud83dx`} {
		if got := string(jsonedit.AppendQuoted(nil, jsonedit.Unquote(raw))); got != raw {
			t.Errorf("%s comes back as %s", raw, got)
		}
	}
}

func TestBrokenEscapesStandForThemselves(t *testing.T) {
	for raw, want := range map[string]string{
		`\`: `\`, `a\`: `a\`, `\q`: `\q`, `\u`: `\u`, `\u00`: `\u00`, `\u00g0x`: `\u00g0x`, `\ud83d\u1`: "\xed\xa0\xbd\\u1", `\\\`: `\\`,
	} {
		if got := jsonedit.Unquote(raw); got != want {
			t.Errorf("Unquote(%s) = %q, want %q", raw, got, want)
		}
		offsets := []int{0, len(want)}
		jsonedit.RawOffsets(raw, offsets, func(i int) bool { return i == 1 })
		if offsets[0] != 0 || offsets[1] != len(raw) {
			t.Errorf("%s: offsets %v, want 0 and %d", raw, offsets, len(raw))
		}
	}
}

func TestRawOffsets(t *testing.T) {
	raw := `ab\u0040\n😀\ud83d\ude00z`
	decoded := jsonedit.Unquote(raw) // ab@ newline 😀😀z
	for start := 0; start <= len(decoded); start++ {
		for end := start; end <= len(decoded); end++ {
			if !utf8.ValidString(decoded[:start]) || !utf8.ValidString(decoded[start:end]) {
				continue
			}
			offsets := []int{start, end}
			jsonedit.RawOffsets(raw, offsets, func(i int) bool { return i == 1 })
			if got := jsonedit.Unquote(raw[offsets[0]:offsets[1]]); got != decoded[start:end] {
				t.Fatalf("%d:%d is raw %v: %q, want %q", start, end, offsets, got, decoded[start:end])
			}
		}
	}
	inside := []int{2, 3, 5, 11}
	jsonedit.RawOffsets(`a\ud83d\ude00b`, inside[:2], func(i int) bool { return i == 1 })
	if inside[0] != 1 || inside[1] != 13 {
		t.Errorf("offsets inside of an escape become %v, want its ends 1 and 13", inside[:2])
	}
}

func TestApply(t *testing.T) {
	edits := []jsonedit.Edit{{Start: 0, End: 2, Text: "AB"}, {Start: 4, End: 4, Text: "x"}, {Start: 8, End: 10, Text: ""}}
	if got := jsonedit.Apply("0123456789", edits); got != "AB23x4567" {
		t.Errorf("got %q", got)
	}
	if got := jsonedit.AppendEdited([]byte("before "), "0123456789", edits); string(got) != "before AB23x4567" {
		t.Errorf("appended %q", got)
	}
}

func FuzzWalkAcceptsWhatEncodingJSONAccepts(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u0040",null,true]}`, `[`, `"\ud800"`, `[[[]]]`, `{"a":{"b":{}}}`, " 1 ", "-0.0E-1", "\"\x80\"", `{"a\"\\\\":"\\\\","b":"\\\"\u0041"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if strings.Trim(doc, " \t\r\n") == "" || strings.HasPrefix(doc, "\xef\xbb\xbf") {
			return
		}
		note := func(list *[]string) func(jsonedit.Text, *jsonedit.Path) {
			return func(text jsonedit.Text, path *jsonedit.Path) {
				if text.Kind != jsonedit.Literal {
					*list = append(*list, fmt.Sprint(text, path.Len(), path.Name()))
				}
			}
		}
		var texts, skimmed []string
		err := jsonedit.Walk(doc, 9000, note(&texts))
		if errors.Is(err, jsonedit.ErrDepth) {
			return
		}
		if again := jsonedit.Skim(doc, 9000, note(&skimmed)); err == nil && (again != nil || !reflect.DeepEqual(texts, skimmed)) {
			t.Errorf("%q: %q, but skimmed (%v) %q", doc, texts, again, skimmed)
		}
		if valid := json.Valid([]byte(doc)); valid != (err == nil) {
			t.Errorf("encoding/json says %v, Walk says %v: %q", valid, err, doc)
		}
	})
}

func FuzzQuoteRoundTrip(f *testing.F) {
	f.Add("a\"b\\\n\x00\x1f\x7f é 😀 \xff\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, s string) {
		quoted := string(jsonedit.AppendQuoted(nil, s))
		if got := jsonedit.Unquote(quoted); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
		if !json.Valid([]byte(`"` + quoted + `"`)) {
			t.Errorf("%q quotes to %q, which is not JSON", s, quoted)
		}
	})
}

// slowly decodes escapes one after the other, and says where each decoded byte comes
// from.
func slowly(raw string) (text string, from []int) {
	for at := 0; at < len(raw); {
		decoded, size := raw[at:at+1], 1
		for _, n := range []int{12, 6, 2} { // a pair, a code unit, a letter
			if len(raw) < at+n || raw[at] != '\\' {
				continue
			}
			escape, letters := raw[at:at+n], `"\/bfnrt`
			switch r, ok := jsonedit.CodeUnit(escape); {
			case n == 2 && strings.Contains(letters, escape[1:]):
				decoded, size = "\"\\/\b\f\n\r\t"[strings.Index(letters, escape[1:]):][:1], 2
			case n == 6 && ok && r >= 0xd800 && r < 0xe000:
				decoded, size = string([]byte{0xed, 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f}), 6
			case n == 6 && ok:
				decoded, size = string(r), 6
			case n == 12 && ok:
				low, ok := jsonedit.CodeUnit(escape[6:])
				if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
					decoded, size = string(pair), 12
				}
			}
			if size > 1 {
				break
			}
		}
		for range len(decoded) {
			from = append(from, at)
		}
		text += decoded
		at += size
	}
	return text, append(from, len(raw))
}

func FuzzUnquote(f *testing.F) {
	for _, s := range []string{
		`a\"b\\c\/d\b\f\n\r\t`, `\u0040\u00e9\ud83d\ude00\u0000`, `\ud83d\ud83d\ude00`, `\`, `\q\u12`, `\ud83d\u1`, "\xff\\n\xed\xa0\x80", `\\\\u0041`,
		strings.Repeat(`words of a prompt\n`, 40), strings.Repeat(`\n`, 300) + `\`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		want, from := slowly(raw)
		if got := jsonedit.Unquote(raw); got != want {
			t.Fatalf("%q is %q, want %q", raw, got, want)
		}
		if got := string(jsonedit.AppendUnquoted([]byte("before "), raw)); got != "before "+want {
			t.Fatalf("appended %q, want %q", got, want)
		}
		var decoded string
		if json.Unmarshal([]byte(`"`+raw+`"`), &decoded) == nil && utf8.ValidString(want) && decoded != want {
			t.Fatalf("%q is %q, but to encoding/json %q", raw, want, decoded)
		}
		offsets := make([]int, 0, 2*len(from)) // each place as a beginning and as an end
		for at := range from {
			offsets = append(offsets, at, at)
		}
		jsonedit.RawOffsets(raw, offsets, func(i int) bool { return i%2 == 1 })
		for at := range from {
			start, end := from[at], from[at]
			if at > 0 && at < len(want) && from[at-1] == start { // inside of an escape
				for end = at; from[end] == start; {
					end++
				}
				end = from[end]
			}
			if offsets[2*at] != start || offsets[2*at+1] != end {
				t.Fatalf("%q: place %d is %d or %d, want %d or %d", raw, at, offsets[2*at], offsets[2*at+1], start, end)
			}
		}
	})
}

func FuzzReplacingAStringChangesNothingElse(f *testing.F) {
	f.Add(`{"a":"x\u0040y","b":["secret",{"secret":"a secret b"}],"n":1.50}`, "new \"text\"")
	f.Fuzz(func(t *testing.T, doc, text string) {
		if !json.Valid([]byte(doc)) || !utf8.ValidString(text) {
			return
		}
		var edits []jsonedit.Edit
		var want []string
		err := jsonedit.Walk(doc, 9000, func(x jsonedit.Text, _ *jsonedit.Path) {
			if x.Kind == jsonedit.String {
				edits = append(edits, jsonedit.Edit{Start: x.Start, End: x.End, Text: string(jsonedit.AppendQuoted(nil, text))})
				want = append(want, text)
			} else {
				want = append(want, x.Raw)
			}
		})
		if err != nil {
			return
		}
		var got []string
		out := jsonedit.Apply(doc, edits)
		if !json.Valid([]byte(out)) {
			t.Fatalf("result is not JSON: %q", out)
		}
		err = jsonedit.Walk(out, 9000, func(x jsonedit.Text, _ *jsonedit.Path) {
			if x.Kind == jsonedit.String {
				got = append(got, jsonedit.Unquote(x.Raw))
			} else {
				got = append(got, x.Raw)
			}
		})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
}

func TestValues(t *testing.T) {
	doc := ` {"a": [1, {"b":null}] , "c":{} ,"d":"x"}`
	var got []string
	err := jsonedit.Values(doc, depth, func(start, end int, path *jsonedit.Path) {
		var at []string
		for i := 0; i < path.Len(); i++ {
			at = append(at, path.At(i))
		}
		got = append(got, strings.Join(at, "/")+"="+doc[start:end])
	})
	want := []string{"a/0=1", "a/1/b=null", `a/1={"b":null}`, `a=[1, {"b":null}]`, "c={}", `d="x"`, "=" + doc[1:]}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}
}
