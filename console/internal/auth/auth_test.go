package auth

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSecretsAreLongAndHashesTellNothing(t *testing.T) {
	one, two := NewSecret(LoginPrefix), NewSecret(LoginPrefix)
	if one == two || !strings.HasPrefix(one, LoginPrefix) || len(one) != len(LoginPrefix)+43 {
		t.Errorf("secrets of 256 bits look otherwise: %d characters", len(one))
	}
	if hash := Hash(one); len(hash) != 32 || bytes.Equal(hash, Hash(two)) || !bytes.Equal(hash, Hash(one)) {
		t.Error("the hash is no SHA-256")
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := &Limiter{Most: 3, Window: time.Minute, Now: func() time.Time { return now }}
	for range 3 {
		if wait := l.Wait("192.0.2.1"); wait != 0 {
			t.Fatalf("has to wait %v before the bound", wait)
		}
		l.Fail("192.0.2.1")
	}
	now = now.Add(20 * time.Second)
	if wait := l.Wait("192.0.2.1"); wait != 40*time.Second {
		t.Errorf("waits %v, want the rest of the window", wait)
	}
	if l.Wait("192.0.2.2") != 0 {
		t.Error("another address has to wait too")
	}
	now = now.Add(40 * time.Second)
	if l.Wait("192.0.2.1") != 0 {
		t.Error("has to wait after the window")
	}
	l.Fail("192.0.2.1")
	if l.Wait("192.0.2.1") != 0 {
		t.Error("the failures of the window before still count")
	}
}

// A customer has a whole /64 of IPv6; an address is the same behind a mapping.
func TestLimiterCountsNetworks(t *testing.T) {
	l := &Limiter{Most: 1, Window: time.Minute, Now: time.Now}
	l.Fail("2001:db8:0:1::1")
	l.Fail("::ffff:192.0.2.1")
	l.Fail("no address")
	for address, limited := range map[string]bool{
		"2001:db8:0:1:ffff::2": true, "2001:db8:0:2::1": false, "192.0.2.1": true, "192.0.2.2": false, "nor this": true,
	} {
		if got := l.Wait(address) > 0; got != limited {
			t.Errorf("%s is limited: %v, want %v", address, got, limited)
		}
	}
}

func TestLimiterForgets(t *testing.T) {
	now := time.Now()
	l := &Limiter{Most: 1, Window: time.Minute, Now: func() time.Time { return now }}
	for i := range remembered + 50 {
		now = now.Add(time.Millisecond)
		l.Fail(fmt.Sprintf("10.%d.%d.1", i/256, i%256))
	}
	if len(l.failed) > remembered {
		t.Errorf("remembers %d addresses, want at most %d", len(l.failed), remembered)
	}
	if l.Wait("10.0.0.1") != 0 {
		t.Error("the oldest was not the one to go")
	}
}
