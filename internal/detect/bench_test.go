package detect_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// benchRules are n rules as people write them; the first ten are the usual ones.
func benchRules(n int) []detect.Rule {
	list := []string{
		`(?i)super_s3cr3t_password`, "(?i)" + cards, "(?i)" + email,
		`\b\d{3}-\d{2}-\d{4}\b`,
		`\b(?:\d{1,3}\.){3}\d{1,3}\b`,
		`\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b`,
		`\bAKIA[0-9A-Z]{16}\b`,
		`\bgh[pousr]_[A-Za-z0-9]{36,255}\b`,
		`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`,
		`\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}\b`,
	}
	for i := len(list); i < n; i++ {
		word := strings.Repeat(string(rune('a'+i%26)), 2) + string(rune('a'+i/26%26))
		list = append(list, []string{
			`\b` + word + `_[a-z0-9]{16,40}\b`,
			fmt.Sprintf(`\b%d\d{6,9}[A-Z]\b`, i),
			`(?i)\b` + word + `[ :=]+["']?[^\s"']{8,64}`,
			strings.ToUpper(word) + `-\d{4}-\d{4}`,
		}[i%4])
	}
	rules := make([]detect.Rule, n)
	for i := range rules {
		rules[i] = detect.Rule{Name: fmt.Sprint(i), Expression: list[i]}
	}
	return rules
}

func benchTexts() map[string]string {
	rnd := rand.New(rand.NewSource(1))
	words := strings.Fields("the of and to in that was his he it with is for as had you not be her on at by which have or from this him but all she they were my are me one their so an said them we who would been will no when there if more out up into do any your what has man could other than our some very time upon about may its only now like little then can should made did us such great before must two these see know over much down after first good men own never most old shall day where those came come himself way work life without go make well through being long say might how am too yet even again many every thing here last world Kubernetes configuration database request response")
	var prose, code strings.Builder
	for prose.Len() < 1<<16 {
		for i := 5 + rnd.Intn(15); i > 0; i-- {
			prose.WriteString(words[rnd.Intn(len(words))])
			prose.WriteByte(' ')
		}
		if rnd.Intn(4) == 0 {
			fmt.Fprintf(&prose, "in %d at %d.%d", 1900+rnd.Intn(130), rnd.Intn(100), rnd.Intn(100))
		}
		prose.WriteString("and on. ")
	}
	for code.Len() < 1<<16 {
		a, b := words[rnd.Intn(len(words))], words[rnd.Intn(len(words))]
		fmt.Fprintf(&code, "func (%c *%s) %s_%s(x int) error {\n\tif x == %d || v[\"%s\"] != 0x%x {\n\t\treturn fmt.Errorf(\"%s: %%w\", err)\n\t}\n}\n", a[0], strings.ToUpper(a), a, b, rnd.Intn(5000), b, rnd.Uint32(), a)
	}
	dense := strings.Repeat("Write to ann@example.org about 4111111111111111 and bob@example.com, 123-45-6789 or 10.0.0.1; AKIAIOSFODNN7EXAMPLE.\n", 600)
	return map[string]string{"prose": prose.String()[:1<<16], "code": code.String()[:1<<16], "dense": dense[:1<<16]}
}

func BenchmarkFind(b *testing.B) {
	for name, text := range benchTexts() {
		for _, n := range []int{1, 10, 40, 200} {
			b.Run(fmt.Sprintf("%s/%d rules", name, n), func(b *testing.B) {
				e, err := detect.New(benchRules(n))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				found := e.Find(nil, text)
				for b.Loop() {
					found = e.Find(found[:0], text)
				}
				b.ReportMetric(float64(len(found)), "findings")
			})
		}
	}
}

func BenchmarkFindShort(b *testing.B) {
	e, err := detect.New(benchRules(10))
	if err != nil {
		b.Fatal(err)
	}
	texts := []string{"user", "gpt-4o-mini", "text", "You help a support team.", "What is the weather like today?"}
	n := 0
	for _, text := range texts {
		n += len(text)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			e.Find(nil, text)
		}
	}
}

func BenchmarkStreamOfManyRules(b *testing.B) {
	text := benchTexts()["prose"][:1<<13]
	for _, n := range []int{10, 40, 200} {
		b.Run(fmt.Sprintf("%d rules", n), func(b *testing.B) {
			e, err := detect.New(benchRules(n))
			if err != nil {
				b.Fatal(err)
			}
			s := e.NewStream()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for at := 0; at < len(text); at += 5 {
					s.Push(text[at:min(at+5, len(text))])
				}
				s.Flush()
			}
		})
	}
}
