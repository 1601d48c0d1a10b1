package ingest

import (
	"sync"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// Live tells those who watch of new events. The zero value is ready for use.
type Live struct {
	mu       sync.Mutex
	watchers map[chan []store.Event]bool
}

// backlog is how many batches somebody who watches may be behind.
const backlog = 64

// Subscribe returns a channel of new events, batch by batch in the order of their
// Seq, and a function that ends the subscription. Whoever reads too slowly is
// dropped: the channel is closed, and [store.Store.Tail] tells what was missed.
// Events that another console takes in, with the same database, do not come here.
func (l *Live) Subscribe() (events <-chan []store.Event, cancel func()) {
	c := make(chan []store.Event, backlog)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watchers == nil {
		l.watchers = map[chan []store.Event]bool{}
	}
	l.watchers[c] = true
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.drop(c)
	}
}

func (l *Live) drop(c chan []store.Event) {
	if l.watchers[c] {
		delete(l.watchers, c)
		close(c)
	}
}

func (l *Live) publish(events []store.Event) {
	if len(events) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.watchers {
		select {
		case c <- events:
		default:
			l.drop(c)
		}
	}
}
