package valueops_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/valueops"
)

func TestOps(t *testing.T) {
	re := func(find, replace string) valueops.Op { return valueops.Regexp(regexp.MustCompile(find), replace) }
	seed := re(`([\d+\-\s]*)(\d{4})`, "XXX-$2")
	for _, tt := range []struct {
		name     string
		op       valueops.Op
		in, want string
	}{
		{"seed", seed, "/__echo/123456789", "/__echo/XXX-6789"},
		{"seed takes the space before", seed, "pay 123456789", "payXXX-6789"},
		{"seed leaves a year readable", seed, "year 2024.", "yearXXX-2024."},
		{"seed joins groups of digits", seed, "4111 1111 1111 1111", "XXX-1111"},
		{"playground", re(`^.*(\d{4})`, "XXXX-${1}"), "3445-7890-1234-5678", "XXXX-5678"},
		{"legacy", re(`(^\d{4})(.*)`, "${1}-XXXX"), "1234567890", "1234-XXXX"},
		{"named group", re(`(?P<last>\d)$`, "*$last"), "12", "1*2"},
		{"dollar sign", re(`\d+`, "$$0"), "a12", "a$0"},
		{"unknown group is empty", re(`(\d{4})`, "$1XXXX"), "a1234b", "ab"},
		{"no match", seed, "none", "none"},
		{"invalid UTF-8 stays", re(`\d`, "#"), "\xff1\xfe", "\xff#\xfe"},
		{"literal, everywhere", valueops.Literal("a.", "$1"), "a.ab a.", "$1ab $1"},
		{"literal, case", valueops.Literal("A", "x"), "aA", "ax"},
		{"literal, removed", valueops.Literal(" items left", ""), "3 items left", "3"},
		{"trim", valueops.Trim(" _"), "_ a _ b _", "a _ b"},
		{"trim runes", valueops.Trim("é"), "éaéé", "a"},
		{"trim all", valueops.Trim("a"), "aaa", ""},
		{"lower", valueops.Lower(), "ÀB1", "àb1"},
		{"upper", valueops.Upper(), "straße", "STRAßE"},
		{"empty", valueops.Upper(), "", ""},
	} {
		if got := tt.op(tt.in); got != tt.want {
			t.Errorf("%s: %q becomes %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestUnknownGroups(t *testing.T) {
	type unknown = []valueops.UnknownGroup
	for _, tt := range []struct {
		find, replace string
		want          unknown
	}{
		{`(a)`, "", nil},
		{`(a)`, "plain", nil},
		{`(a)`, "$0 $1 ${1} ${0}x", nil},
		{`(a)(b)`, "XXX-$2", nil},
		{`(a)`, "XXXX-${1}", nil},
		{`(a)`, "$1-XXXX", nil},
		{`(a)`, "$1XXXX", unknown{{"$1XXXX", "${1}XXXX"}}},
		{`(a)`, "${1XXXX}", unknown{{"${1XXXX}", "${1}XXXX"}}},
		{`(a)`, "$1_", unknown{{"$1_", "${1}_"}}},
		{`(a)`, "$1é", unknown{{"$1é", "${1}é"}}},
		{`(a)`, "$12", unknown{{"$12", "${1}2"}}},
		{`(a)`, "$2", unknown{{"$2", ""}}},
		{`a`, "$1", unknown{{"$1", ""}}},
		{`a`, "$0x", unknown{{"$0x", "${0}x"}}},
		{`(a)`, "$01", unknown{{"$01", "${0}1"}}},
		{`(a)`, "$name", unknown{{"$name", ""}}},
		{`(?P<name>a)`, "$name ${name} $name.", nil},
		{`(?P<name>a)`, "$names", unknown{{"$names", "${name}s"}}},
		{`(?P<name>a)`, "$Name", unknown{{"$Name", ""}}},
		{`(?P<n>a)(?P<na>b)`, "$nax", unknown{{"$nax", "${na}x"}}},
		{`(?:a)`, "$1", unknown{{"$1", ""}}},
		{`(a)`, "$100000000000", unknown{{"$100000000000", "${1}00000000000"}}},
		{`(a)`, "$$1XXXX", nil},
		{`(a)`, "$$$1XXXX", unknown{{"$1XXXX", "${1}XXXX"}}},
		{`(a)`, "cost $ 5, $-, $", nil},
		{`(a)`, "${", nil},
		{`(a)`, "${}", nil},
		{`(a)`, "${1", nil},
		{`(a)`, "${1 }", nil},
		{`(a)`, "$1X $1Y", unknown{{"$1X", "${1}X"}, {"$1Y", "${1}Y"}}},
		{`(a)`, "${$1X", unknown{{"$1X", "${1}X"}}},
	} {
		got := valueops.UnknownGroups(regexp.MustCompile(tt.find), tt.replace)
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s in %s: %v, want %v", tt.replace, tt.find, got, tt.want)
		}
	}
}

// The reading of a replacement must be Go's own: what is reported is exactly
// what Expand replaces by nothing.
func FuzzUnknownGroupsAgreesWithExpand(f *testing.F) {
	for _, s := range []string{"1XXXX", "{1}X", "{1XXXX}", "name", "names", "{", "{1", "01", "0", "é1", "\xff", "1-", "100000000", "1000000000", "{1}}"} {
		f.Add(s)
	}
	pattern := regexp.MustCompile(`(\x01)(?P<name>\x02)`)
	f.Fuzz(func(t *testing.T, reference string) {
		if strings.ContainsAny(reference, "$\x01\x02") {
			return
		}
		expanded := pattern.ReplaceAllString("\x01\x02", "$"+reference)
		unknown := valueops.UnknownGroups(pattern, "$"+reference)
		switch {
		case len(unknown) > 1:
			t.Fatalf("%q: %v", reference, unknown)
		case len(unknown) == 1:
			rest, ok := strings.CutPrefix("$"+reference, unknown[0].Written)
			if !ok || expanded != rest {
				t.Errorf("%q expands to %q, but %v is reported", reference, expanded, unknown)
			}
			if m := unknown[0].Meant; m != "" && len(valueops.UnknownGroups(pattern, m)) > 0 {
				t.Errorf("%q: the fix %q has an unknown group as well", reference, m)
			}
		case !strings.HasPrefix(expanded, "$") && !strings.ContainsAny(expanded, "\x01\x02"):
			t.Errorf("%q expands to %q, but nothing is reported", reference, expanded)
		}
	})
}
