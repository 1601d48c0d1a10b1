package bodytemplate

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/Masterminds/sprig/v3"
)

type object = map[string]interface{}

func parseText(t testing.TB, text string) *Template {
	t.Helper()
	tmpl, err := Parse(Source{File: "t.tmpl", Text: text, Functions: sprig.TxtFuncMap()})
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// run executes a template with a JSON body.
func run(t testing.TB, text, body string) (string, error) {
	t.Helper()
	data := Request{Path: "/p"}.Data(nil)
	v, err := DecodeJSON(body)
	if err != nil {
		t.Fatal(err)
	}
	data["req_body"] = v
	return parseText(t, text).Execute(context.Background(), data)
}

func TestOutput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, body, want string }{
		{"text", `{"a": {{ index .req_body "m" | toJson }}}`, `{"m":"a\"b"}`, `{"a": "a\"b"}`},
		{"toJson escapes HTML", `{{ .req_body.m | toJson }}`, `{"m":"<&>"}`, `"\u003c\u0026\u003e"`},
		{"toRawJson does not", `{{ .req_body.m | toRawJson }}`, `{"m":"<&>"}`, `"<&>"`},
		{"big numbers are kept", `{{ .req_body | toJson }}`, `{"a":12345678901234567890,"b":9007199254740993}`, `{"a":12345678901234567890,"b":9007199254740993}`},
		{"spelling is kept", `{{ .req_body | toJson }}{{ .req_body.a }}`, `{"a":1.50,"b":1E2,"c":-0}`, `{"a":1.50,"b":1E2,"c":-0}1.50`},
		{"spelling is kept through fromJson", `{{ .req_body.s | fromJson | toJson }}`, `{"s":"[12345678901234567890, 1.0]"}`, `[12345678901234567890,1.0]`},
		{"fromJson of no JSON", `{{ .req_body.s | fromJson | toJson }}`, `{"s":"{"}`, `null`},
		{"array at the root", `{{ range $i, $e := .req_body }}{{ $i }}={{ $e }};{{ end }}`, `["a",2]`, `0=a;1=2;`},
		{"scalar at the root", `{{ .req_body }}`, `7`, `7`},
		{"null at the root", `{{ .req_body | toJson }}`, `null`, `null`},
		{"dig with a default", `{{ dig "a" "b" "none" .req_body }}`, `{"a":{}}`, `none`},
		{"add", `{{ add .req_body.i .req_body.f 1 }}`, `{"i":2,"f":1.5}`, `4`},
		{"addf", `{{ addf .req_body.i .req_body.f }}`, `{"i":2,"f":1.50}`, `3.5`},
		{"exponents count", `{{ int .req_body.e }}`, `{"e":1e3}`, `1000`},
		{"round", `{{ round .req_body.f 1 }}`, `{"f":1.2500}`, `1.3`},
		{"max", `{{ max .req_body.a .req_body.b }}`, `{"a":3,"b":7.9}`, `7`},
		{"eq of mixed numbers", `{{ eq .req_body.a 5 }}{{ eq .req_body.b 5 }}{{ eq .req_body.a .req_body.b }}{{ eq .req_body.a 1 2 5 }}`, `{"a":5,"b":5.0}`, `truetruetruetrue`},
		{"order of mixed numbers", `{{ gt .req_body.a 1.5 }}{{ lt .req_body.b 3 }}{{ ge .req_body.a 2 }}{{ le .req_body.b 2 }}{{ ne .req_body.a .req_body.b }}`, `{"a":2,"b":2.5}`, `truetruetruefalsetrue`},
		{"order of long numbers", `{{ gt .req_body.a .req_body.b }}{{ lt .req_body.c .req_body.b }}{{ lt .req_body.d .req_body.c }}{{ gt .req_body.c .req_body.d }}`, `{"a":12345678901234567891,"b":12345678901234567890,"c":-12345678901234567890,"d":-12345678901234567891}`, `truetruetruetrue`},
		{"exponents are not written out", `{{ gt .req_body.a 1 }}`, `{"a":1e999999999}`, `true`},
		{"order of texts", `{{ lt .req_body.a "b" }}{{ eq .req_body.a "a" }}{{ ne .req_body.a "a" }}`, `{"a":"a"}`, `truetruefalse`},
		{"eq of others", `{{ eq .req_body.a true }}{{ eq .req_body.x nil }}{{ eq .req_body.a .req_body.x }}`, `{"a":true}`, `truetruefalse`},
		{"printf", `{{ printf "%d %.2f %s %v %5d|%05.1f" .req_body.i .req_body.i .req_body.i .req_body.i .req_body.i .req_body.i }}`, `{"i":5}`, `5 5.00 5 5     5|005.0`},
		{"printf of fractions", `{{ printf "%.2f %s %v %d %d" .req_body.f .req_body.f .req_body.f .req_body.w .req_body.l }}`, `{"f":1.50,"w":2.0,"l":12345678901234567890}`, `1.50 1.50 1.50 2 12345678901234567890`},
		{"printf width", `{{ printf "%*d" .req_body.w 7 }}`, `{"w":3}`, `  7`},
		{"index by a number", `{{ index .req_body.l .req_body.i }}`, `{"l":["a","b"],"i":1}`, `b`},
		{"zero is false", `{{ if .req_body.n }}yes{{ else }}no{{ end }}{{ default 3 .req_body.n }}`, `{"n":0}`, `no3`},
		{"range with else", `{{ range .req_body.none }}x{{ else }}none{{ end }}`, `{}`, `none`},
		{"range of a number", `{{ range $i := until (int .req_body.n) }}{{ $i }}{{ end }}`, `{"n":3}`, `012`},
		{"break", `{{ range .req_body }}{{ if eq . 2 }}{{ break }}{{ end }}{{ . }}{{ end }}`, `[1,2,3]`, `1`},
		{"subtemplates", `{{ define "q" }}{{ . | toJson }}{{ end }}[{{ template "q" .req_body.a }}]`, `{"a":"x"}`, `["x"]`},
		{"set changes the copy", `{{ $_ := set .req_body "b" 1 }}{{ .req_body | toJson }}`, `{"a":0}`, `{"a":0,"b":1}`},
		{"byte order mark", "\ufeff{{ .req_body }}", `1`, `1`},
		{"missing is no value", `{{ .req_body.x }}`, `{}`, `<no value>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, err := run(t, c.text, c.body); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

// secretText must not get into any error.
const secretText = "hunter2"

func TestExecutionErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, body, place, reason string }{
		{"bad computed pattern", "\n{{ regexFind .req_body.p \"x\" }}", `{"p":"(hunter2"}`, "t.tmpl:2:3", "the function regexFind failed: the pattern is no valid regular expression: missing closing )"},
		{"absent argument", `{{ regexFind "a" (index .req_body "m") }}`, `{}`, "t.tmpl:1:34", "an argument is absent"},
		{"wrong type", `{{ regexFind "a" .req_body.m }}`, `{"m":{"x":"hunter2"}}`, "t.tmpl:1:26", "an argument has the wrong type"},
		{"panic in Sprig", `{{ dig "hunter2" .req_body }}`, `{"hunter2":1}`, "t.tmpl:1:3", "the function dig failed"},
		{"dig of a list", `{{ dig "a" "b" .req_body }}`, `["hunter2"]`, "t.tmpl:1:3", "the function dig failed"},
		{"fail", `{{ fail .req_body.m }}`, `{"m":"hunter2"}`, "t.tmpl:1:3", "the function fail failed"},
		{"misleading value", `{{ fail .req_body.m }}`, `{"m":"error calling toJson: map has no entry for key hunter2"}`, "t.tmpl:1:3", "the function fail failed"},
		{"range", `{{ range .req_body.m }}{{ end }}`, `{"m":"hunter2"}`, "t.tmpl:1:9", ""},
		{"range to infinity", `{{ range .req_body.m }}{{ end }}`, `{"m":9000000000000000000}`, "t.tmpl:1:9", "range failed: it is asked to count further than 1,000,000"},
		{"field of a text", `{{ .req_body.m.x }}`, `{"m":"hunter2"}`, "t.tmpl:1:12", "a field is asked of a value that is no object"},
		{"index out of range", `{{ index .req_body 3 }}`, `["hunter2"]`, "t.tmpl:1:3", "the function index failed"},
		{"compare", `{{ eq .req_body.m 1 }}`, `{"m":"hunter2"}`, "t.tmpl:1:3", "the function eq failed: it cannot compare values of these types"},
		{"compare numbers and texts", `{{ lt .req_body.m "hunter2" }}`, `{"m":1.5}`, "t.tmpl:1:3", "the function lt failed: it cannot compare values of these types"},
		{"compare a text with a number", `{{ eq "hunter2" .req_body.m }}`, `{"m":1.5}`, "t.tmpl:1:3", "the function eq failed: it cannot compare values of these types"},
		{"compare objects", `{{ eq .req_body .req_body }}`, `{}`, "t.tmpl:1:3", "the function eq failed: it cannot compare values of these types"},
		{"division by zero", `{{ div 1 .req_body.z }}`, `{"z":0}`, "t.tmpl:1:3", "the function div failed"},
		{"too large to add", `{{ add 1 .req_body.n }}`, `{"n":12345678901234567890}`, "t.tmpl:1:3", "the function add failed: a number is too large for whole-number arithmetic"},
		{"until", `{{ until (int .req_body.n) }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function until failed: it is asked to count further than 1,000,000"},
		{"untilStep", `{{ untilStep 0 (int .req_body.n) 1 }}`, `{"n":9223372036854775807}`, "t.tmpl:1:3", "the function untilStep failed: it is asked to count further than 1,000,000"},
		{"untilStep that overflows", `{{ untilStep 0 9 (int .req_body.n) }}`, `{"n":9223372036854775807}`, "t.tmpl:1:3", "the function untilStep failed: it is asked to count further than 1,000,000"},
		{"seq", `{{ seq (int .req_body.n) }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function seq failed: it is asked to count further than 1,000,000"},
		{"seq downwards", `{{ seq 0 (int .req_body.n) }}`, `{"n":-2000000000}`, "t.tmpl:1:3", "the function seq failed: it is asked to count further than 1,000,000"},
		{"seq with a step", `{{ seq 0 1 (int .req_body.n) }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function seq failed: it is asked to count further than 1,000,000"},
		{"repeat", `{{ repeat (int .req_body.n) "ab" }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function repeat failed: the text would be larger than 64 MiB"},
		{"indent", `{{ indent (int .req_body.n) "a\nb" }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function indent failed: the text would be larger than 64 MiB"},
		{"nindent", `{{ nindent (int .req_body.n) "a" }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function nindent failed: the text would be larger than 64 MiB"},
		{"randAlpha", `{{ randAlpha (int .req_body.n) }}`, `{"n":2000000000}`, "t.tmpl:1:3", "the function randAlpha failed: it is asked to count further than 1,000,000"},
		{"set in itself", `{{ $_ := set .req_body "me" .req_body }}{{ .req_body }}`, `{}`, "t.tmpl:1:9", "the function set failed: the value would contain itself"},
		{"set in itself through a list", `{{ $_ := set .req_body "me" (list 1 (dict "a" .req_body)) }}`, `{}`, "t.tmpl:1:9", "the function set failed: the value would contain itself"},
		{"merge into itself", `{{ $a := dict "x" (dict) }}{{ $_ := mergeOverwrite $a (dict "x" (dict "y" $a)) }}`, `{}`, "t.tmpl:1:36", "the function mergeOverwrite failed: the value would contain itself"},
		{"endless templates", `{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`, `{}`, "t.tmpl:1:28", "templates call each other without an end"},
		{"undefined template", `{{ template "hunter2" . }}`, `{}`, "t.tmpl:1:12", "a template that is not defined is called"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, c.text, c.body)
			if err == nil {
				t.Fatal("no error")
			}
			failure, ok := err.(*ExecError)
			if !ok || failure.Place != c.place || c.reason != "" && failure.Reason != c.reason {
				t.Errorf("got %v, want %s: %s", err, c.place, c.reason)
			}
			if strings.Contains(err.Error(), secretText) {
				t.Errorf("a value is in %q", err)
			}
		})
	}
}

func TestMissingKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ option, want, reason string }{
		{"", "<no value>", ""},
		{"default", "<no value>", ""},
		{"zero", "<no value>", ""},
		{"error", "", "t.tmpl:1:12: a key is missing, and missingkey is error"},
	} {
		tmpl, err := Parse(Source{File: "t.tmpl", Text: `{{ .req_body.x }}`, MissingKey: c.option})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tmpl.Execute(context.Background(), object{"req_body": object{}})
		if got != c.want || (err != nil) != (c.reason != "") || err != nil && err.Error() != c.reason {
			t.Errorf("%s: got %q, %v", c.option, got, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	const pattern = "; correct the pattern (RE2 syntax; a backslash is written twice between double quotes)"
	const broken = ": the pattern is no valid regular expression: missing closing )" + pattern
	for _, c := range []struct{ name, text, want string }{
		{"empty", " \n", "t.tmpl: the template is empty; write the body that it should produce"},
		{"only definitions", `{{ define "a" }}x{{ end }}`, "t.tmpl: the template is empty; write the body that it should produce"},
		{"unclosed", "a\n{{ if .x }}", "t.tmpl:2: the template cannot be parsed: unexpected EOF"},
		{"constant", `{{ .x "hunter2" )}}`, "t.tmpl:1: the template cannot be parsed: unexpected right paren"},
		{"unexpected constant", `{{ if .x }}{{ end "hunter2" }}`, "t.tmpl:1: the template cannot be parsed: unexpected … in end"},
		{"raw constant", "{{ if .x }}{{ else `hunter2` }}{{ end }}", "t.tmpl:1: the template cannot be parsed: unexpected … in else"},
		{"unexpected name", `{{ if .x }}{{ end foo }}`, `t.tmpl:1: the template cannot be parsed: `},
		{"open constant", `{{ "hunter2 }}`, "t.tmpl:1: the template cannot be parsed: unterminated quoted string"},
		{"unknown function", "\n\n{{ frobnicate 1 }}", "t.tmpl:3: the function frobnicate is not available; check its name in docs/body-generator.md"},
		{"env", `{{ env "HOME" }}`, `t.tmpl:1: the function env is not available; it reaches outside of the request: set "allow_env": true if that is meant`},
		{"expandenv", `{{ expandenv "$HOME" }}`, `t.tmpl:1: the function expandenv is not available; it reaches outside of the request: set "allow_env": true if that is meant`},
		{"getHostByName", `{{ getHostByName "a" }}`, `t.tmpl:1: the function getHostByName is not available; it reaches outside of the request: set "allow_env": true if that is meant`},
		{"keys", `{{ genPrivateKey "rsa" }}`, "t.tmpl:1: the function genPrivateKey is not available; it costs too much CPU for a gateway: make keys elsewhere and pass them in variables"},
		{"pattern", "\n{{ regexFind \"(hunter2\" .x }}", "t.tmpl:2:3" + broken},
		{"raw pattern", "{{ regexFind `(hunter2` .x }}", "t.tmpl:1:3" + broken},
		{"piped", `{{ .x | regexFind "(hunter2" }}`, "t.tmpl:1:8" + broken},
		{"first of a pipeline", `{{ regexFind "(" .x | toJson }}`, "t.tmpl:1:3" + broken},
		{"in parentheses", `{{ toJson (regexFind "(" .x) }}`, "t.tmpl:1:11" + broken},
		{"pattern in parentheses", `{{ regexFind ("(") .x }}`, "t.tmpl:1:3" + broken},
		{"field of a call", `{{ (regexFind "(" .x).y }}`, "t.tmpl:1:4" + broken},
		{"must", `{{ mustRegexReplaceAllLiteral "(" .x "" }}`, "t.tmpl:1:3" + broken},
		{"match", `{{ regexMatch "(" .x }}`, "t.tmpl:1:3" + broken},
		{"condition", `{{ if regexMatch "(" .x }}{{ end }}`, "t.tmpl:1:6" + broken},
		{"else if", `{{ if .a }}{{ else if regexMatch "(" .x }}{{ end }}`, "t.tmpl:1:22" + broken},
		{"with", `{{ with .x }}{{ regexFind "(" . }}{{ end }}`, "t.tmpl:1:16" + broken},
		{"range", `{{ range regexSplit "(" .x -1 }}{{ end }}`, "t.tmpl:1:9" + broken},
		{"variable", `{{ $x := regexFind "(" .x }}`, "t.tmpl:1:9" + broken},
		{"definition", `{{ define "a" }}{{ regexFind "(" . }}{{ end }}b`, "t.tmpl:1:19" + broken},
		{"template argument", `{{ define "a" }}{{ end }}{{ template "a" (regexFind "(" .x) }}`, "t.tmpl:1:42" + broken},
		{"look-around", `{{ regexFind "(?=a)" .x }}`, "t.tmpl:1:3: the pattern is no valid regular expression: invalid or unsupported Perl syntax" + pattern},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(Source{File: "t.tmpl", Text: c.text, Functions: sprig.TxtFuncMap()})
			if err == nil || strings.Contains(err.Error(), secretText) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAllowEnv(t *testing.T) {
	t.Setenv("BODYTEMPLATE_TEST", "from outside")
	tmpl, err := Parse(Source{Text: `{{ env "BODYTEMPLATE_TEST" }}`, Functions: sprig.TxtFuncMap(), AllowEnv: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tmpl.Execute(context.Background(), nil); err != nil || got != "from outside" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	tmpl := parseText(t, `{{ $s := repeat 1000000 "x" }}{{ range until 100 }}{{ $s }}{{ end }}`)
	if _, err := tmpl.Execute(context.Background(), nil); err == nil || err.Error() != "t.tmpl: the output is larger than 64 MiB" {
		t.Errorf("got %v", err)
	}
}

func TestExecutionEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := parseText(t, `{{ range until 1000000 }} {{ end }}`).Execute(ctx, nil)
	if err == nil || err.Error() != "t.tmpl: the request ended before the template did" {
		t.Errorf("got %v", err)
	}
}

// TestRegexFunctionsAreSprigs calls ours and Sprig's with the same arguments.
func TestRegexFunctionsAreSprigs(t *testing.T) {
	t.Parallel()
	original := sprig.TxtFuncMap()
	ours := newPatterns().functions()
	texts := []string{"", "a", "123456789 is a number", "aXbXc", "naïve – ünïcode", "$1 ${1}"}
	for name := range original {
		if !strings.Contains(strings.ToLower(name), "regex") {
			continue
		}
		fn, ok := ours[name]
		if !ok {
			t.Errorf("%s is Sprig's own", name)
			continue
		}
		for _, pattern := range []string{"", "a", `([\d+\-\s]*)(\d{4})`, "X", "(?i)x", `\pL+`, "("} {
			for _, s := range texts {
				args := [][]interface{}{{pattern, s}, {pattern, s, -1}, {pattern, s, 2}, {pattern, s, "<${1}$2$0>"}, {pattern}}
				for _, a := range args {
					want, wantFailed, fits := try(original[name], a)
					got, gotFailed, _ := try(fn, a)
					if !fits {
						continue
					}
					if wantFailed != gotFailed || !wantFailed && !reflect.DeepEqual(got, want) {
						t.Errorf("%s%q: got %v (failed: %v), want %v (failed: %v)", name, a, got, gotFailed, want, wantFailed)
					}
				}
			}
		}
	}
}

// try calls a function as a template does.
func try(fn interface{}, args []interface{}) (result interface{}, failed, fits bool) {
	f := reflect.ValueOf(fn)
	if f.Type().NumIn() != len(args) {
		return nil, false, false
	}
	in := make([]reflect.Value, 0, len(args))
	for i, a := range args {
		if !reflect.TypeOf(a).AssignableTo(f.Type().In(i)) {
			return nil, false, false
		}
		in = append(in, reflect.ValueOf(a))
	}
	defer func() {
		if recover() != nil {
			failed, fits = true, true
		}
	}()
	out := f.Call(in)
	return out[0].Interface(), len(out) > 1 && !out[1].IsNil(), true
}

func TestPatternsAreCompiledOnceAndBounded(t *testing.T) {
	t.Parallel()
	p := newPatterns()
	first, err := p.get("a+")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := p.get("a+"); again != first {
		t.Error("compiled twice")
	}
	for i := 0; i < 3*maxPatterns; i++ {
		if _, err := p.get(strings.Repeat("b", i%1000+1)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.computed); n > maxPatterns {
		t.Errorf("%d patterns are kept", n)
	}
	if _, err := p.get(strings.Repeat("c", maxCachedPattern+1)); err != nil {
		t.Fatal(err)
	}
	for pattern := range p.computed {
		if len(pattern) > maxCachedPattern {
			t.Error("a long pattern is kept")
		}
	}
	if err := p.addConstant("d"); err != nil {
		t.Fatal(err)
	}
	if got, err := p.get("d"); err != nil || got != p.constant["d"] {
		t.Error("a constant is not used")
	}
}

func TestParallelExecutions(t *testing.T) {
	t.Parallel()
	tmpl := parseText(t, `{{ $_ := set .variables "x" .req_body }}{{ sortAlpha .req_headers.H | join "," }}{{ regexReplaceAll .req_body.p "aXb" "-" }}{{ .variables.n.list | toJson }}`)
	shared := object{"n": object{"list": []interface{}{json.Number("1")}}}
	headers := map[string][]string{"H": {"b", "a"}}
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 50; j++ {
				data := Request{Headers: headers}.Data(shared)
				data["req_body"] = object{"p": "X|" + strings.Repeat("y", j)}
				if got, err := tmpl.Execute(context.Background(), data); err != nil || got[:6] != "a,ba-b" && j > 0 {
					t.Errorf("got %q, %v", got, err)
				}
			}
		}()
	}
	wg.Wait()
	if len(shared) != 1 || headers["H"][0] != "b" {
		t.Errorf("shared data was changed: %v %v", shared, headers)
	}
}

// TestDocumentation keeps the list of functions complete.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/body-generator.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(string(page), -1) {
		documented[m[1]] = true
	}
	names := append(append([]string{}, outside...), costly...)
	for name := range functions(sprig.TxtFuncMap(), true, newPatterns()) {
		if name != checkRange && name != checkPrint {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if !documented[name] {
			t.Errorf("%s is not in the list of functions", name)
		}
	}
	for _, list := range [][]string{outside, costly, arithmetic} {
		for _, name := range list {
			if sprig.TxtFuncMap()[name] == nil {
				t.Errorf("Sprig has no %s", name)
			}
		}
	}
	for name := range changing {
		if sprig.TxtFuncMap()[name] == nil {
			t.Errorf("Sprig has no %s", name)
		}
	}
	for _, name := range measured {
		if sprig.TxtFuncMap()[name] == nil && printers[name] == nil {
			t.Errorf("Sprig has no %s", name)
		}
	}
	for name := range bounded {
		if sprig.TxtFuncMap()[name] == nil {
			t.Errorf("Sprig has no %s", name)
		}
	}
}

func TestHeavyPatternsAreNotKept(t *testing.T) {
	t.Parallel()
	p := newPatterns()
	for _, pattern := range []string{strings.Repeat("a", 201), `(?:abc){1000}`, `(?:\pL{10}){100}`, strings.Repeat("[a-f]{1000}", 10)} {
		if _, err := p.get(pattern); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.computed) != 0 {
		t.Errorf("%d heavy patterns are kept", len(p.computed))
	}
	for _, pattern := range []string{`\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,24}\b`, `\d{3}-\d{2}-\d{4}`, `(?i)\pL+`} {
		if first, err := p.get(pattern); err != nil || p.computed[pattern] != first {
			t.Errorf("%s is not kept: %v", pattern, err)
		}
	}
}
