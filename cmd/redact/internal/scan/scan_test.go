package scan

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

const rules = `{
	"packs": ["default"],
	"redaction_rules": [
		{"name": "Account", "pattern": "ACC[0-9]{6}", "fields": ["messages.*.content"]},
		{"name": "Ticket", "pattern": "(?m)^ticket [a-z]+\\s+[a-z]+$", "severity": "low"},
		{"name": "Project", "pattern": "atlas-[0-9]+", "action": "block", "severity": "critical"}
	]
}`

// small sizes have many windows in little text.
var small = sizes{window: 4 << 10, overlap: 2 << 10, batch: 1 << 10, largest: 8 << 10}

func parse(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse("test", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outcome is what a scan told.
type outcome struct {
	findings []Finding
	problems []string
	state    *State
	err      error
}

// scanAll scans paths, with sizes of its own if sized.
func scanAll(t testing.TB, o Options, sized *sizes) outcome {
	t.Helper()
	return goOn(t, o, sized, NewState(""), context.Background(), nil)
}

func goOn(t testing.TB, o Options, sized *sizes, state *State, ctx context.Context, found func()) outcome {
	t.Helper()
	out := outcome{state: state}
	if o.Policy == nil {
		o.Policy = parse(t, rules)
	}
	o.Found = func(f Finding) {
		out.findings = append(out.findings, f)
		if found != nil {
			found()
		}
	}
	o.Problem = func(_, reason string) { out.problems = append(out.problems, reason) }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if sized != nil {
		s.sizes = *sized
	}
	out.err = s.Run(ctx, state)
	return out
}

func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// places are findings without their file and what is shown of the value.
func places(list []Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, fmt.Sprintf("%d:%d %s%s %s", f.Line, f.Column, f.Pointer, f.Inner, f.Rule))
	}
	return out
}

// randomText has values in texts, lines of all lengths, and blocks of lines that
// belong together.
func randomText(r *rand.Rand, size int) string {
	var b strings.Builder
	key := "-----BEGIN " + "RSA PRIVATE KEY-----\n" + strings.Repeat("MIIEpAIBAAKCAQEA7bq3xVf0Yw8uZk1qP4nLr9sTg2hJ\n", 12) + "-----END RSA PRIVATE KEY-----"
	values := []string{
		"jane.doe@acme.io", "4111 1111 1111 1111", "atlas-77", "ticket one\n  two\n", key, "DE89370400440532013000", "536-22-1234",
		"straße", "日本語テキスト", "full４１１１１１１１１１１１１１１１", "\xff\xfe", "4111111111111111",
	}
	for b.Len() < size {
		switch r.IntN(6) {
		case 0:
			b.WriteString(values[r.IntN(len(values))])
		case 1:
			b.WriteString("\n")
		case 2:
			b.WriteString(strings.Repeat("lorem ipsum ", r.IntN(40)))
		default:
			b.WriteString(" word ")
		}
		if r.IntN(200) == 0 {
			b.WriteString(strings.Repeat("no line end here ", 400))
		}
	}
	return b.String()
}

// TestWindowsFindWhatTheWholeTextHas scans in small windows and compares with a
// search in one piece.
func TestWindowsFindWhatTheWholeTextHas(t *testing.T) {
	p := parse(t, rules)
	engine, err := detect.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(60) {
		text := randomText(rand.New(rand.NewPCG(seed, 1)), 40<<10)
		file := write(t, filepath.Join(t.TempDir(), "a.log"), text)
		got := places(scanAll(t, Options{Policy: p, Paths: []string{file}, Format: FormatText}, &small).findings)
		var hits []hit
		note := func(f detect.Finding) { hits = append(hits, hit{start: f.Start, rule: f.Rule}) }
		found, err := engine.SearchIn(nil, text, detect.Scope{Skip: s.elsewhere, Watched: note})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			note(f)
		}
		inOrder(hits)
		var want []string
		for _, h := range hits {
			before := text[:h.start]
			column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
			want = append(want, fmt.Sprintf("%d:%d  %s", 1+strings.Count(before, "\n"), column, p.Rules[h.rule].Name))
		}
		if len(want) < 10 || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: in windows %d findings, in one piece %d\n%q\n%q", seed, len(got), len(want), got, want)
		}
	}
}

// TestJSONLinesAreWhatTheGatewayFinds compares the counts of each line with those
// of a request.
func TestJSONLinesAreWhatTheGatewayFinds(t *testing.T) {
	p := parse(t, rules)
	masker, err := redact.NewMasker(p, redact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`{"messages":[{"role":"user","content":"jane@acme.io, ACC123456"}]}`,
		`{"a":"jane\u0040acme.io","account":"ACC123456"}`,
		`{"password":"hunter2x","again":"the word hunter2x"}`,
		`{"n":4111111111111111,"m":4.111111111111111e15}`,
		`{"tool":"{\"mail\":\"jane\\u0040acme.io\",\"p\":\"atlas-1 atlas-2\"}","atlas-3":"atlas-4"}`,
		`{"deep":{"list":["x","atlas-9","jane@acme.io"]}}`,
		`{"broken": jane@acme.io`,
		`plain text of jane@acme.io and atlas-5`,
		`"just a string of jane@acme.io"`,
		`{"a":"b@acme.io"} {"a":"c@acme.io"}`,
	} {
		r := masker.NewRequest(placeholder.NewVault(), "")
		part, err := r.ScanBody(line, redact.Content{})
		if err != nil {
			t.Fatal(err)
		}
		r.Mask(part)
		want := map[string]int{}
		for i, n := range r.Counts() {
			if n > 0 {
				want[p.Rules[i].Name] = n
			}
		}
		file := write(t, filepath.Join(t.TempDir(), "a.jsonl"), line+"\n")
		if got := scanAll(t, Options{Policy: p, Paths: []string{file}}, nil).state.Summary.ByRule; len(want) == 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, the gateway %v", line, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	long := `{"pad":"` + strings.Repeat("lorem ipsum ", 1000) + `","mail":"jane@acme.io"}`
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"a.log", "x\n\nmail jane@acme.io\n", []string{"3:6  email"}},
		{"escaped.log", "x jane\\u0040acme.io bob@acme.io\n", []string{"1:3  email", "1:21  email"}},
		{"a.jsonl", "{\"a\":\"b@acme.io\"}\r\n\r\n{\"a/b~\":[1,\"see c@acme.io\"]}", []string{"1:7 /a email", "3:17 /a~1b~0/1 email"}},
		{"a.log", "{\"a\":\"b@acme.io\"}\n", []string{"1:7 /a email"}},
		{"pretty.json", "{\n  \"a\": {\n    \"b\": \"c@acme.io\"\n  }\n}\n", []string{"3:11 /a/b email"}},
		{"key.jsonl", `{"c@acme.io":"d@acme.io","atlas-7":"atlas-8"}` + "\n", []string{"1:15 /[REDACTED_EMAIL_n] email", "1:37 /[REDACTED_PROJECT_n] Project"}},
		{"long.jsonl", "{}\n" + long + "\n{\"a\":\"b@acme.io\"}\n", []string{fmt.Sprintf("2:%d  email", strings.Index(long, "jane")+1), "3:7 /a email"}},
		{"long.json", long, []string{fmt.Sprintf("1:%d  email", strings.Index(long, "jane")+1)}},
		{"latin1.jsonl", "{\"a\":\"caf\xe9 b@acme.io\"}\n", []string{"1:12 /a email"}},
		{"zero.jsonl", "{\"a\":\"" + strings.Repeat("lorem ipsum ", 700) + "\"}\n{\"a\":\"\x00 b@acme.io\"}\n", []string{"2:9  email"}},
		{"empty.log", "", nil},
	} {
		file := write(t, filepath.Join(t.TempDir(), tc.name), tc.text)
		if got := places(scanAll(t, Options{Paths: []string{file}}, &small).findings); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestHAR(t *testing.T) {
	har := func(entries string) string {
		return `{"log":{"version":"1.2","creator":{"entries":[1]},"entries":[` + entries + `]}}`
	}
	entry := `{"request":{"url":"https://llm.example/v1/u/jane@acme.io?q=1","headers":[{"name":"X-Password","value":"hunter2x"}],` +
		`"queryString":[{"name":"q","value":"atlas-5"}],"postData":{"mimeType":"application/json","text":"{\"a\":[\"b\",\"jane\\u0040acme.io\"]}"}},` +
		`"response":{"headers":[],"content":{"mimeType":"text/plain","encoding":"base64","text":"YW5uQGFjbWUuaW8="}}}`
	for _, tc := range []struct {
		name, text string
		want       []string
		problems   int
	}{
		{"entry", har(`{"request":{},"response":{}},` + entry), []string{
			"0:0 /log/entries/1/request/postData/text/a/1 email", "0:0 /log/entries/1/request/url email",
			"0:0 /log/entries/1/request/queryString/0/value Project", "0:0 /log/entries/1/request/headers/0/value password",
			"0:0 /log/entries/1/response/content/text email",
		}, 0},
		{"url", har(`{"request":{"url":"https://llm.example/?q=jane%40acme.io"}}`), []string{"0:0 /log/entries/0/request/url email"}, 0},
		{"form", har(`{"request":{"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"m","value":"a@acme.io"}]}}}`), []string{"0:0 /log/entries/0/request/postData/params/0/value email"}, 0},
		{"types", har(`{"request":7}`), nil, 1},
		{"base64", har(`{"response":{"content":{"encoding":"base64","text":"%"}}}`), nil, 1},
		{"cut off", har(entry)[:200], nil, 1},
		{"no archive", `{"a":1}`, nil, 1},
		{"binary", har(`{"response":{"content":{"mimeType":"image/png","encoding":"base64","text":"AGphbmVAYWNtZS5pbw=="}}}`), nil, 0},
		{"latin1", har(`{"response":{"content":{"mimeType":"image/png","encoding":"base64","text":"/yBqYW5lQGFjbWUuaW8="}}}`), []string{"0:0 /log/entries/0/response/content/text email"}, 0},
		{"bom", "\xef\xbb\xbf" + har(`{"request":{"url":"https://llm.example/?q=jane%40acme.io"}}`), []string{"0:0 /log/entries/0/request/url email"}, 0},
	} {
		file := write(t, filepath.Join(t.TempDir(), "a.har"), tc.text)
		got := scanAll(t, Options{Paths: []string{file}}, nil)
		if !reflect.DeepEqual(places(got.findings), tc.want) || len(got.problems) != tc.problems || got.state.Summary.NotInspected != tc.problems {
			t.Errorf("%s: %q, problems %q", tc.name, places(got.findings), got.problems)
		}
	}
}

func TestCompressed(t *testing.T) {
	text := randomText(rand.New(rand.NewPCG(5, 5)), 200<<10)
	var gz, zs bytes.Buffer
	g := gzip.NewWriter(&gz)
	z, err := zstd.NewWriter(&zs)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{g, z} {
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	want := places(scanAll(t, Options{Paths: []string{write(t, filepath.Join(dir, "a.log"), text)}}, &small).findings)
	for name, stored := range map[string]string{"a.log.gz": gz.String(), "a.log.zst": zs.String(), "without an ending": zs.String()} {
		file := write(t, filepath.Join(dir, name), stored)
		got := scanAll(t, Options{Paths: []string{file}}, &small)
		if len(want) == 0 || !reflect.DeepEqual(places(got.findings), want) || got.state.Summary.Bytes != int64(len(text)) {
			t.Errorf("%s: %d findings, want %d", name, len(got.findings), len(want))
		}
		// What can be read of a broken file is searched, in windows of any size.
		cut := write(t, filepath.Join(dir, "cut"), stored[:len(stored)/2])
		for _, sized := range []*sizes{&small, nil} {
			if got := scanAll(t, Options{Paths: []string{cut}}, sized); len(got.problems) != 1 || got.state.Summary.NotInspected != 1 || len(got.findings) == 0 && strings.HasSuffix(name, "gz") {
				t.Errorf("half of %s: problems %q, %d findings", name, got.problems, len(got.findings))
			}
		}
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.log", "sub/b.log", "sub/deep/c.txt", ".git/d.log", "z.log"} {
		write(t, filepath.Join(dir, name), "jane@acme.io\n")
	}
	write(t, filepath.Join(dir, "bin"), "jane@acme.io\x00")
	if err := os.Symlink(filepath.Join(dir, "a.log"), filepath.Join(dir, "link.log")); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		include, exclude []string
		want             string
		excluded         int
	}{
		{nil, nil, ".git/d.log a.log sub/b.log sub/deep/c.txt z.log", 0},
		{[]string{"*.log"}, []string{".git"}, "a.log sub/b.log z.log", 3},
		{[]string{"sub/**"}, nil, "sub/b.log sub/deep/c.txt", 4},
		{[]string{"sub/*"}, nil, "sub/b.log", 5},
		{nil, []string{"**/*.log", "?.txt"}, "", 5},
		{[]string{"**/deep/*.txt"}, nil, "sub/deep/c.txt", 5},
	} {
		got := scanAll(t, Options{Paths: []string{dir}, Include: tc.include, Exclude: tc.exclude}, nil)
		var names []string
		for _, f := range got.findings {
			name, err := filepath.Rel(dir, f.File)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.ToSlash(name))
		}
		if s := got.state.Summary; strings.Join(names, " ") != tc.want || s.Links != 1 || s.Excluded != tc.excluded || s.Files != len(names) {
			t.Errorf("%v %v: %v %+v", tc.include, tc.exclude, names, s)
		}
	}
	twice := scanAll(t, Options{Paths: []string{filepath.Join(dir, "a.log"), filepath.Join(dir, "a.log"), filepath.Join(dir, "link.log"), filepath.Join(dir, "none")}}, nil)
	if s := twice.state.Summary; s.Files != 2 || s.NotInspected != 1 || len(twice.problems) != 1 || strings.Contains(twice.problems[0], "none") {
		t.Errorf("named files: %+v %q", s, twice.problems)
	}
	if _, err := New(Options{Policy: parse(t, rules), Include: []string{"[a-z].log"}}); err == nil {
		t.Error("a glob with a class is taken")
	}
}

// TestUTF16 as programs for Windows write logs. Without a byte order mark it is
// binary, as is all that is none.
func TestUTF16(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), "\xff\xfea\x00\n\x00j\x00@\x00x\x00.\x00i\x00o\x00")
	write(t, filepath.Join(dir, "b.log"), "\xfe\xff\x00a\x00\n\x00j\x00@\x00x\x00.\x00i\x00o")
	write(t, filepath.Join(dir, "utf8.log"), "\xff\xfe\nj@x.io")
	write(t, filepath.Join(dir, "utf32.log"), "\xff\xfe\x00\x00j\x00\x00\x00")
	got := scanAll(t, Options{Paths: []string{dir}}, nil)
	if found := fmt.Sprint(places(got.findings)); found != "[2:1  email 2:1  email 2:1  email]" || got.state.Summary.Binary != 1 {
		t.Errorf("%s %+v", found, got.state.Summary)
	}
}

// TestNamedBinaryIsAProblem, unlike one in a folder.
func TestNamedBinaryIsAProblem(t *testing.T) {
	file := write(t, filepath.Join(t.TempDir(), "bin"), "jane@acme.io\x00")
	got := scanAll(t, Options{Paths: []string{file}}, nil)
	if s := got.state.Summary; len(got.problems) != 1 || s.NotInspected != 1 || s.Binary != 0 {
		t.Errorf("%q %+v", got.problems, s)
	}
}

// TestStateIsNotScanned, since it changes while a scan runs.
func TestStateIsNotScanned(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"state", "state.new", "other"} {
		write(t, filepath.Join(dir, name), "jane@acme.io")
	}
	for _, state := range []string{filepath.Join(dir, "state"), filepath.Join(dir, "..", filepath.Base(dir), "state")} {
		if got := scanAll(t, Options{Paths: []string{dir}, State: state}, nil); len(got.findings) != 1 || !strings.HasSuffix(got.findings[0].File, "other") {
			t.Errorf("%s: %v", state, got.findings)
		}
	}
	write(t, filepath.Join(dir, "sub", "state"), "jane@acme.io")
	if got := scanAll(t, Options{Paths: []string{dir}, State: filepath.Join(dir, "state")}, nil); len(got.findings) != 2 {
		t.Errorf("another file of that name: %v", got.findings)
	}
}

// TestInterruptedScanIsTheSame stops a scan at one finding after the other and
// goes on with what was saved.
func TestInterruptedScanIsTheSame(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), randomText(rand.New(rand.NewPCG(1, 2)), 40<<10))
	write(t, filepath.Join(dir, "b.jsonl"), strings.Repeat(`{"a":"jane@acme.io","b":"atlas-7"}`+"\n", 200))
	write(t, filepath.Join(dir, "bin"), "\x00")
	write(t, filepath.Join(dir, "c.log"), randomText(rand.New(rand.NewPCG(3, 4)), 20<<10))
	o := Options{Paths: []string{dir, filepath.Join(dir, "none")}, Workers: 3}
	whole := scanAll(t, o, &small)
	if len(whole.findings) < 200 || whole.err != nil {
		t.Fatal(len(whole.findings), whole.err)
	}
	saved := filepath.Join(t.TempDir(), "state")
	for _, every := range []int32{25, 150, 390} {
		var parts []Finding
		runs := 0
		for done := false; !done; runs++ {
			state, err := LoadState(saved, "x")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			var n atomic.Int32
			part := goOn(t, o, &small, state, ctx, func() {
				if n.Add(1) == every {
					cancel()
				}
			})
			parts = append(parts, part.findings...)
			done = ctx.Err() == nil
			cancel()
			if err := state.Save(saved); err != nil {
				t.Fatal(err)
			}
			if done && !reflect.DeepEqual(state.Summary, whole.state.Summary) {
				t.Errorf("every %d: %+v, want %+v", every, state.Summary, whole.state.Summary)
			}
		}
		if !reflect.DeepEqual(parts, whole.findings) || runs < 2 {
			t.Errorf("every %d: %d findings in %d runs, want %d", every, len(parts), runs, len(whole.findings))
		}
		if err := os.Remove(saved); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStateThatDoesNotFit(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "a.log"), "jane@acme.io\n")
	first := scanAll(t, Options{Paths: []string{file}}, nil)
	write(t, file, "jane@acme.io and more\n")
	if again := goOn(t, Options{Paths: []string{file}}, nil, first.state, context.Background(), nil); again.err == nil || !strings.Contains(again.err.Error(), "has changed") {
		t.Errorf("a changed file: %v", again.err)
	}
	saved := filepath.Join(dir, "state")
	if err := first.state.Save(saved); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadState(saved, "another"); err == nil || !strings.Contains(err.Error(), "another scan") {
		t.Errorf("another scan's state: %v", err)
	}
	for _, text := range []string{`{"version":9,"done":{},"summary":{"by_rule":{},"by_severity":{},"by_file":{}}}`, `{"scan":""}`, `nonsense`} {
		if _, err := LoadState(write(t, saved, text), ""); err == nil {
			t.Errorf("%s is taken for a state", text)
		}
	}
}

// TestNoValueIsTold looks for the values in all that a scan tells.
func TestNoValueIsTold(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), "mail jane@acme.io\n")
	write(t, filepath.Join(dir, "b.jsonl"), `{"jane@acme.io":"jane@acme.io","k":"short 1@a.io"}`+"\n{\"jane@acme.io\":{\"x\":\"atlas-7 jane@acme.io\"}}\n")
	write(t, filepath.Join(dir, "c.har"), `{"log":{"entries":[{"request":{"url":"jane@acme.io","postData":"jane@acme.io"}}], jane@acme.io`)
	write(t, filepath.Join(dir, "d.jsonl"), strings.Repeat(`{"jane@acme.io":`, 1200)+`"jane@acme.io"`+strings.Repeat("}", 1200)+"\n")
	got := scanAll(t, Options{Paths: []string{dir}}, nil)
	told, err := json.Marshal([]any{got.findings, got.problems, got.state})
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"jane@", "acme.io", "atlas-7"} {
		if bytes.Contains(told, []byte(value)) {
			t.Errorf("%q stands in %s", value, told)
		}
	}
	if len(got.findings) < 4 || len(got.problems) == 0 {
		t.Errorf("%d findings, %d problems", len(got.findings), len(got.problems))
	}
}

func TestSlowRuleIsAProblem(t *testing.T) {
	p := parse(t, `{"redaction_rules":[{"name":"Slow","pattern":"(a+)+$","engine":"backtracking"}]}`)
	text := strings.Repeat("a", 40) + "!\n"
	for _, name := range []string{"a.log", "a.jsonl"} {
		file := write(t, filepath.Join(t.TempDir(), name), text)
		if got := scanAll(t, Options{Policy: p, Paths: []string{file}}, nil); len(got.problems) != 1 {
			t.Errorf("%s: %q", name, got.problems)
		}
	}
}

// TestMemoryDoesNotGrowWithFiles scans 64 MB and compares the most of the heap
// that is in use with a bound that does not depend on it.
func TestMemoryDoesNotGrowWithFiles(t *testing.T) {
	block := randomText(rand.New(rand.NewPCG(9, 9)), 64<<10)
	text := strings.Repeat(block, 256) // 16 MB
	dir := t.TempDir()
	for i := range 4 {
		write(t, filepath.Join(dir, fmt.Sprint(i)+".log"), text)
	}
	text = ""
	s, err := New(Options{Policy: parse(t, rules), Paths: []string{dir}, Found: func(Finding) {}, Problem: func(string, string) {}, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	s.options.Done = func() error {
		runtime.GC()
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
		return nil
	}
	if err := s.Run(context.Background(), NewState("")); err != nil {
		t.Fatal(err)
	}
	if used := int64(most) - int64(before.HeapAlloc); used > 64<<20 {
		t.Errorf("%d MB of the heap in use for 64 MB of files", used>>20)
	}
}
