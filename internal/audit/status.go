package audit

import (
	"sync"
	"time"
)

// Version is that of krakend-redact.
const Version = "0.1.0"

// statusEvery is how often a gateway tells that it runs, and statusSoon how long
// it waits for the other endpoints when something has changed.
const (
	statusEvery = time.Minute
	statusSoon  = time.Second
)

// members are those whose state a sink is told, by the gateway's name.
type members struct {
	sync.Mutex
	of map[string][]func() []ProxyStatus
}

// heart writes the status lines of this process.
var heart struct {
	sync.Once
	started time.Time
}

// changed says that a status line is due.
var changed = make(chan struct{}, 1)

// Tell makes the log write status lines that hold what state returns.
func (l *Log) Tell(state func() []ProxyStatus) {
	for _, c := range l.sinks {
		c.members.Lock()
		if c.members.of == nil {
			c.members.of = map[string][]func() []ProxyStatus{}
		}
		c.members.of[l.gateway] = append(c.members.of[l.gateway], state)
		c.members.Unlock()
	}
	if !l.HasSinks() {
		return
	}
	heart.Do(func() {
		heart.started = stamp(time.Now())
		go beat()
	})
	StatusChanged()
}

// StatusChanged makes a status line be written soon, such as after a reload.
func StatusChanged() {
	select {
	case changed <- struct{}{}:
	default: // it is on its way
	}
}

func beat() {
	tick := time.NewTicker(statusEvery)
	for {
		select {
		case <-changed:
			time.Sleep(statusSoon)
		case <-tick.C:
		}
		writeStatus(time.Now())
	}
}

// writeStatus writes a status line to every sink for every gateway in it.
func writeStatus(now time.Time) {
	channels.Lock()
	all := make([]*channel, 0, len(channels.of))
	for _, c := range channels.of {
		all = append(all, c)
	}
	channels.Unlock()
	for _, c := range all {
		c.members.Lock()
		states := map[string][]func() []ProxyStatus{}
		for gateway, of := range c.members.of {
			states[gateway] = of[:len(of):len(of)]
		}
		c.members.Unlock()
		for gateway, of := range states {
			l := &Log{gateway: gateway, sinks: []*channel{c}}
			s := Status{Head: l.head(KindStatus, NewID(now), now), Version: Version, Started: heart.started, Proxies: []ProxyStatus{}, Dropped: c.dropped.Load()}
			for _, state := range of {
				s.Proxies = append(s.Proxies, state()...)
			}
			_ = l.write(&s)
		}
	}
}
