// Package texts makes the texts that rules are run on, the same in every run. It
// knows nothing of who searches them.
package texts

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Corpus is a text, or several as they stand in a request.
type Corpus struct {
	Name  string
	Texts []string
}

// Size returns how many bytes there are in all texts.
func (c Corpus) Size() int {
	n := 0
	for _, text := range c.Texts {
		n += len(text)
	}
	return n
}

// All returns the corpora, each of about size bytes except where its name says more.
func All(size int) []Corpus {
	return []Corpus{
		{"prose", []string{Prose(size)}},
		{"prose in Cyrillic", []string{cyrillic(size)}},
		{"chat JSON, string by string", Chat(size)},
		{"source code", []string{Code(size)}},
		{"secret-dense", []string{dense(size)}},
		{"prose, 1 MB in one string", []string{Prose(16 * size)}},
	}
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

var words = strings.Fields(`the of and to in that was his he it with is for as had you not be her on at by which have or
from this him but all she they were my are me one their so an said them we who would been will no when there if more out
up into do any your what has man could other than our some very time upon about may its only now like little then can
should made did us such great before must two these see know over much down after first good men own never most old shall
day where those came come himself way work life without go make well through being long say might how am too yet even
again many every thing here last world Kubernetes configuration database request response customer invoice meeting London
Tuesday project deadline colleague budget quarterly report summary attached Regards Dear Monday January`)

// Word returns one of the words that the texts consist of.
func Word(r *rand.Rand) string { return pick(r, words) }

// Prose returns English words in sentences, with a number now and then.
func Prose(size int) string {
	r := source(1)
	var b strings.Builder
	for b.Len() < size {
		n := 5 + r.IntN(15)
		for i := range n {
			word := pick(r, words)
			if i == 0 {
				word = strings.ToUpper(word[:1]) + word[1:]
			}
			b.WriteString(word)
			if i < n-1 {
				b.WriteByte(' ')
			}
		}
		switch r.IntN(12) {
		case 0:
			fmt.Fprintf(&b, " in %d", 1900+r.IntN(130))
		case 1:
			fmt.Fprintf(&b, ", %d.%02d EUR", r.IntN(1000), r.IntN(100))
		case 2:
			b.WriteString(" (as agreed)")
		}
		b.WriteString(pick(r, []string{". ", ". ", ". ", "? ", "!\n", ".\n\n"}))
	}
	return b.String()[:size]
}

func cyrillic(size int) string {
	r := source(2)
	list := strings.Fields("в начале было слово и человек сказал что это очень важно для нас потому время идёт быстро дом город письмо ответ вопрос работа")
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(pick(r, list))
		b.WriteString(pick(r, []string{" ", " ", " ", ", ", ". ", " — "}))
	}
	return strings.ToValidUTF8(b.String()[:size], "")
}

// Chat returns the strings of a chat request, as the request's walk finds them.
func Chat(size int) []string {
	r := source(3)
	var texts []string
	for n := 0; n < size; {
		list := []string{pick(r, []string{"user", "assistant", "system", "tool"}), fmt.Sprintf("call_%08x", r.Uint32()), pick(r, []string{"text", "gpt-4o-mini", "function", "get_weather"})}
		content := Prose(40 + r.IntN(400))
		if r.IntN(4) == 0 {
			arguments, _ := json.Marshal(map[string]any{"city": pick(r, words), "days": r.IntN(9), "id": r.Uint64(), "note": pick(r, words)})
			content = string(arguments)
		}
		for _, text := range append(list, content) {
			texts = append(texts, text)
			n += len(text)
		}
	}
	return texts
}

// Code returns what looks like Go.
func Code(size int) string {
	r := source(4)
	name := func() string {
		return strings.ToLower(pick(r, words)) + pick(r, []string{"", "ID", "Map", "_count", "Err"})
	}
	var b strings.Builder
	for b.Len() < size {
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "func (%c *%s) %s(ctx context.Context, %s int) error {\n", 'a'+rune(r.IntN(26)), pick(r, words), name(), name())
		case 1:
			fmt.Fprintf(&b, "\tif %s := %s[\"%s\"]; %s != nil && len(%s) > %d {\n\t\treturn fmt.Errorf(\"%s: %%w\", err)\n\t}\n", name(), name(), name(), name(), name(), r.IntN(100), pick(r, words))
		case 2:
			fmt.Fprintf(&b, "\t%s[%d] = 0x%x // %s %s\n", name(), r.IntN(64), r.Uint32(), pick(r, words), pick(r, words))
		case 3:
			fmt.Fprintf(&b, "const %s = \"%x\"\n", name(), r.Uint64())
		case 4:
			fmt.Fprintf(&b, "import \"example.com/%s/v%d\" // v%d.%d.%d\n", name(), r.IntN(5), r.IntN(5), r.IntN(30), r.IntN(30))
		default:
			fmt.Fprintf(&b, "\t\tlog.Printf(\"%%s took %%v\", %s.%s(), time.Since(%s))\n}\n\n", name(), name(), name())
		}
	}
	return b.String()[:size]
}

func dense(size int) string {
	r := source(5)
	var b strings.Builder
	for b.Len() < size {
		switch r.IntN(8) {
		case 0:
			fmt.Fprintf(&b, "mail %s.%s%d@example.org, ", strings.ToLower(pick(r, words)), strings.ToLower(pick(r, words)), r.IntN(100))
		case 1:
			fmt.Fprintf(&b, "card 4%015d; ", r.Uint64N(1e15))
		case 2:
			fmt.Fprintf(&b, "ssn %03d-%02d-%04d, ", r.IntN(900), r.IntN(100), r.IntN(10000))
		case 3:
			fmt.Fprintf(&b, "from 10.%d.%d.%d\n", r.IntN(256), r.IntN(256), r.IntN(256))
		case 4:
			fmt.Fprintf(&b, "AKIA%016X ", r.Uint64())
		case 5:
			fmt.Fprintf(&b, "ghp_%016x%016x%04x ", r.Uint64(), r.Uint64(), r.IntN(1<<16))
		case 6:
			fmt.Fprintf(&b, "call +49 %d %d %d. ", 100+r.IntN(900), 100+r.IntN(900), 1000+r.IntN(9000))
		default:
			fmt.Fprintf(&b, "%s DE%02d%018d %s ", pick(r, words), r.IntN(100), r.Uint64N(1e18), pick(r, words))
		}
	}
	return b.String()[:size]
}
