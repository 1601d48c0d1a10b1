package placeholder_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

var (
	email = placeholder.NewStem("[EMAIL]")
	card  = placeholder.NewStem("<CARD>")
	open  = placeholder.NewStem("TEXT")
	all   = []placeholder.Stem{email, card, open}
)

func TestNumbersFollowTheOrderOfIssue(t *testing.T) {
	v := placeholder.NewVault()
	if !v.Empty() || v.Restorable() != 0 {
		t.Error("a new vault is not empty")
	}
	for _, tt := range []struct {
		stem    placeholder.Stem
		value   string
		restore bool
		want    string
	}{
		{email, "a@b.io", true, "[EMAIL_1]"},
		{email, "c@b.io", true, "[EMAIL_2]"},
		{email, "a@b.io", true, "[EMAIL_1]"},
		{email, "A@b.io", true, "[EMAIL_3]"}, // another spelling
		{card, "a@b.io", true, "<CARD_1>"},   // another stem
		{email, "a@b.io", false, "[EMAIL_4]"},
		{email, "a@b.io", false, "[EMAIL_4]"},
		{email, "d@b.io", true, "[EMAIL_5]"},
		{open, "", true, "TEXT_1"},
		{placeholder.NewStem("[EMAIL]"), "e@b.io", true, "[EMAIL_6]"}, // an equal stem
	} {
		if got := v.Issue(tt.stem, tt.value, tt.restore, false); got != tt.want {
			t.Errorf("%s restore=%v: %s, want %s", tt.value, tt.restore, got, tt.want)
		}
	}
	if v.Empty() || v.Restorable() != 7 {
		t.Errorf("Empty() = %v, Restorable() = %d", v.Empty(), v.Restorable())
	}
}

func TestReservedNumbersAreSkipped(t *testing.T) {
	v := placeholder.NewVault()
	v.Reserve(placeholder.NewReader(all), "see [EMAIL_1], [EMAIL_3][EMAIL_4], [EMAIL_x [EMAIL_[EMAIL_6], TEXT_2, and [EMAIL_0] [EMAIL_07] [email_2] [EMAIL_5 ]")
	v.Reserve(placeholder.NewReader([]placeholder.Stem{card}), "[EMAIL_2] <CARD_1>")
	var got []string
	for i := 0; i < 4; i++ {
		got = append(got, v.Issue(email, fmt.Sprint(i), true, false))
	}
	got = append(got, v.Issue(open, "a", true, false), v.Issue(open, "b", true, false), v.Issue(card, "a", true, false))
	want := []string{"[EMAIL_8]", "[EMAIL_9]", "[EMAIL_10]", "[EMAIL_11]", "TEXT_1", "TEXT_3", "<CARD_2>"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAReservedTextDoesNotMoveWhatIsIssued(t *testing.T) {
	v := placeholder.NewVault()
	first := v.Issue(email, "a", true, false)
	v.Reserve(placeholder.NewReader(all), first)
	if again := v.Issue(email, "a", true, false); again != first {
		t.Errorf("%s became %s", first, again)
	}
	if next := v.Issue(email, "b", true, false); next != "[EMAIL_2]" {
		t.Errorf("next is %s", next)
	}
}

func decode(t *testing.T, v *placeholder.Vault) *placeholder.Vault {
	t.Helper()
	out, err := placeholder.Decode(v.Encode())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodeAndDecodeRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for n := 0; n < 200; n++ {
		v := placeholder.NewVault()
		values := map[string]string{}
		for i := rnd.Intn(20); i > 0; i-- {
			value := make([]byte, rnd.Intn(300))
			rnd.Read(value)
			stem := all[rnd.Intn(len(all))]
			restore := rnd.Intn(3) > 0
			if issued := v.Issue(stem, string(value), restore, false); restore {
				values[issued] = string(value)
			}
		}
		back := decode(t, v)
		if back.Encode() != v.Encode() || back.Restorable() != v.Restorable() || back.Empty() != v.Empty() {
			t.Fatal("the vault changed on the way")
		}
		r := placeholder.NewRestorer(back, placeholder.Strict, placeholder.Links{}, budget)
		for issued, value := range values {
			if found := r.Find(nil, issued, placeholder.Text); len(found) != 1 || found[0].Value.Reveal() != value {
				t.Fatalf("%s is lost", issued)
			}
		}
	}
}

func TestADecodedVaultGoesOnNumbering(t *testing.T) {
	v := placeholder.NewVault()
	v.Issue(email, "a", true, false)
	v.Issue(email, "gone", false, false)
	v = decode(t, v)
	for value, want := range map[string]string{"a": "[EMAIL_1]", "b": "[EMAIL_3]"} {
		if got := v.Issue(email, value, true, false); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
	if got := v.Issue(email, "gone", false, false); got != "[EMAIL_4]" {
		t.Errorf("the value that stayed behind: %s", got)
	}
	if got := v.Issue(email, "", false, false); got != "[EMAIL_5]" {
		t.Errorf("a value that is empty: %s", got)
	}
}

func TestValuesThatAreNotRestoredStayBehind(t *testing.T) {
	v := placeholder.NewVault()
	v.Issue(email, "keep-me", true, false)
	issued := v.Issue(email, "canary-7d1f", false, false)
	text := v.Encode()
	if strings.Contains(text, "canary") || !strings.Contains(text, "keep-me") {
		t.Errorf("encoded as %q", text)
	}
	for _, vault := range []*placeholder.Vault{v, decode(t, v)} {
		if found := placeholder.NewRestorer(vault, placeholder.Strict, placeholder.Links{}, budget).Find(nil, issued, placeholder.Text); len(found) != 0 {
			t.Errorf("%s is restored", issued)
		}
	}
}

func TestDecodeRefusesWhatIsNoVault(t *testing.T) {
	v := placeholder.NewVault()
	v.Issue(email, "a@b.io", true, false)
	whole := v.Encode()
	texts := []string{
		"\x00\x00\x01\x01a\x00\x01v",        // number 0
		"\x00\x01\x04\x01a\x00\x01v",        // flag 4
		"\x00\x01\x01\x00\x00\x01v",         // a stem that stands everywhere
		"\x00\x01\x01\xff\x01a\x00\x01v",    // a length beyond the end
		"\x05\x01h",                         // fewer hosts than announced
		strings.Repeat("\xff", 10) + "\x01", // a number that does not fit
		whole + "\x01",
	}
	for i := 3; i < len(whole); i++ {
		texts = append(texts, whole[:i])
	}
	for _, text := range texts {
		if _, err := placeholder.Decode(text); err == nil {
			t.Errorf("%q is taken", text)
		} else if strings.Contains(err.Error(), "a@b") {
			t.Errorf("a value is quoted: %v", err)
		}
	}
	if empty, err := placeholder.Decode(""); err != nil || !empty.Empty() {
		t.Errorf("an empty text: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	v := placeholder.NewVault()
	v.Issue(email, "a@b.io", true, false)
	v.Issue(open, "gone", false, false)
	f.Add("")
	f.Add(v.Encode())
	f.Add("0\x01\x00\x00\x00")
	f.Add("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Add("\xff\xff\xff\xff\x0f\x01\x01[\x01]\x01v")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := placeholder.Decode(text)
		if err != nil {
			return
		}
		again, err := placeholder.Decode(v.Encode())
		if err != nil || again.Encode() != v.Encode() {
			t.Errorf("%q does not survive: %v", text, err)
		}
		v.Issue(email, "new", true, false)
		placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget).Find(nil, text, placeholder.Text)
	})
}

func TestNothingPrintsAValue(t *testing.T) {
	const canary = "canary-7d1f"
	v := placeholder.NewVault()
	v.Issue(email, canary, true, false)
	v.Issue(email, canary, false, false)
	r := placeholder.NewRestorer(v, placeholder.Strict, placeholder.Links{}, budget)
	tokens := r.Find(nil, "[EMAIL_1]", placeholder.Text)
	r.NewLane(placeholder.Text).Push("to [EMAIL_1], ")
	holder := struct {
		vault    *placeholder.Vault
		Vault    placeholder.Vault
		Restorer placeholder.Restorer
		Tokens   []placeholder.Token
	}{v, *v, *r, tokens}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, thing := range []interface{}{v, *v, &v, r, *r, tokens, tokens[0], &tokens[0], holder, &holder} {
			fmt.Fprintf(&out, verb+"\n", thing)
			fmt.Fprintf(&out, verb+"\n", []interface{}{thing})
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("message", "vault", v, "restorer", r, "tokens", tokens, "holder", holder)
	}
	encoded, err := json.Marshal([]interface{}{v, r, tokens})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprint([]byte(canary))} {
		if at := strings.Index(out.String(), form); at >= 0 {
			t.Errorf("the value is printed: %q", out.String()[max(0, at-60):at+len(form)])
		}
	}
	if !strings.Contains(out.String(), "EMAIL") {
		t.Error("nothing was printed at all")
	}
}

// Placeholders share memory, which is used up again and again, and a clone has its
// own.
func TestIssuedPlaceholdersStay(t *testing.T) {
	v := placeholder.NewVault()
	stem := placeholder.NewStem("[" + strings.Repeat("LONG_", 20) + "]")
	var got, want []string
	issue := func(v *placeholder.Vault, number int) {
		got = append(got, v.Issue(stem, strconv.Itoa(number), true, false))
		want = append(want, stem.Format(number))
	}
	for n := 1; n <= 20; n++ {
		issue(v, n)
	}
	c := v.Clone()
	for n := 21; n <= 40; n++ {
		issue(v, n)
		issue(c, n)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
