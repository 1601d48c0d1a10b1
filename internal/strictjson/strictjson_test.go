package strictjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// canary is a value that no error may quote.
const canary = "canary-7d1f"

// settings is what the tests read: one field of each kind, with defaults.
type settings struct {
	Text    string
	Flag    bool
	Number  int64
	List    []string
	Word    string
	Inner   string
	Entries []string
}

func defaults() settings {
	return settings{Text: "text", Flag: true, Number: 7, List: []string{"default"}, Word: "red"}
}

func read(o *strictjson.Object) (settings, error) {
	s := defaults()
	o.String("text", &s.Text)
	o.Bool("flag", &s.Flag)
	o.Int("number", &s.Number, 5)
	o.Strings("list", &s.List)
	o.Choice("word", &s.Word, "red", "green")
	if inner := o.Object("inner"); inner != nil {
		inner.String("name", &s.Inner)
		for _, deep := range inner.Objects("deep") {
			deep.Bool("flag", new(bool))
			_ = deep.Close()
		}
		_ = inner.Close()
	}
	for _, entry := range o.Objects("entries") {
		name := ""
		entry.String("name", &name)
		entry.SetRule(name)
		entry.Int("size", new(int64), math.MinInt64)
		_ = entry.Close()
		s.Entries = append(s.Entries, name)
	}
	return s, o.Close()
}

func parse(text string) (settings, error) {
	o, err := strictjson.Parse("file.json", []byte(text))
	if err != nil {
		return settings{}, err
	}
	return read(o)
}

func TestAbsentFieldsKeepTheirDefaults(t *testing.T) {
	for _, text := range []string{`{}`, " \n{ }\n\t", "\xef\xbb\xbf{}"} {
		if got, err := parse(text); err != nil || !reflect.DeepEqual(got, defaults()) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestFieldsAreRead(t *testing.T) {
	got, err := parse(`{"text":"é\u0041\n","flag":false,"number":5,"list":[],"word":"green",
		"inner":{"name":"in","deep":[{"flag":true},{}]},"entries":[{"name":"a","size":-1},{"name":"b"}]}`)
	want := settings{"éA\n", false, 5, []string{}, "green", "in", []string{"a", "b"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestCommentsAreIgnoredEverywhere(t *testing.T) {
	got, err := parse(`{"@a":1,"$b":null,"_c":{"x":1,"x":2},"#d":[],"@a":2,"text":"t",
		"inner":{"_x":1},"entries":[{"name":"a","#x":1}]}`)
	if err != nil || got.Text != "t" || len(got.Entries) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"unknown field", `{"test":"` + canary + `"}`, "file.json: field test: is unknown; known fields are entries, flag, inner, list, number, text, word"},
		{"case matters", `{"Text":"` + canary + `"}`, "file.json: field Text: is unknown; known fields are entries, flag, inner, list, number, text, word"},
		{"empty field name", `{"":1}`, "file.json: is unknown; known fields are entries, flag, inner, list, number, text, word"},
		{"comment sign inside a name", `{"a_":1}`, "file.json: field a_: is unknown; known fields are entries, flag, inner, list, number, text, word"},
		{"unknown field below", `{"inner":{"nam":1}}`, "file.json: field inner.nam: is unknown; known fields are deep, name"},
		{"repeated", `{"text":"` + canary + `","text":"b"}`, "file.json: field text: stands twice; keep one of them"},
		{"repeated behind an escape", `{"text":"a","\u0074ext":"b"}`, "file.json: field text: stands twice; keep one of them"},
		{"repeated below", `{"inner":{"name":"a","name":"b"}}`, "file.json: field inner.name: stands twice; keep one of them"},
		{"string", `{"text":5}`, "file.json: field text: must be a string; put the value in quotes"},
		{"null string", `{"text":null}`, "file.json: field text: must be a string; put the value in quotes"},
		{"bool", `{"flag":"` + canary + `"}`, "file.json: field flag: must be true or false; write true or false, without quotes"},
		{"bool as number", `{"flag":1}`, "file.json: field flag: must be true or false; write true or false, without quotes"},
		{"null bool", `{"flag":null}`, "file.json: field flag: must be true or false; write true or false, without quotes"},
		{"number", `{"number":"` + canary + `"}`, "file.json: field number: must be a whole number; write a number of at least 5, without quotes"},
		{"null number", `{"number":null}`, "file.json: field number: must be a whole number; write a number of at least 5, without quotes"},
		{"broken number", `{"number":5.5}`, "file.json: field number: must be a whole number; write a number of at least 5, without quotes"},
		{"huge number", `{"number":9223372036854775808}`, "file.json: field number: must be a whole number; write a number of at least 5, without quotes"},
		{"small number", `{"number":4}`, "file.json: field number: must be at least 5; raise it, or leave the field out for the default"},
		{"list", `{"list":"` + canary + `"}`, `file.json: field list: must be a list of strings; write ["…", "…"]`},
		{"null list", `{"list":null}`, `file.json: field list: must be a list of strings; write ["…", "…"]`},
		{"list of numbers", `{"list":["` + canary + `",5]}`, `file.json: field list: must be a list of strings; write ["…", "…"]`},
		{"list with an empty string", `{"list":["` + canary + `",""]}`, "file.json: field list: holds an empty string; remove it"},
		{"list with null", `{"list":[null]}`, "file.json: field list: holds an empty string; remove it"},
		{"word", `{"word":"` + canary + `"}`, "file.json: field word: is not one of red, green; use one of these words"},
		{"word in capitals", `{"word":"RED"}`, "file.json: field word: is not one of red, green; use one of these words"},
		{"empty word", `{"word":""}`, "file.json: field word: is not one of red, green; use one of these words"},
		{"null word", `{"word":null}`, "file.json: field word: must be a string; put the value in quotes"},
		{"object", `{"inner":["` + canary + `"]}`, "file.json: field inner: must be an object; write { … }"},
		{"null object", `{"inner":null}`, "file.json: field inner: must be an object; write { … }"},
		{"objects", `{"entries":{"name":"` + canary + `"}}`, "file.json: field entries: must be a list of objects; write [ { … }, { … } ]"},
		{"null objects", `{"entries":null}`, "file.json: field entries: must be a list of objects; write [ { … }, { … } ]"},
		{"null in objects", `{"entries":[{"name":"a"},null]}`, "file.json: field entries[1]: must be an object; write { … }"},
		{"text in objects", `{"entries":["` + canary + `"]}`, "file.json: field entries[0]: must be an object; write { … }"},
		{"deep path", `{"inner":{"deep":[{},{},{"flag":5}]}}`, "file.json: field inner.deep[2].flag: must be true or false; write true or false, without quotes"},
		{"named rule", `{"entries":[{"name":"a"},{"name":"The \"b\"\n","size":"` + canary + `"}]}`, `file.json: rule "The \"b\"\n": field entries[1].size: must be a whole number; write a number of at least -9223372036854775808, without quotes`},
		{"first mistake wins", `{"text":1,"flag":2,"entries":[3],"zzz":4}`, "file.json: field text: must be a string; put the value in quotes"},
		{"mistake below wins over unknown", `{"aaa":1,"inner":{"name":1}}`, "file.json: field inner.name: must be a string; put the value in quotes"},
		{"first unknown by name", `{"zzz":1,"aaa":1}`, "file.json: field aaa: is unknown; known fields are entries, flag, inner, list, number, text, word"},
		{"list at the top", `["` + canary + `"]`, "file.json: must be an object; write { … }"},
		{"text at the top", `"` + canary + `"`, "file.json: must be an object; write { … }"},
		{"null at the top", `null`, "file.json: must be an object; write { … }"},
		{"second object", `{} {"text":"` + canary + `"}`, "file.json: text follows the closing brace; remove it"},
		{"trailing text", `{} ` + canary, "file.json: text follows the closing brace; remove it"},
		{"trailing brace", `{}}`, "file.json: text follows the closing brace; remove it"},
		{"trailing comma", `{},`, "file.json: text follows the closing brace; remove it"},
		{"two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf{}", brokenAt("1", "1")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(tt.text)
			if err == nil {
				t.Fatal("accepted")
			}
			if err.Error() != tt.want {
				t.Errorf("\ngot  %s\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("a value is quoted: %s", err)
			}
		})
	}
}

func brokenAt(line, column string) string {
	return "file.json: is not valid JSON at line " + line + ", column " + column + "; check commas, quotes and backslashes there"
}

// The place is that of the first character that cannot stand there, and the one
// after the last where the text ends too early.
func TestBrokenJSONNamesThePlace(t *testing.T) {
	for _, tt := range []struct{ name, text, line, column string }{
		{"empty", "", "1", "1"},
		{"only a mark", "\xef\xbb\xbf", "1", "1"},
		{"ends after brace", "{", "1", "2"},
		{"ends after value", "{\"a\":1\n", "2", "1"},
		{"ends in a string", `{"a":"b`, "1", "8"},
		{"word without quotes", "{\n  \"a\": " + canary + "}", "2", "8"},
		{"word cut short", "{\n  \"a\": tru}", "2", "11"},
		{"behind a mark", "\xef\xbb\xbf{\"a\":x}", "1", "6"},
		{"characters, not bytes", `{"äöü":x}`, "1", "8"},
		{"name without quotes", `{a:1}`, "1", "2"},
		{"colon missing", `{"a" 1}`, "1", "6"},
		{"comma missing", "{\"a\":1\n\"b\":2}", "2", "1"},
		{"comma too many", `{"a":1,}`, "1", "8"},
		{"bad escape", `{"a":1,"pattern":"\d"}`, "1", "20"},
		{"line break in a string", "{\"a\":\"x\ny\"}", "1", "8"},
		{"deep in a list", "{\n\"a\":[1,2,\n{\"b\":}]\n}", "3", "6"},
		{"wrong bracket", `{"a":1]`, "1", "7"},
		{"leading zero", `{"a":01}`, "1", "7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(tt.text)
			if err == nil || err.Error() != brokenAt(tt.line, tt.column) {
				t.Errorf("\ngot  %v\nwant %s", err, brokenAt(tt.line, tt.column))
			}
		})
	}
}

// A pattern that was saved in another encoding would never match.
func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	for _, text := range []string{"{\"text\":\"\xe9\"}", "{\"\xe9\":1}", "{\"text\":\"ok\",\"_comment\":\"\xff\"}"} {
		if got, err := parse(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func TestAnErrorIsOneLine(t *testing.T) {
	for _, text := range []string{`{"a\nb":1}`, `{"inner":{"x\r\ny":1}}`, `{"a\u2028b":1}`, `{"a":{`} {
		_, err := parse(text)
		if err == nil || strings.ContainsAny(err.Error(), "\r\n\u2028") {
			t.Errorf("%s: %q", text, err)
		}
	}
}

func TestErrorLeavesOutWhatIsNotKnown(t *testing.T) {
	for want, e := range map[string]strictjson.Error{
		"f: bad":                               {File: "f", Reason: "bad"},
		`f: rule "r": field a.b: bad; mend it`: {File: "f", Rule: "r", Field: "a.b", Reason: "bad", Remedy: "mend it"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestErrorsCarryTheirParts(t *testing.T) {
	_, err := parse(`{"entries":[{"name":"r","size":""}]}`)
	var e *strictjson.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T", err)
	}
	if e.File != "file.json" || e.Rule != "r" || e.Field != "entries[0].size" {
		t.Errorf("%+v", *e)
	}
}

func TestFailRecordsTheFirstMistakeOnly(t *testing.T) {
	o, err := strictjson.Parse("f", []byte(`{"in":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	in := o.Object("in")
	in.Fail("", "is odd", "")
	o.Fail("other", "is worse", "")
	for _, err := range []error{in.Close(), o.Close()} {
		if err == nil || err.Error() != "f: field in: is odd" {
			t.Errorf("%v", err)
		}
	}
}

func TestAMisspeltFieldIsToldBeforeTheOneThatIsMissing(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"in":{}}`, "f: field in.name: is missing; add it"},
		{`{"in":{"nam":"x"}}`, "f: field in.nam: is unknown; known fields are name"},
		{`{"in":{},"other":1}`, "f: field in.name: is missing; add it"},
		{`{"in":{"nam":"x"},"other":1}`, "f: field in.nam: is unknown; known fields are name"},
	} {
		o, err := strictjson.Parse("f", []byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		in := o.Object("in")
		if !in.Has("name") {
			in.Missing("name", "add it")
		}
		_ = in.Close()
		if err := o.Close(); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.text, err, tt.want)
		}
	}
	o, _ := strictjson.Parse("f", []byte(`{"odd":1}`))
	o.Fail("first", "is wrong", "")
	o.Missing("name", "add it")
	if err := o.Close(); err == nil || err.Error() != "f: field first: is wrong" {
		t.Errorf("the first mistake gave way: %v", err)
	}
}

func TestRulesAreInheritedByWhatIsBelow(t *testing.T) {
	o, err := strictjson.Parse("f", []byte(`{"in":{"x":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	o.SetRule("r")
	if err := o.Object("in").Close(); err == nil || err.Error() != `f: rule "r": field in.x: is unknown; known fields are ` {
		t.Errorf("%v", err)
	}
}

func TestHasAndIsStringMakeAFieldKnown(t *testing.T) {
	o, err := strictjson.Parse("place", []byte(`{"a":"x","b":5,"c":null}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]bool{"a": {true, true}, "b": {true, false}, "c": {true, false}, "d": {false, false}} {
		if got := [2]bool{o.Has(name), o.IsString(name)}; got != want {
			t.Errorf("%s: Has, IsString = %v, want %v", name, got, want)
		}
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if got := o.File(); got != "place" {
		t.Errorf("File() = %q", got)
	}
}

func TestRawAndNames(t *testing.T) {
	o, err := strictjson.Parse("f", []byte(`{"b": {"x":1.50} ,"_c":1,"a":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(o.Raw("b")); got != `{"x":1.50}` {
		t.Errorf("Raw(b) = %s", got)
	}
	if got := o.Raw("absent"); got != nil {
		t.Errorf("Raw(absent) = %s", got)
	}
	if err := o.Close(); err == nil {
		t.Error("a is known without being asked for")
	}

	o, err = strictjson.Parse("f", []byte(`{"b":1,"_c":1,"a":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := o.Names(); !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("Names() = %v", got)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

func TestObjectIsNilWhenAbsent(t *testing.T) {
	o, err := strictjson.Parse("f", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if o.Object("inner") != nil || len(o.Objects("entries")) != 0 || o.Close() != nil {
		t.Error("something was made of nothing")
	}
}

func TestValueReadsDecodedSettings(t *testing.T) {
	o, err := strictjson.Value("settings", map[string]interface{}{
		"text": "t", "number": float64(10485760), "list": []interface{}{"a"}, "inner": map[string]interface{}{"name": "n"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(o)
	if err != nil || got.Text != "t" || got.Number != 10485760 || got.List[0] != "a" || got.Inner != "n" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestValueRefuses(t *testing.T) {
	for _, tt := range []struct {
		value interface{}
		want  string
	}{
		{nil, "settings: must be an object; write { … }"},
		{canary, "settings: must be an object; write { … }"},
		{[]string{canary}, "settings: must be an object; write { … }"},
		{map[string]interface{}{canary: math.NaN()}, "settings: cannot be read as JSON; use plain JSON values"},
		{map[string]interface{}{"f": func() {}}, "settings: cannot be read as JSON; use plain JSON values"},
	} {
		if _, err := strictjson.Value("settings", tt.value); err == nil || err.Error() != tt.want {
			t.Errorf("%T: %v, want %s", tt.value, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"text":"a","flag":true,"number":9,"list":["a"],"word":"red","inner":{"name":"x","deep":[{}]},"entries":[{"name":"a","size":1}]}`,
		`{"a":1,}`, `{"a" 1}`, `{"a":1]`, `{,}`, `{"a":01}`, `{1:2}`, `{{}:1}`, `{"a":1}}`, `{"a":"\ud800"}`, "\xef\xbb\xbf{}", `{"_":nul}`, "{\"\xff\":1}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parse(text)
		var object map[string]json.RawMessage
		refused := json.Unmarshal([]byte(strings.TrimPrefix(text, "\xef\xbb\xbf")), &object)
		if err == nil && (refused != nil || object == nil) {
			t.Errorf("accepts %q, which encoding/json refuses: %v", text, refused)
		}
		if err != nil && strings.Contains(err.Error(), "not valid JSON") && refused == nil {
			t.Errorf("refuses %q as JSON: %v", text, err)
		}
	})
}
