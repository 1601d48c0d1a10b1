package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// timer is the model whose events are timed. It shares the machine with the
// gateway, so all its events are made in advance.
type timer struct {
	request    []byte
	slow, fast reply

	mu       sync.Mutex
	next     reply
	pause    time.Duration
	received time.Time   // when the last request had arrived
	sent     []time.Time // when each event of its answer went out
}

// reply is a streamed answer.
type reply struct {
	events []string
	// plain and restored are the text so far after each event, in bytes, as the
	// user sees it without and with redaction; -1 where a placeholder is not
	// complete: that is no text yet.
	plain, restored []int
}

// burst is how many times longer an answer without pauses is.
const burst = 10

// values are the caller's, in the order of their placeholders.
var values = []string{"jane.doe@example.com", "john.roe@example.org", "maria.moe@example.net"}

// words are what an answer consists of otherwise.
var words = strings.Fields("The customer called twice last week, and asked for the status of order 10023 [see the note]. " +
	"Nobody at the café in Zürich remembers; “left at the front desk” it says. Please keep the tone friendly")

func newTimer(events int) *timer {
	body, _ := json.Marshal(object{ // strings always encode
		"model": "m", "stream": true,
		"messages": list{
			object{"role": "system", "content": "You help a support team."},
			object{"role": "user", "content": strings.Join(values, ", ") + ": " + strings.Repeat(strings.Join(words, " ")+" ", 10)},
		},
	})
	return &timer{request: body, slow: newReply(events), fast: newReply(burst * events)}
}

// newReply makes an answer of words, of which every 20th is a placeholder in five
// deltas. It is cut as tokenizers do: before the spaces, not after them.
func newReply(events int) reply {
	var r reply
	plain, restored := 0, 0
	add := func(delta string, shown int) {
		plain += len(delta)
		restored += shown
		text, _ := json.Marshal(delta)
		r.events = append(r.events, fmt.Sprintf(`data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":%s},"finish_reason":null}]}`+"\n\n", text))
		r.plain, r.restored = append(r.plain, plain), append(r.restored, restored)
		if shown == 0 {
			r.plain[len(r.plain)-1], r.restored[len(r.restored)-1] = -1, -1
		}
	}
	for i := 0; len(r.events) < events; i++ {
		if i%20 != 19 {
			word := " " + words[i%len(words)]
			add(word, len(word))
			continue
		}
		n := i / 20 % len(values)
		for _, delta := range []string{" [", "RED", "ACTED_", fmt.Sprintf("EMAIL_%d", n+1)} {
			add(delta, 0)
		}
		add("]", len(values[n])+1)
	}
	return r
}

// expect prepares for the next request.
func (t *timer) expect(r reply, pause time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next, t.pause, t.sent = r, pause, make([]time.Time, 0, len(r.events))
}

// times returns when the last request had arrived, and when the events of its
// answer went out.
func (t *timer) times() (received time.Time, sent []time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.received, t.sent
}

// think is how long the model waits with its first event, which does not count.
// When answers come at once, KrakenD without redact cuts some of them off.
const think = 5 * time.Millisecond

// ServeHTTP holds the lock until the answer is over: one request at a time.
func (t *timer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	t.received = time.Now()
	time.Sleep(think)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for i, event := range t.next.events {
		if i > 0 && t.pause > 0 {
			time.Sleep(t.pause)
		}
		t.sent = append(t.sent, time.Now())
		_, _ = io.WriteString(w, event)
		if out.Flush() != nil {
			return // the reader notices
		}
	}
	_, _ = io.WriteString(w, "data: [DONE]\n\n")
}
