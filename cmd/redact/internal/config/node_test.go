package config

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

func parse(t *testing.T, text string) *Document {
	t.Helper()
	d, err := Parse("x.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPlaceAndPointer(t *testing.T) {
	d := parse(t, "{\n  \"a/b~\": [1, {\"ä\": \"x\", \"c\": null}],\n  \"a/b~\": 2 }")
	for _, c := range []struct {
		path, pointer string
		line, column  int
	}{
		{"", "", 1, 1},
		{"nonsense", "", 1, 1},
	} {
		n := d.Root.Find(c.path)
		if p := d.PlaceOf(n); n.Pointer() != c.pointer || p.Line != c.line || p.Column != c.column {
			t.Errorf("%q: %q %+v", c.path, n.Pointer(), p)
		}
	}
	list := d.Root.Children[0]
	for _, c := range []struct {
		node         *Node
		pointer      string
		line, column int
	}{
		{list, "/a~1b~0", 2, 3},
		{list.Children[0], "/a~1b~0/0", 2, 12},
		{list.Find("[1].c"), "/a~1b~0/1/c", 2, 26},
		{d.Root.Get("a/b~"), "/a~1b~0", 3, 3},
	} {
		if p := d.PlaceOf(c.node); c.node.Pointer() != c.pointer || p.Line != c.line || p.Column != c.column {
			t.Errorf("%s: got %s at %+v", c.pointer, c.node.Pointer(), p)
		}
	}
}

func TestFind(t *testing.T) {
	d := parse(t, `{"a": {"b": 1, "b.c": {"d": 2}}, "l": [[3]]}`)
	for path, want := range map[string]string{
		"a.b":         "/a/b",
		"a.b.c":       "/a/b.c",
		"a.b.c.d":     "/a/b.c/d",
		"a.b.c.x.y":   "/a/b.c",
		"l[0][0]":     "/l/0/0",
		"l[7].x":      "/l",
		"l[nonsense]": "/l",
		"x":           "",
	} {
		if got := d.Root.Find(path).Pointer(); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestNothingIsFoundInNothing(t *testing.T) {
	var n *Node
	if n.Get("a") != nil || n.Find("a") != nil || n.List() != nil || n.Fields() != nil || n.Str() != "" || n.Strings() != nil || n.True() || n.Pointer() != "" {
		t.Error("something")
	}
	if _, ok := n.Int(); ok {
		t.Error("a number")
	}
	n.Walk(func(*Node) { t.Error("a node") })
}

func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]int{
		``: 0, `{`: 1, `{"a": }`: 6, `{"a": 1,}`: 8, `{"a": 1} x`: 9, "{\"a\": \"\xff\"}": 0, `["a"`: 4, `{"a" 1}`: 5, `nul`: 3, `{"a": "\d"}`: 8,
	} {
		_, err := Parse("x.json", []byte(text))
		var wrong *SyntaxError
		if !errors.As(err, &wrong) || wrong.Offset != want {
			t.Errorf("%q: got %+v, want %d", text, err, want)
		}
	}
	deep := make([]byte, 0, 4000)
	for range 2000 {
		deep = append(deep, '[')
	}
	for range 2000 {
		deep = append(deep, ']')
	}
	if _, err := Parse("x.json", deep); err == nil {
		t.Error("two thousand levels")
	}
}

func TestWriteChanged(t *testing.T) {
	d := parse(t, `{"a": [1, 2.50, "x\u00e9"], "b": {"c": true}, "d": 1}`)
	whole := d.Root.Clone()
	whole.Get("a").Children[0].Detach()
	whole.Get("b").SetString("<\"")
	whole.Get("d").Detach()
	if got := string(d.Write(whole)); got != `{"a":[2.50,"x\u00e9"],"b":"\u003c\""}` {
		t.Errorf("got %s", got)
	}
	if got := whole.Get("a").Children[0].Pointer(); got != "/a/1" {
		t.Errorf("the pointer moved: %s", got)
	}
	if len(d.Root.Get("a").Children) != 3 || d.Root.Get("d") == nil {
		t.Error("the original changed")
	}
}

// FuzzParse: what is read is what encoding/json reads, and every node stands where
// it says.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a": [1, "x", {"b": null}], "a": 2}`, ` [] `, `"\ud800"`, `{`, "{\"\xff\": 1}", `-1e5`, "\ufeff{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse("x.json", text)
		if err != nil {
			if wrong := (*SyntaxError)(nil); !errors.As(err, &wrong) || wrong.Offset < 0 || wrong.Offset > len(text) {
				t.Fatalf("%v", err)
			}
			return
		}
		var want, got any
		if err := json.Unmarshal(d.Text, &want); err != nil {
			t.Fatalf("read what is no JSON: %v", err)
		}
		if err := json.Unmarshal(d.Write(d.Root), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("wrote %s: %v", d.Write(d.Root), err)
		}
		d.Root.Walk(func(n *Node) {
			var v any
			if err := json.Unmarshal(d.Text[n.Start:n.End], &v); err != nil {
				t.Fatalf("%s stands at %d-%d: %v", n.Pointer(), n.Start, n.End, err)
			}
			if p := d.PlaceOf(n); p.Line < 1 || p.Column < 1 {
				t.Fatalf("%+v", p)
			}
		})
	})
}
