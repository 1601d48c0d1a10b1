package bodytemplate

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// within executes a template over a list of n numbers with a deadline.
func within(t *testing.T, limit time.Duration, text string, n int) (string, time.Duration, error) {
	t.Helper()
	list := make([]interface{}, n)
	for i := range list {
		list[i] = int64(i)
	}
	data := Request{}.Data(nil)
	data["req_body"] = list
	tmpl := parseText(t, text)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	start := time.Now()
	out, err := tmpl.Execute(ctx, data)
	return out, time.Since(start), err
}

func TestLoopsEndWithTheirRequest(t *testing.T) {
	t.Parallel()
	const stopped = "t.tmpl: the request ended before the template did"
	for _, c := range []struct{ name, text string }{
		{"append", `{{ $l := list }}{{ range .req_body }}{{ $l = append $l . }}{{ end }}`},
		{"printf", `{{ $s := "" }}{{ range .req_body }}{{ $s = printf "%s%v" $s . }}{{ end }}`},
		{"nested", `{{ $n := 0 }}{{ range $a := .req_body }}{{ range $b := $.req_body }}{{ $n = add $n $a $b }}{{ end }}{{ end }}`},
		{"else", `{{ $n := 0 }}{{ range .req_body }}{{ range list }}{{ else }}{{ range $.req_body }}{{ $n = add1 $n }}{{ end }}{{ end }}{{ end }}`},
		{"templates", `{{ define "a" }}{{ if . }}{{ $n := sub . 1 }}{{ template "a" $n }}{{ template "a" $n }}{{ end }}{{ end }}{{ template "a" 60 }}`},
		{"templates without output", `{{ define "a" }}{{- with . }}{{- $n := sub . 1 }}{{- template "a" $n }}{{- template "a" $n }}{{- end }}{{- end }}{{ template "a" 60 }}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, took, err := within(t, 50*time.Millisecond, c.text, 100_000)
			if err == nil || err.Error() != stopped || took > 30*time.Second {
				t.Errorf("got %v after %s", err, took)
			}
		})
	}
}

func TestFunctionsAreNotQuadratic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"uniq", `{{ len (uniq .req_body) }}`, "50000"},
		{"mustUniq", `{{ len (mustUniq .req_body) }}`, "50000"},
		{"set", `{{ $d := dict }}{{ range $i, $e := .req_body }}{{ $_ := set $d (toString $i) $e }}{{ end }}{{ len $d }}`, "50000"},
		{"set of objects", `{{ $d := dict }}{{ range $i, $e := .req_body }}{{ $_ := set $d (toString $i) (dict "a" (list $e)) }}{{ end }}{{ len $d }}`, "50000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, took, err := within(t, time.Minute, c.text, 50_000)
			if err != nil || got != c.want || took > 50*time.Second {
				t.Errorf("got %s, %v after %s", got, err, took)
			}
		})
	}
}

// TestUniqIsSprigs compares ours with Sprig's own.
func TestUniqIsSprigs(t *testing.T) {
	t.Parallel()
	theirs := sprig.TxtFuncMap()["mustUniq"].(func(interface{}) ([]interface{}, error))
	mixed, err := DecodeJSON(`[1, 1, 1.0, 1.0, "1", "1", true, true, null, null, {}, {}, [], [], {"a":[1]}, {"a":[1]}, {"a":[1.0]}, [1], ["1"], [1]]`)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []interface{}{
		mixed,
		[]string{"b", "a", "b"},
		[]interface{}{},
		[]interface{}{1, int64(1), 1.0, "1", []string{"1"}, []interface{}{"1"}, []string{"1"}},
		[]interface{}{object{"a": "\xff"}, object{"a": "\xfe"}, object{"a": "\xff"}},
		[2]int{1, 1},
	} {
		want, _ := theirs(list)
		if got, err := uniq(list); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	}
	if _, err := uniq("x"); err == nil {
		t.Error("a text is taken for a list")
	}
	alike := make([]interface{}, 2000)
	for i := range alike {
		alike[i] = []interface{}{string([]byte{0x80 | byte(i&63), 0x80 | byte(i>>6)})}
	}
	if _, err := uniq(alike); err != errCompares {
		t.Errorf("got %v", err)
	}
}

func TestFunctionsAreBounded(t *testing.T) {
	t.Parallel()
	const large = `{{ $a := repeat 100000 "a" }}`
	const length, deep = "the text would be larger than 64 MiB", "the value is nested too deeply"
	const shared = `{{ $l := list "aaaaaaaa" }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}`
	const nested = `{{ $l := list }}{{ range until 21000 }}{{ $l = list $l }}{{ end }}`
	for _, c := range []struct{ text, reason string }{
		{large + `{{ replace "a" $a $a | len }}`, "replace failed: " + length},
		{large + `{{ replace "" $a $a | len }}`, "replace failed: " + length},
		{large + `{{ join $a (splitList "" $a) | len }}`, "join failed: " + length},
		{large + `{{ wrapWith 1 $a $a | len }}`, "wrapWith failed: " + length},
		{large + `{{ regexReplaceAll "a" $a $a | len }}`, "regexReplaceAll failed: " + length},
		{large + `{{ regexReplaceAll "a+" $a (repeat 1000 "$0") | len }}`, "regexReplaceAll failed: " + length},
		{large + `{{ mustRegexReplaceAll "a" $a $a | len }}`, "mustRegexReplaceAll failed: " + length},
		{large + `{{ regexReplaceAllLiteral "a" $a $a | len }}`, "regexReplaceAllLiteral failed: " + length},
		{large + `{{ mustRegexReplaceAllLiteral "a" $a $a | len }}`, "mustRegexReplaceAllLiteral failed: " + length},
		{`{{ printf (repeat 1000 "%999999d") 1 | len }}`, "printf failed: " + length},
		{`{{ printf (repeat 1000 "%.999999f") 1 | len }}`, "printf failed: " + length},
		{`{{ printf (repeat 1000 "%[1]*[1]d") 999999 | len }}`, "printf failed: " + length},
		{large + `{{ printf (repeat 1000 "%[1]s") $a | len }}`, "printf failed: " + length},
		{`{{ printf "%999999d" (until 1000) | len }}`, "printf failed: " + length},
		{`{{ printf (repeat 300000 "%[1]f") 1e308 | len }}`, "printf failed: " + length},
		{`{{ $l := list 1 }}{{ range until 30 }}{{ $l = concat $l $l }}{{ end }}`, "concat failed: " + length},
		{`{{ $s := "a" }}{{ range until 30 }}{{ $s = print $s $s }}{{ end }}`, "print failed: " + length},
		{`{{ $s := "a" }}{{ range until 30 }}{{ $s = cat $s $s }}{{ end }}`, "cat failed: " + length},
		{`{{ split "" (repeat 1000001 "a") | len }}`, "split failed: it is asked to count further than 1,000,000"},
		{`{{ splitn "" -1 (repeat 1000001 "a") | len }}`, "splitn failed: it is asked to count further than 1,000,000"},
		{`{{ $l := until 10000 }}{{ range until 9000 }}{{ $l = list $l }}{{ end }}{{ toPrettyJson $l | len }}`, "toPrettyJson failed: " + length},
		{shared + `{{ $l }}`, "printing failed: " + length},
		{shared + `{{ toJson $l | len }}`, "toJson failed: " + length},
		{shared + `{{ toString $l | len }}`, "toString failed: " + length},
		{shared + `{{ html $l | len }}`, "html failed: " + length},
		{shared + `{{ len (deepCopy (dict "a" $l)) }}`, "deepCopy failed: " + length},
		{nested + `{{ $l }}`, "printing failed: " + deep},
		{nested + `{{ toJson $l | len }}`, "toJson failed: " + deep},
		{nested + `{{ deepEqual $l $l }}`, "deepEqual failed: " + deep},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			_, took, err := within(t, time.Minute, c.text, 0)
			if err == nil || !strings.HasSuffix(err.Error(), c.reason) {
				t.Errorf("got %v after %s, want %s", err, took, c.reason)
			}
		})
	}
}

// TestBoundsLeaveTheRest: what stays within the bounds is as it was.
func TestBoundsLeaveTheRest(t *testing.T) {
	t.Parallel()
	const large, some = `{{ $a := repeat 10000000 "ab" }}`, `{{ $a := repeat 100000 "ab" }}`
	for _, c := range []struct{ text, want string }{
		{some + `{{ replace "a" "bb" $a | len }}`, "300000"},
		{some + `{{ replace "ab" "" $a | len }}`, "0"},
		{`{{ regexReplaceAll "a" (repeat 300000 "ab") (print "${0}" (repeat 130 "c")) | len }}`, "39600000"},
		{some + `{{ wrapWith 80 "\n  " $a | len }}`, "207497"},
		{large + `{{ printf "%s %q %5.2f%%" $a "x" 1.0 | len }}`, "20000011"},
		{large + `{{ cat $a $a | len }}`, "40000001"},
		{large + `{{ join "," (list $a $a) | len }}`, "40000001"},
		{`{{ printf "%[2]d %[1]s|%-5d|%*d" "a" 7 5 6 }}`, "7 a|7    |    6"},
		{`{{ len (split "," "a,b") }}{{ len (splitn "" 2 (repeat 1000001 "a")) }}`, "22"},
		{`{{ concat (list 1) (list 2) | join "+" }}`, "1+2"},
		{`{{ list 1 "a" nil }}{{ print 1 2 "a" }}{{ println "a" }}{{ html "<" }}{{ js "'" }}{{ urlquery "a b" }}`, "[1 a <nil>]1 2a" + "a\n&lt;" + `\'` + "a+b"},
		{`{{ toPrettyJson (list 1) }}`, "[\n  1\n]"},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			if got, _, err := within(t, time.Minute, c.text, 0); err != nil || got != c.want {
				t.Errorf("got %.100q, %v; want %q", got, err, c.want)
			}
		})
	}
}

// TestCycles: printing any of them would overflow the stack.
func TestCycles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{{ $d := dict }}{{ $_ := set $d "a" (chunk 1 (list $d)) }}{{ $d }}`,
		`{{ $d := dict }}{{ $_ := set $d "a" (list 1 (dict "b" (chunk 2 (list 1 $d)))) }}{{ $d }}`,
		`{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}`,
		`{{ $d := dict }}{{ $_ := merge $d (dict "a" (chunk 1 (list $d))) }}{{ $d }}`,
		`{{ $c := dict }}{{ $d := dict "x" $c }}{{ $_ := merge $d (dict "x" (dict "y" (list $c))) }}{{ $d }}`,
		`{{ $d := dict }}{{ $e := dict "d" $d }}{{ $_ := set $d "a" (tuple (dict "e" $e)) }}{{ $d }}`,
	} {
		_, _, err := within(t, time.Minute, text, 0)
		if err == nil || !strings.HasSuffix(err.Error(), "the value would contain itself") {
			t.Errorf("%s: got %v", text, err)
		}
	}
	// What stands in two places is no cycle, and is looked at once.
	for text, want := range map[string]string{
		`{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ $d := dict }}{{ $_ := set $d "a" $l }}{{ len $d }}`: "1",
		`{{ $a := dict "x" list }}{{ $d := dict "p" $a "q" (list $a $a) }}{{ $_ := merge $d (dict "r" $a) }}{{ len $d }}`:           "3",
	} {
		if got, _, err := within(t, time.Minute, text, 0); err != nil || got != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
}
