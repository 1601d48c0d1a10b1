package placeholder_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// restore puts the values in place of their placeholders.
func restore(r *placeholder.Restorer, text string) (string, int) {
	tokens := r.Find(nil, text, placeholder.Text)
	var b strings.Builder
	at := 0
	for _, token := range tokens {
		b.WriteString(text[at:token.Start])
		b.WriteString(token.Value.Reveal())
		at = token.End
	}
	return b.String() + text[at:], len(tokens)
}

func TestRestore(t *testing.T) {
	v := placeholder.NewVault()
	nested, quoted := placeholder.NewStem("[[N]]"), placeholder.NewStem("【卡】")
	longer := placeholder.NewStem("<CARDHOLDER>")
	v.Issue(email, "a@b.io", true, false)
	v.Issue(email, "[EMAIL_1]", true, false)
	v.Issue(card, "4111", true, false)
	v.Issue(open, "o", true, false)
	v.Issue(nested, "n", true, false)
	v.Issue(quoted, "k", true, false)
	v.Issue(longer, "h", true, false)
	v.Issue(email, "gone", false, false)
	for i := 2; i <= 12; i++ {
		v.Issue(open, fmt.Sprintf("o%d", i), true, false)
	}
	r := placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget)

	for _, tt := range []struct{ name, text, want string }{
		{"none", "nothing here", "nothing here"},
		{"empty", "", ""},
		{"one", "to [EMAIL_1].", "to a@b.io."},
		{"all of it", "[EMAIL_1]", "a@b.io"},
		{"repeated", "[EMAIL_1] [EMAIL_1]", "a@b.io a@b.io"},
		{"adjacent", "[EMAIL_1][EMAIL_1]<CARD_1>TEXT_1[EMAIL_1]", "a@b.ioa@b.io4111oa@b.io"},
		{"a value that is a placeholder", "[EMAIL_2] [EMAIL_1]", "[EMAIL_1] a@b.io"},
		{"nested brackets", "[[N_1]] [[[N_1]]] [[N_1]", "n [n] [[N_1]"},
		{"within brackets", "[[EMAIL_1]] <<CARD_1>>", "[a@b.io] <4111>"},
		{"other brackets", "【卡_1】【卡_1】【卡_1", "kk【卡_1"},
		{"another stem begins alike", "<CARDHOLDER_1><CARD_1>", "h4111"},
		{"broken, then whole", "[EMAIL_[EMAIL_1] [EMAIL_1[EMAIL_1]", "[EMAIL_a@b.io [EMAIL_1a@b.io"},
		{"invented", "[EMAIL_99] [EMAIL_4]", "[EMAIL_99] [EMAIL_4]"},
		{"not to be restored", "[EMAIL_3]", "[EMAIL_3]"},
		{"leading zeros", "[EMAIL_01] [EMAIL_0] TEXT_01", "[EMAIL_01] [EMAIL_0] TEXT_01"},
		{"huge", "[EMAIL_1000000000] [EMAIL_" + strings.Repeat("1", 1000) + "] TEXT_18446744073709551617", "[EMAIL_1000000000] [EMAIL_" + strings.Repeat("1", 1000) + "] TEXT_18446744073709551617"},
		{"wraps around 32 bits", "[EMAIL_4294967297]", "[EMAIL_4294967297]"},
		{"signs and spaces", "[EMAIL_+1] [EMAIL_-1] [EMAIL_ 1] [EMAIL_1 ]", "[EMAIL_+1] [EMAIL_-1] [EMAIL_ 1] [EMAIL_1 ]"},
		{"other digits", "[EMAIL_١] [EMAIL_１]", "[EMAIL_١] [EMAIL_１]"},
		{"other case", "[email_1]", "[email_1]"},
		{"open", "TEXT_1, TEXT_1TEXT_2", "o, oo2"},
		{"open takes all digits", "TEXT_12 TEXT_13 TEXT_123", "o12 TEXT_13 TEXT_123"},
		{"open before other digits", "TEXT_1.5 TEXT_1_2", "o.5 o_2"},
		{"invalid UTF-8", "\xff[EMAIL_1]\xfe", "\xffa@b.io\xfe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := restore(r, tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFindAppends(t *testing.T) {
	v := placeholder.NewVault()
	v.Issue(email, "a", true, false)
	v.Issue(card, "b", true, false)
	earlier := placeholder.Token{Start: 100, End: 200}
	found := placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget).Find([]placeholder.Token{earlier}, "<CARD_1> [EMAIL_1]", placeholder.Text)
	var places [][2]int
	for _, token := range found {
		places = append(places, [2]int{token.Start, token.End})
	}
	if want := [][2]int{{100, 200}, {0, 8}, {9, 18}}; !reflect.DeepEqual(places, want) {
		t.Errorf("got %v, want %v", places, want)
	}
}

// A policy with such stems is refused; a vault takes them all the same.
func TestOfOverlappingPlaceholdersTheLeftmostThenTheLongestWins(t *testing.T) {
	for _, tt := range []struct{ first, second, text, want string }{
		{"{X}", "{X}}", "{X_1}} {X_1}", "second first"},
		{"{X}}", "{X}", "{X_1}} {X_1}", "first second"},
		{"«A»", "»B", "«A_1»B_1", "firstB_1"},
		{"»B", "«A»", "«A_1»B_1", "secondB_1"},
		{"A", "[A]", "[A_1] A_1", "second first"},
	} {
		v := placeholder.NewVault()
		v.Issue(placeholder.NewStem(tt.first), "first", true, false)
		v.Issue(placeholder.NewStem(tt.second), "second", true, false)
		if got, _ := restore(placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget), tt.text); got != tt.want {
			t.Errorf("%q, %q: %q became %q, want %q", tt.first, tt.second, tt.text, got, tt.want)
		}
	}
}

func TestAThousandOfTheSame(t *testing.T) {
	v := placeholder.NewVault()
	text := strings.Repeat(v.Issue(email, "a@b.io", true, false), 1000)
	if got, n := restore(placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget), text); got != strings.Repeat("a@b.io", 1000) || n != 1000 {
		t.Errorf("%d restored", n)
	}
}

// mask replaces what the engine finds, and returns the vault as it travels.
func mask(t *testing.T, p *policy.Policy, e *detect.Engine, text string) (masked string, findings int, vault *placeholder.Vault) {
	t.Helper()
	v := placeholder.NewVault()
	for _, rule := range p.Rules {
		v.Reserve(placeholder.NewReader([]placeholder.Stem{rule.Placeholder}), text)
	}
	found := e.Find(nil, text)
	var b strings.Builder
	at := 0
	for _, f := range found {
		rule := p.Rules[f.Rule]
		b.WriteString(text[at:f.Start])
		b.WriteString(v.Issue(rule.Placeholder, text[f.Start:f.End], rule.Unmask, false))
		at = f.End
	}
	return b.String() + text[at:], len(found), decode(t, v)
}

func pick(rnd *rand.Rand, from []string, most int) string {
	var b strings.Builder
	for i := rnd.Intn(most + 1); i > 0; i-- {
		b.WriteString(from[rnd.Intn(len(from))])
	}
	return b.String()
}

// The patterns find words, single bytes and overlapping words; the stems are
// short and made of few characters, so that they meet in every way.
var (
	patterns  = []string{"x", "xy+", "yz", "z[0-9]", "[xyz]{2}", "é", "[\\x80-\\xff]", "k\\s"}
	stemParts = []string{"A", "B", "_", "1", "[", "]", "<", ">", "»", "A_", "_1", "AB"}
	closings  = []string{"", "", "]", "]]", ">", "»"}
	textParts = []string{"x", "xy", "yyz", "z7", "zx", "é", "\xff", "k ", " ", "A", "B", "_", "1", "2", "10", "0", "[", "]", "<", ">", "»", "A_", "_1", "]]"}
)

func randomPolicy(rnd *rand.Rand) *policy.Policy {
	p := &policy.Policy{Name: "random", Source: "random"}
	for i := 1 + rnd.Intn(4); i > 0; i-- {
		opening := []string{"", "[", "<", "[[", "«"}[rnd.Intn(5)]
		replacement := opening + stemParts[rnd.Intn(len(stemParts))] + pick(rnd, stemParts, 2) + closings[rnd.Intn(len(closings))]
		p.Rules = append(p.Rules, policy.Rule{
			Name: fmt.Sprint(i), Pattern: patterns[rnd.Intn(len(patterns))],
			Placeholder: placeholder.NewStem(replacement), Unmask: true,
		})
	}
	return p
}

// Whatever stems a policy brings past Compile, and whatever stands in the text,
// placeholders included: restoring gives back every byte, and every placeholder
// that was put in is found.
func TestRestoreUndoesMask(t *testing.T) {
	rnd := rand.New(rand.NewSource(42))
	policies, texts, restored := 0, 0, 0
	for policies < 500 {
		p := randomPolicy(rnd)
		e, err := detect.Compile(p)
		if err != nil {
			continue
		}
		policies++
		parts := append([]string{}, textParts...)
		for _, rule := range p.Rules {
			half := rule.Placeholder.Format(1)
			parts = append(parts, half, rule.Placeholder.Format(2), rule.Placeholder.Format(12), half[:len(half)/2], half[len(half)/2:])
		}
		for i := 0; i < 100; i++ {
			text := pick(rnd, parts, 12)
			masked, findings, vault := mask(t, p, e, text)
			got, n := restore(placeholder.NewRestorer(vault, placeholder.Strict, placeholder.Links{}, budget), masked)
			if got != text || n != findings {
				t.Fatalf("%d findings, %d restored\nstems  %+v\ntext   %q\nmasked %q\ngot    %q", findings, n, p.Rules, text, masked, got)
			}
			texts, restored = texts+1, restored+n
		}
	}
	if restored < texts/2 {
		t.Errorf("only %d placeholders in %d texts: the test tests little", restored, texts)
	}
}

func FuzzRestoreUndoesMask(f *testing.F) {
	p := &policy.Policy{Source: "fuzz", Rules: []policy.Rule{
		{Name: "mail", Pattern: `[a-z]+@[a-z]+`, Placeholder: email, Unmask: true},
		{Name: "digits", Pattern: `\b4[0-9]{3}`, Placeholder: card, Unmask: true},
		{Name: "open", Pattern: `x+`, CaseSensitive: true, Placeholder: open, Unmask: true},
		{Name: "nested", Pattern: `\x{fffd}`, Placeholder: placeholder.NewStem("{{N}}"), Unmask: true},
	}}
	e, err := detect.Compile(p)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "a@b xx5 4111", "[EMAIL_1] a@b", "TEXT_x TEXT_1x1", "\xff\xfe{{N_1}}\xff", "<CARD_4111>4111", "[EMAIL_x]@x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		masked, findings, vault := mask(t, p, e, text)
		if got, n := restore(placeholder.NewRestorer(vault, placeholder.Strict, placeholder.Links{}, budget), masked); got != text || n != findings {
			t.Errorf("%q became %q became %q", text, masked, got)
		}
	})
}
