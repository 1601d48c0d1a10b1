package e2e

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net/url"
	"strings"
	"testing"
)

// canary is a value that stands in one place only and must come out nowhere.
type canary struct {
	where string // it was planted
	core  string // of all of its spellings
}

// newCanary makes the canary of a place: the same in each run, of letters that no
// hexadecimal number has.
func newCanary(where string) canary {
	sum := sha256.Sum256([]byte(where))
	core := make([]byte, 16)
	for i := range core {
		core[i] = 'g' + sum[i]%20
	}
	return canary{where, string(core)}
}

// needle is what a canary looks like in one form.
type needle struct {
	form, text string
	exact      bool // as to case
}

// needles are all forms of a canary. Signs around its core may be spelled in any
// way: only the core is looked for, or half of it where a text was cut.
func (c canary) needles() []needle {
	spelled := func(format string) string {
		var b strings.Builder
		for _, letter := range []byte(c.core) {
			fmt.Fprintf(&b, format, letter)
		}
		return b.String()
	}
	list := []needle{
		{"plain", c.core, false},
		{"its first half", c.core[:8], false},
		{"its second half", c.core[8:], false},
		{"JSON-escaped", spelled(`\u%04x`), false},
		{"URL-encoded", spelled("%%%02x"), false},
		{"HTML-escaped", spelled("&#%d;"), false},
		{"HTML-escaped by hexadecimal numbers", spelled("&#x%x;"), false},
		{"hexadecimal", hex.EncodeToString([]byte(c.core)), false},
		{"a list of bytes", strings.TrimSpace(spelled("%d ")), false},
	}
	// The digits of base64 that depend on the core alone.
	for offset, cut := range []int{0, 2, 3} {
		padded := append(make([]byte, offset), c.core...)
		digits := base64.RawStdEncoding.EncodeToString(padded[:len(padded)/3*3])[cut:]
		list = append(list, needle{fmt.Sprintf("base64 at offset %d", offset), digits, true})
	}
	return list
}

// grep finds canaries in what a place holds.
type grep []canary

// in returns the canaries in a text, each with its form. What is compressed in it
// is looked into as well.
func (g grep) in(text []byte) (found []string) {
	text = append(bytes.Clone(text), inflated(text)...)
	lower := bytes.ToLower(text)
	for _, c := range g {
		for _, n := range c.needles() {
			at, inside := -1, lower
			if n.exact {
				inside = text
			}
			if at = bytes.Index(inside, []byte(n.text)); at < 0 {
				continue
			}
			around := inside[max(at-60, 0):min(at+len(n.text)+60, len(inside))]
			found = append(found, fmt.Sprintf("the canary of %s, %s: …%q…", c.where, n.form, around))
			break
		}
	}
	return found
}

// inflated returns what gzip streams in a text hold.
func inflated(text []byte) (plain []byte) {
	for at := 0; ; at++ {
		i := bytes.Index(text[at:], []byte{0x1f, 0x8b, 8})
		if i < 0 {
			return plain
		}
		at += i
		if z, err := gzip.NewReader(bytes.NewReader(text[at:])); err == nil {
			z.Multistream(false)
			inner, _ := io.ReadAll(io.LimitReader(z, 64<<20)) // as far as it goes
			plain = append(plain, inner...)
		}
	}
}

// TestCanaryGrep: the canary test finds what there is to be found.
func TestCanaryGrep(t *testing.T) {
	t.Parallel()
	c := newCanary("this test")
	all := grep{newCanary("elsewhere"), c}
	value := `a<` + c.core + `>&"@x`
	zipped := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, text)
		_ = z.Close()
		return b.String()
	}
	each := func(format string) string {
		var b strings.Builder
		for _, letter := range []byte(value) {
			fmt.Fprintf(&b, format, letter)
		}
		return b.String()
	}
	for form, text := range map[string]string{
		"plain": value, "JSON": jsonOf(value), "each letter escaped in JSON": each(`\u%04X`), "URL": url.QueryEscape(value), "each byte of a URL": each("%%%02X"),
		"HTML": html.EscapeString(value), "each letter in HTML": each("&#%d;"), "each letter in HTML, hexadecimal": each("&#x%X;"),
		"hexadecimal": strings.ToUpper(hex.EncodeToString([]byte(value))), "bytes": fmt.Sprint([]byte(value)), "upper case": strings.ToUpper(value),
		"cut at its end": value[:11], "cut at its beginning": value[9:],
		"base64": base64.StdEncoding.EncodeToString([]byte(value)), "base64 after one": base64.StdEncoding.EncodeToString([]byte("1" + value)),
		"base64 after two": base64.URLEncoding.EncodeToString([]byte("12" + value)),
		"gzip":             zipped(value), "gzip among others": zipped("x") + "between" + zipped("{"+jsonOf(value)+"}"), "gzip, cut off": zipped(value + strings.Repeat("and so on ", 9))[:40],
	} {
		if found := all.in([]byte("before " + text + " after")); len(found) != 1 || !strings.Contains(found[0], "this test") {
			t.Errorf("%s: found %q", form, found)
		}
	}
	if found := all.in([]byte("nothing but [REDACTED_MAIL_1] " + zipped("here"))); found != nil {
		t.Errorf("in a clean text: %q", found)
	}
}
