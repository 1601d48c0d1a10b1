package redact_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

const rules = `{"name":"test","unmask_for_user":true,"redaction_rules":[
	{"name":"Email","pattern":"\\b[a-z0-9._]+@[a-z0-9.]+\\.[a-z]{2,}\\b","replacement":"[EMAIL]"},
	{"name":"Card","pattern":"\\b4[0-9]{15}\\b","replacement":"[CARD]"},
	{"name":"Odd","pattern":"odd<[^>]*>","replacement":"[ODD]"},
	{"name":"Open","pattern":"\\bopen[a-z]+","replacement":"OPENWORD","case_sensitive":true},
	{"name":"Gone","pattern":"never-again","replacement":"[GONE]","unmask_for_user":false}]}`

const defaultLimit = 1 << 20

func newMasker(t testing.TB, change func(*redact.Options)) *redact.Masker {
	t.Helper()
	p, err := policy.Parse("test.json", "test", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	options := redact.Options{MaxBytes: defaultLimit}
	if change != nil {
		change(&options)
	}
	m, err := redact.NewMasker(p, options)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mask(t testing.TB, m *redact.Masker, contentType, body string) (string, *placeholder.Vault) {
	t.Helper()
	vault := placeholder.NewVault()
	r := m.NewRequest(vault, "")
	part, err := r.ScanBody(body, redact.Content{Type: contentType})
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return r.Mask(part), vault
}

const jsonType = "application/json; charset=utf-8"

func TestMaskBody(t *testing.T) {
	image := "data:image/png;base64," + strings.Repeat("4111111111111111", 4)
	tests := []struct{ name, contentType, body, want string }{
		{"object", jsonType, `{"b": "x@y.io" , "a":[ "x@y.io","z@y.io" ],"n":1.50}`, `{"b": "[EMAIL_1]" , "a":[ "[EMAIL_1]","[EMAIL_2]" ],"n":1.50}`},
		{"bare string", jsonType, `"x@y.io"`, `"[EMAIL_1]"`},
		{"bare number", jsonType, `4111111111111111`, `"[CARD_1]"`},
		{"number becomes string", jsonType, `{"card":4111111111111111,"n":5}`, `{"card":"[CARD_1]","n":5}`},
		{"number with an exponent", jsonType, `[4.111111111111111e15,4111111111111111E+0,1e999999999,2.5e3]`, `["[CARD_1]","[CARD_2]",1e999999999,2.5e3]`},
		{"number and text share", jsonType, `[4111111111111111,"4111111111111111"]`, `["[CARD_1]","[CARD_1]"]`},
		{"escapes", jsonType, `{"a":"\n x\u0040y.io \"q\" 😀\ud83d\ude00"}`, `{"a":"\n [EMAIL_1] \"q\" 😀\ud83d\ude00"}`},
		{"duplicate keys", jsonType, `{"a":"x@y.io","a":"z@y.io"}`, `{"a":"[EMAIL_1]","a":"[EMAIL_2]"}`},
		{"exact spelling", jsonType, `["x@y.io","X@y.io","x@y.io"]`, `["[EMAIL_1]","[EMAIL_2]","[EMAIL_1]"]`},
		{"keys stay", jsonType, `{"x@y.io":1}`, `{"x@y.io":1}`},
		{"structural stays", jsonType, `{"model":"openmodel","max_tokens":4111111}`, `{"model":"openmodel","max_tokens":4111111}`},
		{"text in a field that steers elsewhere", jsonType, `{"input":{"type":"4111111111111111","model":"openmodel"}}`, `{"input":{"type":"[CARD_1]","model":"OPENWORD_1"}}`},
		{"text in a structural field", jsonType, `{"role":"x@y.io"}`, `{"role":"[EMAIL_1]"}`},
		{"typed placeholder", jsonType, `["[EMAIL_1]","x@y.io","[EMAIL_3]","z@y.io","q@y.io"]`, `["[EMAIL_1]","[EMAIL_2]","[EMAIL_3]","[EMAIL_4]","[EMAIL_5]"]`},
		{"typed placeholder later", jsonType, `["x@y.io","see [EMAIL_1]"]`, `["[EMAIL_2]","see [EMAIL_1]"]`},
		{"typed placeholder behind escapes", jsonType, `["x@y.io","\u005bEMAIL_1]"]`, `["[EMAIL_2]","\u005bEMAIL_1]"]`},
		{"typed placeholder in a key", jsonType, `["x@y.io",{"[EMAIL_1]":""}]`, `["[EMAIL_2]",{"[EMAIL_1]":""}]`},
		{"arguments", jsonType, `{"arguments":"{\"to\":\"x@y.io\",\"card\":4111111111111111}"}`, `{"arguments":"{\"to\":\"[EMAIL_1]\",\"card\":\"[CARD_1]\"}"}`},
		{"escapes in arguments", jsonType, `{"arguments":"{\"to\":\"x\\u0040y.io\"}"}`, `{"arguments":"{\"to\":\"[EMAIL_1]\"}"}`},
		{"found twice, once longer", jsonType, `["{\"a\":\"x@y.io\\u002eio\"}"]`, `["{\"a\":\"[EMAIL_1]\"}"]`},
		{"three levels", jsonType, `"[\"[\\\"x\\\\u0040y.io\\\"]\"]"`, `"[\"[\\\"[EMAIL_1]\\\"]\"]"`},
		{"open placeholder takes digits", jsonType, `"openup5 openup"`, `"OPENWORD_1 OPENWORD_2"`},
		{"data URL", jsonType, `["` + image + `"]`, `["` + image + `"]`},
		{"text in the head of a data URL", jsonType, `["data:image/openup;base64,` + strings.Repeat("A", 40) + `"]`, `["data:image/OPENWORD_1;base64,` + strings.Repeat("A", 40) + `"]`},
		{"data URL in text", jsonType, `["see ` + image + ` x@y.io"]`, `["see ` + image + ` [EMAIL_1]"]`},
		{"short data URL", jsonType, `["data:image/png;base64,4111111111111111"]`, `["data:image/png;base64,[CARD_1]"]`},
		{"text data URL", jsonType, `["data:text/plain;base64,4111111111111111"]`, `["data:text/plain;base64,[CARD_1]"]`},
		{"invalid UTF-8", jsonType, "[\"\xff x@y.io \x80\xfe\"]", "[\"\xff [EMAIL_1] \x80\xfe\"]"},
		{"JSON Lines", "application/x-ndjson", "{\"a\":\"x@y.io\"}\n{\"a\":\"z@y.io\"}\n", "{\"a\":\"[EMAIL_1]\"}\n{\"a\":\"[EMAIL_2]\"}\n"},
		{"vendor JSON", "application/vnd.api+json", `["x@y.io"]`, `["[EMAIL_1]"]`},
		{"text", "text/plain", "to x@y.io\xff\r\n", "to [EMAIL_1]\xff\r\n"},
		{"xml", "application/xml", "<a>x@y.io</a>", "<a>[EMAIL_1]</a>"},
		{"form", "application/x-www-form-urlencoded", "a=x%40y.io+hi&b=%zz&&c=z@y.io&openname=1", "a=%5BEMAIL_1%5D+hi&b=%zz&&c=%5BEMAIL_2%5D&openname=1"},
		{"text called a form", "application/x-www-form-urlencoded", "mail x@y.io, card 4111111111111111", "mail %5BEMAIL_1%5D, card %5BCARD_1%5D"},
		{"text called a form, with a pair in it", "application/x-www-form-urlencoded", "mail x@y.io a=b&x@y.io=1", "mail %5BEMAIL_1%5D a=b&%5BEMAIL_1%5D=1"},
		{"JSON Lines called a form", "application/x-www-form-urlencoded", "{\"a\":\"x\\u0040y.io\"}\n{\"a\":\"z@y.io\"}", "{\"a\":\"[EMAIL_1]\"}\n{\"a\":\"[EMAIL_2]\"}"},
		{"broken JSON called a form", "application/x-www-form-urlencoded", `{"a":"x\u0040y.io",}`, `{"a":"[EMAIL_1]",}`},
		{"two documents", "application/octet-stream", "{\"a\":\"x\\u0040y.io\"}\n{}", "{\"a\":\"[EMAIL_1]\"}\n{}"},
		{"JSON with a tail", "", `{"a":"x\u0040y.io"} x`, `{"a":"[EMAIL_1]"} x`},
		{"JSON string as text", "text/plain", ` "x\u0040y.io"`, ` "[EMAIL_1]"`},
		{"JSON sequence", "application/json-seq", "\x1e{\"a\":\"x\\u0040y.io\"}\n", "\x1e{\"a\":\"[EMAIL_1]\"}\n"},
		{"broken JSON in a string", jsonType, `["{\"a\":\"x\\u0040y.io\"} x"]`, `["{\"a\":\"[EMAIL_1]\"} x"]`},
		{"deep JSON in a string", jsonType, `["` + strings.Repeat("[", 1001) + `x\\u0040y.io"]`, `["` + strings.Repeat("[", 1001) + `[EMAIL_1]"]`},
		{"six levels", jsonType, nested(6, `x\u0040y.io`), nested(6, `[EMAIL_1]`)},
		{"escapes beside what is no escape", "text/plain", `C:\user \u004 \\u0040 x\u0040y.io \`, `C:\user \u004 \\u0040 [EMAIL_1] \`},
		{"JSON called a form", "application/x-www-form-urlencoded", `{"a":"x\u0040y.io"}`, `{"a":"[EMAIL_1]"}`},
		{"JSON called text", "text/plain", `{"a":"x\u0040y.io"}`, `{"a":"[EMAIL_1]"}`},
		{"no type, JSON", "", `{"a":"x\u0040y.io"}`, `{"a":"[EMAIL_1]"}`},
		{"no type, text", "", "[x@y.io", "[[EMAIL_1]"},
		{"no type, latin-1", "", "\xe9 x@y.io", "\xe9 [EMAIL_1]"},
		{"unknown type", "application/x-something", "x@y.io", "[EMAIL_1]"},
		{"empty", jsonType, "", ""},
		{"white space", jsonType, " \n", " \n"},
		{"one way", jsonType, `["never-again","never-again"]`, `["[GONE_1]","[GONE_1]"]`},
	}
	m := newMasker(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := mask(t, m, tt.contentType, tt.body)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// nested puts a text into JSON strings in JSON strings.
func nested(levels int, raw string) string {
	doc := `["` + raw + `"]`
	for ; levels > 1; levels-- {
		quoted := strings.ReplaceAll(strings.ReplaceAll(doc, `\`, `\\`), `"`, `\"`)
		doc = `["` + quoted + `"]`
	}
	return doc
}

// nestedParts puts multipart bodies into each other, one for each boundary.
func nestedParts(boundaries string) string {
	if boundaries == "" {
		return "text"
	}
	b, inner := boundaries[:1], boundaries[1:]
	head := ""
	if inner != "" {
		head = "Content-Type: multipart/mixed; boundary=" + inner[:1] + "\r\n"
	}
	return "--" + b + "\r\n" + head + "\r\n" + nestedParts(inner) + "\r\n--" + b + "--"
}

// What a stranger can send must not cost more than its length.
func TestHostileBodiesCostNoMoreThanTheirLength(t *testing.T) {
	m := newMasker(t, func(o *redact.Options) { o.MaxBytes = 10 << 20 })
	for name, tt := range map[string]struct {
		contentType string
		body        func(n int) string
	}{
		"form fields": {"application/x-www-form-urlencoded", func(n int) string { return strings.Repeat("a&", n) }},
		"cards in a payload": {"text/plain", func(n int) string {
			return "data:image/png;base64," + strings.Repeat("/4111111111111111/A/", n/10)
		}},
		"payloads": {"text/plain", func(n int) string {
			return strings.Repeat("data:image/png;base64,"+strings.Repeat("A", 40)+" ", n/10)
		}},
		"brackets":    {"text/plain", func(n int) string { return strings.Repeat("[", n) }},
		"nested JSON": {jsonType, func(n int) string { return nested(10, strings.Repeat("x", n/100)) }},
		"escapes":     {"text/plain", func(n int) string { return strings.Repeat(`\u0041\`, n) }},
		"backslashes": {"text/plain", func(n int) string { return strings.Repeat(`\`, n) }},
		"openings":    {"text/plain", func(n int) string { return strings.Repeat("[EMAIL_", n) }},
	} {
		cost := func(n int) float64 {
			body := tt.body(n)
			return allocated(func() {
				r := m.NewRequest(placeholder.NewVault(), "")
				part, err := r.ScanBody(body, redact.Content{Type: tt.contentType})
				if err != nil {
					t.Fatal(err)
				}
				r.Mask(part)
			})
		}
		if few, many := cost(20_000), cost(80_000); many > 6*few+1<<20 {
			t.Errorf("%s: a size of 20,000 costs %.0f bytes, one of 80,000 costs %.0f", name, few, many)
		}
	}
}

func TestRepeatedLargeValuesAreBounded(t *testing.T) {
	vault := placeholder.NewVault()
	r := newMasker(t, nil).NewRequest(vault, "")
	value := "odd<" + strings.Repeat("x", defaultLimit/2) + ">"
	r.Mask(r.ScanText(value))
	a := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit})
	got, _, err := a.Body(strings.Repeat("[ODD_1] ", 400), redact.Content{})
	n := a.Stats().Restored
	if err != nil || n != 7 || a.Stats().TooLarge != 393 || strings.Count(got, "[ODD_1]") != 393 {
		t.Errorf("%d restored, %d not, %v, %d bytes", n, a.Stats().TooLarge, err, len(got))
	}
}

func TestOptionsSayWhatIsLookedInto(t *testing.T) {
	body := `{"model":"openmodel","x@y.io":1,"a":{"b":["x@y.io"]},"c":4111111111111111}`
	fields := func(paths ...string) func(*redact.Options) {
		return func(o *redact.Options) {
			for _, p := range paths {
				path, err := fieldpath.Compile(p)
				if err != nil {
					t.Fatal(err)
				}
				o.Fields = append(o.Fields, path)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*redact.Options)
		want   string
	}{
		{"default", nil, `{"model":"openmodel","x@y.io":1,"a":{"b":["[EMAIL_1]"]},"c":"[CARD_1]"}`},
		{"keys", func(o *redact.Options) { o.Keys = true }, `{"model":"openmodel","[EMAIL_1]":1,"a":{"b":["[EMAIL_1]"]},"c":"[CARD_1]"}`},
		{"one field", fields("a.b"), `{"model":"openmodel","x@y.io":1,"a":{"b":["[EMAIL_1]"]},"c":4111111111111111}`},
		{"all fields", fields("*"), `{"model":"OPENWORD_1","x@y.io":1,"a":{"b":["[EMAIL_1]"]},"c":"[CARD_1]"}`},
	} {
		if got, _ := mask(t, newMasker(t, tt.change), jsonType, body); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestScanBodyRefuses(t *testing.T) {
	for _, tt := range []struct {
		contentType, body string
		want              error
	}{
		{jsonType, `{"a":`, redact.ErrBrokenJSON},
		{jsonType, `{} {}`, redact.ErrBrokenJSON},
		{jsonType, `hello`, redact.ErrBrokenJSON},
		{jsonType, strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), redact.ErrTooDeep},
		{"", strings.Repeat("[", 10_000), redact.ErrTooDeep},
		{"text/plain; charset=utf-16", "x", redact.ErrEncoding},
		{"application/json; charset=utf-16", "{}", redact.ErrEncoding},
		{"text/plain", "a\x00b\x00", redact.ErrEncoding},
		{"text/plain; charset=iso-8859-1", "M\xfcller", redact.ErrEncoding},
		{"application/x-www-form-urlencoded; charset=iso-8859-1", "a=M%FCller", redact.ErrEncoding},
		{"application/", "x", redact.ErrMedia},
		{"application/json, application/json", "{}", redact.ErrMedia},
		{"text/plain; charset=utf-7; x", "x", redact.ErrMedia},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Type: text/plain\r\nContent-Type: image/png\r\n\r\na\r\n--x--", redact.ErrBrokenParts},
		{"multipart/mixed; boundary=a", nestedParts("abcd"), redact.ErrBrokenParts},
		{"application/octet-stream", "\x89PNG\x00", redact.ErrMedia},
		{"image/png", "\x89PNG\xff", redact.ErrMedia},
		{"", "\x89PNG\x00", redact.ErrMedia},
		{"multipart/form-data", "--x\r\n", redact.ErrBrokenParts},
		{"multipart/form-data; boundary=x", "no boundary", redact.ErrBrokenParts},
		{"multipart/form-data; boundary=x", "x@y.io\r\n--x\r\n\r\na\r\n--x--", redact.ErrBrokenParts},
		{"multipart/form-data; boundary=x", "--x\r\n\r\na", redact.ErrBrokenParts},
		{"multipart/form-data; boundary=x", "--x\r\n\r\na\r\n--x--\r\nx@y.io", redact.ErrBrokenParts},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Type: application/json\r\n\r\n{\r\n--x--", redact.ErrBrokenJSON},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Type: image/png\r\n\r\n\x89\xff\x00\r\n--x--", redact.ErrMedia},
		{"multipart/form-data; boundary=x", "--x\r\nContent-Transfer-Encoding: base64\r\n\r\neEB5Lmlv\r\n--x--", redact.ErrEncoding},
	} {
		r := newMasker(t, nil).NewRequest(placeholder.NewVault(), "")
		if _, err := r.ScanBody(tt.body, redact.Content{Type: tt.contentType}); !errors.Is(err, tt.want) {
			t.Errorf("%s %.40q: %v, want %v", tt.contentType, tt.body, err, tt.want)
		}
	}
}

func TestBinaryPassesOnRequest(t *testing.T) {
	m := newMasker(t, func(o *redact.Options) { o.AllowBinary = true })
	for contentType, body := range map[string]string{
		"image/png":                       "\x89PNG\x00 x@y.io",
		"multipart/form-data; boundary=x": "--x\r\nContent-Type: image/png\r\n\r\n\x89\xff\x00\r\n--x--",
	} {
		if got, _ := mask(t, m, contentType, body); got != body {
			t.Errorf("%s became %q", contentType, got)
		}
	}
}

func TestMultipart(t *testing.T) {
	body := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx@y.io\r\n" +
		"--b \r\nContent-Disposition: form-data; name=\"f\"; filename=\"z@y.io.txt\"\r\nContent-Type: text/plain\r\n\r\nz@y.io\r\n\r\n" +
		"--b\r\nContent-Type: application/json\r\n\r\n{\"n\":4111111111111111, \"m\":\"x\\u0040y.io\"}\r\n" +
		"--b\r\n\r\nno header x@y.io\r\n--b--\r\n"
	want := strings.NewReplacer(
		`x\u0040y.io`, "[EMAIL_1]", "x@y.io", "[EMAIL_1]", "z@y.io.txt", "[EMAIL_2]", "z@y.io", "[EMAIL_3]", "4111111111111111", `"[CARD_1]"`,
	).Replace(body)
	got, vault := mask(t, newMasker(t, nil), `multipart/form-data; boundary="b"`, body)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := vault.Restorable(); n != 4 {
		t.Errorf("%d values in the vault, want 4", n)
	}
}

func TestReadBody(t *testing.T) {
	plain := `{"a":"x@y.io"}`
	compressed := func(make func(io.Writer) io.WriteCloser, text string) string {
		var b bytes.Buffer
		w := make(&b)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
		return b.String()
	}
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	zl := func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
	fl := func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 5); return f }
	m := newMasker(t, nil)
	for _, tt := range []struct {
		encoding, body string
		want           error
	}{
		{"", plain, nil},
		{"identity", plain, nil},
		{"gzip", compressed(gz, plain), nil},
		{"GZIP", compressed(gz, plain), nil},
		{"", compressed(gz, plain), nil},
		{"deflate", compressed(zl, plain), nil},
		{"deflate", compressed(fl, plain), nil},
		{"deflate, gzip", compressed(gz, compressed(zl, plain)), nil},
		{"br", plain, redact.ErrEncoding},
		{"gzip", plain, redact.ErrEncoding},
		{"gzip", compressed(gz, plain)[:20], redact.ErrEncoding},
		{"", strings.Repeat("x", defaultLimit+1), redact.ErrTooLarge},
		{"gzip", compressed(gz, strings.Repeat("x", defaultLimit+1)), redact.ErrTooLarge},
	} {
		raw, doc, err := m.ReadBody(strings.NewReader(tt.body), redact.Content{Encoding: tt.encoding})
		if !errors.Is(err, tt.want) || raw != tt.body || err == nil && doc != plain {
			t.Errorf("%q, %d bytes: %v, want %v; read %d bytes, got %.40q", tt.encoding, len(tt.body), err, tt.want, len(raw), doc)
		}
	}
	exact := strings.Repeat("x", defaultLimit)
	if _, doc, err := m.ReadBody(strings.NewReader(exact), redact.Content{}); err != nil || doc != exact {
		t.Errorf("a body of exactly the limit: %v", err)
	}
}

func TestPathAndQuery(t *testing.T) {
	r := newMasker(t, nil).NewRequest(placeholder.NewVault(), "")
	path := r.ScanPath("/openapi/x%40y.io/a%2Fz@y.io/docs/q@y.io/w@y.io", []string{"x@y.io", "", "a/z@y.io", "docs/q%40y.io", "w@y.io?y=1"})
	query := r.ScanQuery("q=mail+x%40y.io&openapi=1&k=z@y.io&id=p@y.io", map[string]bool{"q": true}, []string{"p@y.io"})
	if got, want := r.Mask(path), "/openapi/%5BEMAIL_1%5D/a%2F%5BEMAIL_2%5D/docs/%5BEMAIL_3%5D/%5BEMAIL_4%5D"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	if got, want := r.Mask(query), "q=mail+%5BEMAIL_1%5D&openapi=1&k=z@y.io&id=%5BEMAIL_5%5D"; got != want {
		t.Errorf("query %s, want %s", got, want)
	}
	r.MaskCopy(path)
	if want := []int{6, 0, 0, 0, 0}; !reflect.DeepEqual(r.Counts(), want) {
		t.Errorf("counts %v, want %v", r.Counts(), want)
	}
}

func TestRestoreBody(t *testing.T) {
	vault := placeholder.NewVault()
	m := newMasker(t, nil)
	r := m.NewRequest(vault, "")
	for _, text := range []string{"x@y.io", "odd<a\"b\\c\nd>", "never-again"} {
		r.Mask(r.ScanText(text))
	}
	tests := []struct{ name, contentType, body, want string }{
		{"json", jsonType, `{"a": "[EMAIL_1], [ODD_1]","[EMAIL_1]":1}`, `{"a": "x@y.io, odd<a\"b\\c\nd>","x@y.io":1}`},
		{"types stay", jsonType, `[1.50,null,"[EMAIL_1]"]`, `[1.50,null,"x@y.io"]`},
		{"arguments", jsonType, `{"arguments":"{\"a\":\"[ODD_1]\"}"}`, `{"arguments":"{\"a\":\"odd<a\\\"b\\\\c\\nd>\"}"}`},
		{"escaped bracket", jsonType, `["\u005bEMAIL_1\u005d"]`, `["x@y.io"]`},
		{"invented", jsonType, `["[EMAIL_99] [EMAIL_10] [EMAIL_] [GONE_1]"]`, `["[EMAIL_99] [EMAIL_10] [EMAIL_] [GONE_1]"]`},
		{"misspelt", jsonType, `["[email 1] \\[EMAIL\\_1\\] &#91;EMAIL_1&#93;"]`, `["x@y.io x@y.io x@y.io"]`},
		{"text", "text/plain", "[EMAIL_1][ODD_1]", "x@y.ioodd<a\"b\\c\nd>"},
		{"text that begins like JSON", "text/plain", "[EMAIL_1] wrote", "x@y.io wrote"},
		{"xml", "application/xml", "<a>[ODD_1]</a>", "<a>odd&lt;a&#34;b\\c\nd&gt;</a>"},
		{"no type", "", "[EMAIL_1]", "x@y.io"},
		{"events read to the end", "text/event-stream", "data: {\"t\":\"[ODD_1]\"}\n\ndata: [ODD_1]\n\n", "data: {\"t\":\"odd<a\\\"b\\\\c\\nd>\"}\n\ndata: odd<a\"b\\c\ndata: d>\n\n"},
		{"lines of JSON without a type", "", "{\"t\":\"[ODD_1]\"}\n{\"t\":\"[EMAIL_1]\"}\n", "{\"t\":\"odd<a\\\"b\\\\c\\nd>\"}\n{\"t\":\"x@y.io\"}\n"},
		{"a JSON string without a type", "", `"[ODD_1]"`, `"odd<a\"b\\c\nd>"`},
		{"prose in quotes in JSON", jsonType, `{"a":"\"[ODD_1]\""}`, `{"a":"\"odd<a\"b\\c\nd>\""}`},
		{"nothing in it", jsonType, `["plain"]`, `["plain"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, changed, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Body(tt.body, redact.Content{Type: tt.contentType})
			if err != nil || got != tt.want || changed != (tt.body != tt.want) {
				t.Errorf("changed: %v, %v\ngot  %s\nwant %s", changed, err, got, tt.want)
			}
		})
	}
	for _, c := range []redact.Content{{Type: jsonType}, {Type: "text/plain", Encoding: "br"}, {Type: "text/plain; charset=utf-16le"}} {
		broken := `{"a":"[EMAIL_1]`
		got, changed, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Body(broken, c)
		if !errors.Is(err, redact.ErrUnreadable) || changed || got != broken {
			t.Errorf("%v: got %q, %v, %v; want it as it was and ErrUnreadable", c, got, changed, err)
		}
	}
}

func TestRestoreRepeats(t *testing.T) {
	vault := placeholder.NewVault()
	r := newMasker(t, nil).NewRequest(vault, "")
	r.Mask(r.ScanText("x@y.io"))
	a := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit})
	got, _, err := a.Body(strings.Repeat("[EMAIL_1] ", 1000), redact.Content{})
	if n := a.Stats().Restored; err != nil || n != 1000 || got != strings.Repeat("x@y.io ", 1000) {
		t.Errorf("restored %d of 1000, %v", a.Stats().Restored, err)
	}
}

// namedError has the shape of lura's NamedHTTPResponseError.
type namedError struct {
	InnerError
	name string
}

// InnerError is exported because only exported embedded structs can be set.
type InnerError struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
}

func TestRestoreData(t *testing.T) {
	vault := placeholder.NewVault()
	r := newMasker(t, nil).NewRequest(vault, "")
	r.Mask(r.ScanText("x@y.io"))
	data := map[string]interface{}{
		"collection": []interface{}{"[EMAIL_1]", json.Number("1.50"), map[string]interface{}{"a": "hi [EMAIL_1]"}},
		"[EMAIL_1]":  true,
		"content":    "[EMAIL_1]",
		"error":      namedError{InnerError{1, "[EMAIL_1]"}, "[EMAIL_1]"},
		"nil":        nil,
		"same":       map[string]interface{}{"a": "b"},
	}
	before := fmt.Sprintf("%#v", data)
	a := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit})
	got, changed, err := a.Data(data)
	want := map[string]interface{}{
		"collection": []interface{}{"x@y.io", json.Number("1.50"), map[string]interface{}{"a": "hi x@y.io"}},
		"x@y.io":     true,
		"content":    "x@y.io",
		"error":      map[string]interface{}{"code": json.Number("1"), "msg": "x@y.io"},
		"nil":        nil,
		"same":       map[string]interface{}{"a": "b"},
	}
	if n := a.Stats().Restored; err != nil || !changed || n != 5 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d restored, %v\ngot  %#v\nwant %#v", n, err, got, want)
	}
	if fmt.Sprintf("%#v", data) != before {
		t.Error("the data that was handed in has changed")
	}
}

func TestStreamRestoresLineByLine(t *testing.T) {
	vault := placeholder.NewVault()
	r := newMasker(t, nil).NewRequest(vault, "")
	r.Mask(r.ScanText("x@y.io"))
	r.Mask(r.ScanText(`odd<">`))
	in := "event: a\r\ndata: {\"d\":\"[EMAIL_1] [ODD_1]\"}\r\n\r\n: beat\n\ndata: [EMAIL_1]\ndata: [DONE]\n\ndata: {\"cut\":\"[EMAIL_1]"
	want := "event: a\r\ndata: {\"d\":\"x@y.io odd<\\\">\"}\r\n\r\n: beat\n\ndata: x@y.io\ndata: [DONE]\n\ndata: {\"cut\":\"x@y.io"
	var out strings.Builder
	if _, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader(in), redact.Content{Type: "text/event-stream"}).WriteTo(&out); err != nil || out.String() != want {
		t.Errorf("%v\ngot  %q\nwant %q", err, out.String(), want)
	}
	read, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).NewStream(strings.NewReader(in), redact.Content{Type: "text/event-stream"}))
	if err != nil || string(read) != want {
		t.Errorf("%v\nread %q\nwant %q", err, read, want)
	}
}

func TestLinesBeyondTheLimitPassAsTheyAre(t *testing.T) {
	vault := placeholder.NewVault()
	r := newMasker(t, nil).NewRequest(vault, "")
	r.Mask(r.ScanText("x@y.io"))
	for size, want := range map[int]string{30_000: "x@y.io", 100_000: "[EMAIL_1]"} {
		in := "data: " + strings.Repeat("x", size) + "[EMAIL_1]\n"
		got, err := io.ReadAll(redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: 50_000}).NewStream(strings.NewReader(in), redact.Content{Type: "text/event-stream"}))
		if err != nil || string(got) != strings.Replace(in, "[EMAIL_1]", want, 1) {
			t.Errorf("%d bytes: %v, ends with %q", size, err, got[len(got)-20:])
		}
	}
}

// pieces are what random texts are made of: values, near values, what looks
// like placeholders, and what is hard to spell.
var pieces = []string{
	"x@y.io", "X@Y.io", "a.b@c.de", "4111111111111111", "4222222222222222", "odd<\"\\\n😀\x01>", "odd<{}>", "openword", "openother",
	"[EMAIL_1]", "[EMAIL_2]", "[CARD_1]", "OPENWORD_1", "OPENWORD_", "[EMAIL_", "[", "]", "_1", "1", "12", " ", "\n", "\t", "\"", "\\", "{", "}",
	"é", "日本", "😀", "\x7f", "%40", "+", "&", "=", "data:image/png;base64,", ",", ":", "null", "{\"a\":\"x@y.io\"}", "[4111111111111111]",
}

func randomText(rnd *rand.Rand) string {
	var b strings.Builder
	for n := rnd.Intn(12); n > 0; n-- {
		b.WriteString(pieces[rnd.Intn(len(pieces))])
	}
	return b.String()
}

func TestRoundTrip(t *testing.T) {
	m := newMasker(t, nil)
	rnd := rand.New(rand.NewSource(1))
	for i := 0; i < 6_000; i++ {
		texts := map[string]string{"a": randomText(rnd), "b": randomText(rnd)}
		doc, err := json.Marshal(texts)
		if err != nil {
			t.Fatal(err)
		}
		text := texts["a"]
		checkRoundTrip(t, m, "text/plain", text, text)
		var restored map[string]string
		if err := json.Unmarshal([]byte(roundTrip(t, m, jsonType, string(doc))), &restored); err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		// A number in JSON in a string comes back as a string, so only
		// texts that hold no such document compare exactly.
		for k, want := range texts {
			if got := restored[k]; got != want && !isJSON(want) && !isTakenForJSON(want) {
				t.Fatalf("%q came back as %q", want, got)
			}
		}
		form := url.Values{"q": {text}}.Encode()
		masked, vault := mask(t, m, "application/x-www-form-urlencoded", form)
		values, err := url.ParseQuery(masked)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Text(values.Get("q")); got != text && !isJSON(text) && !isTakenForJSON(text) {
			t.Fatalf("form %q came back as %q", text, got)
		}
	}
}

func roundTrip(t testing.TB, m *redact.Masker, contentType, body string) string {
	t.Helper()
	masked, vault := mask(t, m, contentType, body)
	if leak := leaked(masked, body); leak != "" {
		t.Fatalf("%s: %q leaves in %q", contentType, leak, masked)
	}
	restored, _, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Body(masked, redact.Content{Type: contentType})
	if err != nil {
		t.Fatal(err)
	}
	return restored
}

func checkRoundTrip(t testing.TB, m *redact.Masker, contentType, body, want string) {
	t.Helper()
	if got := roundTrip(t, m, contentType, body); got != want && !isJSON(want) {
		t.Fatalf("%s: %q came back as %q", contentType, want, got)
	}
}

// isJSON tells whether a text is JSON, or lines of it, to whoever reads it: the
// numbers in it come back as strings.
func isJSON(text string) bool {
	return jsonedit.WalkLines(text, 1000, func(jsonedit.Text, *jsonedit.Path) {}) == nil
}

// isTakenForJSON tells whether a text may begin as JSON does and hold a value
// that would be escaped there: as in a stream, whose end is not known, it is.
func isTakenForJSON(text string) bool {
	return jsonedit.Begins(text) && strings.Contains(text, "odd<")
}

// leaked looks for a value that the original's rule describes and the masked
// text still shows.
func leaked(masked, original string) string {
	if strings.Contains(original, "base64") {
		return "" // may be a data: URL, which is left alone
	}
	described := map[string]bool{}
	for _, v := range emailRule.FindAllString(original, -1) {
		described[v] = true
	}
	for _, v := range emailRule.FindAllString(masked, -1) {
		if described[v] {
			return v
		}
	}
	return ""
}

var emailRule = regexp.MustCompile(`(?i)\b[a-z0-9._]+@[a-z0-9.]+\.[a-z]{2,}\b`)

func FuzzRoundTrip(f *testing.F) {
	f.Add("mail x@y.io [EMAIL_1] openup5 odd<\"> {\"a\":\"x\\u0040y.io\"}")
	f.Fuzz(func(t *testing.T, text string) {
		m := newMasker(t, nil)
		r := m.NewRequest(placeholder.NewVault(), "")
		if _, err := r.ScanBody(text, redact.Content{Type: "text/plain"}); err != nil {
			return
		}
		checkRoundTrip(t, m, "text/plain", text, text)
	})
}

func FuzzScanBodyNeverPanics(f *testing.F) {
	f.Add("multipart/form-data; boundary=x", "gzip", "--x\r\n\r\na\r\n--x--")
	f.Add(jsonType, "", `{"a":"\u0040"}`)
	f.Fuzz(func(t *testing.T, contentType, encoding, body string) {
		m := newMasker(t, nil)
		c := redact.Content{Type: contentType, Encoding: encoding}
		_, doc, err := m.ReadBody(strings.NewReader(body), c)
		if err != nil {
			return
		}
		vault := placeholder.NewVault()
		r := m.NewRequest(vault, "")
		part, err := r.ScanBody(doc, c)
		if err != nil {
			return
		}
		_, _, _ = redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Body(r.Mask(part), c)
	})
}
