package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// request is a body to send, and the sensitive values that stand in it.
type request struct {
	name   string
	body   []byte
	values []string
}

// valueEvery is how many bytes of text there are for each sensitive value.
const valueEvery = 500

// filler is what the text consists of otherwise: words, small numbers, quotes and
// line breaks that JSON escapes, and a few letters beyond ASCII.
var filler = []string{
	"The customer called twice last week and asked for the status of the refund. ",
	"Our records show that order 10023 was shipped on 2026-03-14 from the second warehouse. ",
	"She wrote: \"I was told that it takes five days, and now it has been eleven.\" ",
	"Nobody at the café in Zürich remembers who signed for the parcel. ",
	"The driver's note says: left at the front desk, 3rd floor, room 12.\n",
	"Please keep the tone friendly, do not promise anything, and mention the voucher. ",
	"Invoice INV-2026-0098 over 149.90 EUR was paid in two parts. ",
	"Version 2.12.1 of the app shows the wrong total when a discount is applied. ",
	"I have added the earlier conversation below so that you have all of the context.\n\n",
	"If anything is missing, ask one short question instead of guessing. ",
}

// newRequest makes a chat of about size bytes, nearly all of them in its last
// message, with e-mail addresses and card numbers in turn. The same size always
// gives the same chat.
func newRequest(size int) (request, error) {
	random := rand.New(rand.NewPCG(1, uint64(size)))
	contact := address(random)
	r := request{name: fmt.Sprintf("%d KB", size/1024), values: []string{contact}}
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	chat := struct {
		Model    string    `json:"model"`
		Messages []message `json:"messages"`
	}{"gpt-4o-mini", []message{
		{"system", "You help a support team. Answer in the language of the customer."},
		{"user", "Hello, who takes care of " + contact + "?"},
		{"assistant", "That is the billing team. What should I write?"},
		{"user", ""},
	}}
	frame, err := json.Marshal(chat)
	if err != nil {
		return r, err
	}

	var text strings.Builder
	text.WriteString("Write to " + contact + " first. ")
	for text.Len() < size-len(frame) {
		switch n := len(r.values); {
		case text.Len() < (n-1)*valueEvery:
			text.WriteString(filler[random.IntN(len(filler))])
		case n%2 == 1:
			r.values = append(r.values, card(random))
			text.WriteString("The payment was made with " + r.values[n] + " in March. ")
		default:
			r.values = append(r.values, address(random))
			text.WriteString("A copy goes to " + r.values[n] + ", as agreed. ")
		}
	}
	chat.Messages[len(chat.Messages)-1].Content = text.String()
	r.body, err = json.Marshal(chat)
	return r, err
}

var (
	names   = []string{"jane", "john", "maria", "li", "amara", "tom", "noor", "ivan"}
	domains = []string{"example.com", "mail.example.org", "example.net"}
)

func address(random *rand.Rand) string {
	return fmt.Sprintf("%s.%s%d@%s", names[random.IntN(len(names))], names[random.IntN(len(names))],
		random.IntN(10000), domains[random.IntN(len(domains))])
}

// card returns a number with a valid check digit, in the range of the best known
// test number.
func card(random *rand.Rand) string {
	digits := fmt.Sprintf("411111%09d", random.IntN(1e9))
	sum := 0
	for i, c := range digits {
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return fmt.Sprintf("%s%d", digits, (10-sum%10)%10)
}
