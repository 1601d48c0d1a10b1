package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/bench/corpus"
	"github.com/krakend-redact/krakend-redact/bench/texts"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	wso2 "github.com/wso2/gateway-controllers/policies/pii-masking-regex"
)

// every is how many bytes of text there are for each planted value.
const every = 2 << 10

// plant is a value that stands in a text for two tools to find.
type plant struct{ detector, value string }

// sentence names what must be named to be believed, and has blanks around the
// value, because gitleaks finds most secrets only in front of blanks or quotes.
func (p plant) sentence() string {
	name := map[string]string{"phone": "phone number", "us_ssn": "SSN"}[p.detector]
	return "Here is the " + name + " " + p.value + " as agreed."
}

var american = regexp.MustCompile(`^(?:` + wso2.DefaultPhoneRegex + `)$`)

// plants returns values of the labelled corpus that the peer knows as well.
func (p *peer) plants() []plant {
	var plants []plant
	for _, d := range corpus.Generate(1, 12) {
		for _, v := range d.Values {
			one := plant{v.Detector, d.Text[v.Start:v.End]}
			// WSO2 takes phone numbers as written in North America, and gitleaks
			// knows an older form of GitLab's routable tokens.
			foreign := v.Detector == "phone" && !american.MatchString(one.value) || v.Detector == "gitlab_token" && strings.Contains(one.value, ".")
			if slices.Contains(p.detectors, v.Detector) && !foreign && !slices.Contains(plants, one) {
				plants = append(plants, one)
			}
		}
	}
	return mixed(plants)
}

// mixed puts a list that is sorted by kind into another order.
func mixed[T any](list []T) []T {
	const stride = 7919 // a prime
	order := make([]T, len(list))
	for i := range list {
		order[i] = list[i*stride%len(list)]
	}
	return order
}

// sown is a corpus with planted values.
type sown struct {
	texts.Corpus
	plants []plant
}

// corpora returns the texts, with a planted value after every 2 KB.
func corpora(size int, plants []plant) ([]sown, error) {
	one := func(name, text, between string) sown {
		pieces, used := sow([]string{text}, between, plants)
		return sown{texts.Corpus{Name: name, Texts: []string{strings.Join(pieces, between)}}, used}
	}
	chat, used := sow(texts.Chat(size), " ", plants)
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	var messages []message
	for _, text := range chat {
		messages = append(messages, message{"user", text})
	}
	body, err := json.Marshal(map[string]any{"model": "gpt-4o-mini", "messages": messages})
	return []sown{
		one("prose", texts.Prose(size), " "),
		{texts.Corpus{Name: "chat JSON", Texts: []string{string(body)}}, used},
		{texts.Corpus{Name: "chat JSON, string by string", Texts: chat}, used},
		one("source code", texts.Code(size), "\n"),
		one("secret-dense", dense(size), "\n"),
	}, err
}

// sow returns pieces of texts, cut only between words or lines, and sentences
// with a planted value.
func sow(list []string, between string, plants []plant) (pieces []string, used []plant) {
	size := 0
	for _, text := range list {
		for text != "" {
			piece, rest := text, ""
			if len(text) > every {
				if i := strings.Index(text[every:], between); i >= 0 {
					piece, rest = text[:every+i], text[every+i+len(between):]
				}
			}
			pieces, text = append(pieces, piece), rest
			if size += len(piece); size >= every*(len(used)+1) {
				p := plants[len(used)%len(plants)]
				pieces, used = append(pieces, p.sentence()), append(used, p)
			}
		}
	}
	return pieces, used
}

// dense returns texts of the labelled corpus in which stands a value for the
// pack "default", one per line.
func dense(size int) string {
	wanted := map[string]bool{}
	pack, _ := detector.Pack(detector.PackDefault)
	for _, d := range pack {
		wanted[d.Name] = true
	}
	var list []string
	for _, d := range corpus.Generate(2, 40) {
		if len(d.Values) > 0 && wanted[d.Values[0].Detector] {
			list = append(list, d.Text)
		}
	}
	list = mixed(list)
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(list[i%len(list)] + "\n")
	}
	return b.String()
}
