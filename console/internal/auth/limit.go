package auth

import (
	"net/netip"
	"sync"
	"time"
)

// Limiter bounds how often one address may fail to log in. There is no bound
// over all addresses: anybody could lock everybody out with it.
type Limiter struct {
	// Most is how many failures an address has in a Window.
	Most   int
	Window time.Duration
	// Now tells the time.
	Now func() time.Time

	mu     sync.Mutex
	failed map[netip.Prefix]failures
}

// failures are those of one address since a time.
type failures struct {
	since time.Time
	count int
}

// remembered bounds the memory that failures take; beyond it, those that began
// first are forgotten.
const remembered = 10_000

// Wait returns how long an address has to wait until it may try again, 0 for
// not at all.
func (l *Limiter) Wait(address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.failed[network(address)]
	if !ok || found.count < l.Most {
		return 0
	}
	return max(0, found.since.Add(l.Window).Sub(l.Now()))
}

// Fail notes a failure.
func (l *Limiter) Fail(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = make(map[netip.Prefix]failures)
	}
	now, key := l.Now(), network(address)
	found := l.failed[key]
	if now.Sub(found.since) >= l.Window {
		found = failures{since: now}
	}
	found.count++
	l.failed[key] = found
	if len(l.failed) > remembered {
		l.forget(now)
	}
}

// forget drops what has run out, and the oldest if that is nothing.
func (l *Limiter) forget(now time.Time) {
	var oldest netip.Prefix
	first := now
	for key, found := range l.failed {
		if now.Sub(found.since) >= l.Window {
			delete(l.failed, key)
		} else if !found.since.After(first) {
			oldest, first = key, found.since
		}
	}
	if len(l.failed) > remembered {
		delete(l.failed, oldest)
	}
}

// network is what counts as one address: of IPv6 the /64 that one customer
// has. What is no address shares one count.
func network(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
