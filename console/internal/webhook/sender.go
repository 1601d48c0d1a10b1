// Package webhook delivers alerts to webhooks: it tries again what fails, signs
// what it sends, and refuses targets inside the network unless they are allowed.
//
// URLs and keys of webhooks are secrets: neither is ever part of an error or a
// log line. The package knows nothing of people and pages.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

const (
	// timeout bounds a try, from the name's resolution to the answer's head.
	timeout = 10 * time.Second
	// hold is how long a delivery that was claimed is nobody else's: longer than
	// all tries of a round can take.
	hold = 5 * time.Minute
	// round is how many deliveries are claimed at once, and atOnce how many of them
	// are on their way.
	round, atOnce = 20, 4
	// poll is how often the store is asked for what has become due.
	poll = 10 * time.Second
	// attempts are how often a delivery is tried: with the waits below over about six
	// hours.
	attempts = 16
	// firstWait doubles after each failure, up to longestWait.
	firstWait, longestWait = 10 * time.Second, time.Hour
)

// Options are what a sender needs.
type Options struct {
	Store *store.Store
	// AllowPrivate allows targets that are not on the internet, such as those of a
	// company's own network. Default: false.
	AllowPrivate bool
	// URL is the console's own address, for links in messages; empty for none.
	URL string
	Log *slog.Logger
}

// Sender delivers alerts.
type Sender struct {
	Options
	client *http.Client
	wake   chan struct{}
	now    func() time.Time
}

// New returns a sender.
func New(o Options) *Sender {
	dialer := &net.Dialer{Timeout: timeout}
	if !o.AllowPrivate {
		// Here the name is resolved: what it resolves to a moment later does not
		// matter.
		dialer.Control = refusePrivate
	}
	return &Sender{
		Options: o,
		wake:    make(chan struct{}, 1),
		now:     time.Now,
		client: &http.Client{
			Timeout: timeout,
			// No proxy from the environment, which would dial in our place.
			Transport: &http.Transport{
				DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout, MaxResponseHeaderBytes: 64 << 10,
				MaxIdleConns: 10, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// CheckURL tells what is wrong with the URL of a webhook. Its errors do not hold
// the URL.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New("this is not a URL such as https://hooks.example.com/alerts")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("the URL begins with neither https:// nor http://")
	case u.User != nil:
		return errors.New("the URL holds a user name, which is not supported")
	case u.Fragment != "":
		return errors.New("the URL holds a #, which no server gets to see")
	}
	return nil
}

// Wake makes [Sender.Run] look for deliveries at once.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
}

// Run delivers until the context ends.
func (s *Sender) Run(ctx context.Context) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for ctx.Err() == nil {
		n, err := s.Deliver(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("webhooks: the database cannot be asked for deliveries", "error", fmt.Sprintf("%T", err))
		}
		if n == round && err == nil {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-ticker.C:
		}
	}
}

// Deliver tries some of the deliveries that are due, and returns how many.
func (s *Sender) Deliver(ctx context.Context) (int, error) {
	due, err := s.Store.ClaimDeliveries(ctx, s.now(), hold, round)
	if err != nil {
		return 0, err
	}
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	errs := make([]error, len(due))
	for i := range due {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			errs[i] = s.try(ctx, due[i])
		})
	}
	wg.Wait()
	return len(due), errors.Join(errs...)
}

// try tries a delivery and keeps what became of it.
func (s *Sender) try(ctx context.Context, d store.Delivery) error {
	w, err := s.Store.Webhook(ctx, d.Webhook)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted, and its deliveries with it
	}
	if err != nil {
		return err
	}
	alert, _, err := s.Store.Alert(ctx, d.Alert)
	if errors.Is(err, store.ErrNotFound) {
		return s.close(ctx, d, store.DeliveryFailed, "the alert was deleted")
	}
	if err != nil {
		return err
	}
	if !w.Enabled {
		return s.close(ctx, d, store.DeliveryFailed, "the webhook is switched off")
	}
	body, err := bodyOf(w.Form, alert, s.URL)
	if err != nil {
		return err
	}
	d.Attempts++
	a := s.send(ctx, w, body)
	if ctx.Err() != nil {
		return ctx.Err() // the console ends: the claim runs out
	}
	d.Status = a.status
	switch {
	case a.failure == "":
		return s.close(ctx, d, store.DeliveryDelivered, "")
	case a.final || d.Attempts >= attempts:
		s.Log.Warn("webhooks: a delivery was given up", "webhook", w.ID, "reason", a.failure, "attempts", d.Attempts)
		return s.close(ctx, d, store.DeliveryFailed, a.failure)
	}
	d.Error = a.failure
	d.Next = s.now().Add(max(wait(d.Attempts), a.wait))
	return s.Store.UpdateDelivery(ctx, d)
}

func (s *Sender) close(ctx context.Context, d store.Delivery, state store.DeliveryState, reason string) error {
	d.State, d.Error, d.Done = state, reason, s.now()
	return s.Store.UpdateDelivery(ctx, d)
}

// wait is how long to wait after a number of failures, a part of it by chance, so
// that not all come back at once.
func wait(failures int) time.Duration {
	w := min(firstWait<<min(failures-1, 20), longestWait)
	return w/2 + rand.N(w/2)
}

// Test sends a made-up alert to a webhook, once. Its error says in our words what
// went wrong.
func (s *Sender) Test(ctx context.Context, w store.Webhook) error {
	body, err := bodyOf(w.Form, madeUp(s.now()), s.URL)
	if err != nil {
		return err
	}
	if a := s.send(ctx, w, body); a.failure != "" {
		return errors.New(a.failure)
	}
	return nil
}

// attempt is what became of a try.
type attempt struct {
	status  int
	failure string        // in our words, empty for none
	final   bool          // it will not do better the next time
	wait    time.Duration // how long the other side asks to wait
}

func (s *Sender) send(ctx context.Context, w store.Webhook, body []byte) attempt {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if CheckURL(w.URL.Reveal()) != nil {
		return attempt{failure: "the URL is none", final: true}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL.Reveal(), bytes.NewReader(body))
	if err != nil {
		return attempt{failure: "the URL is none", final: true}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "krakend-redact-console")
	if key := w.Key.Reveal(); key != "" {
		req.Header.Set("X-Redact-Signature", sign(key, s.now(), body))
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return attempt{failure: reasonOf(err), final: errors.Is(err, errPrivate)}
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	a := attempt{status: resp.StatusCode}
	switch {
	case resp.StatusCode/100 == 2:
		return a
	case resp.StatusCode/100 == 3:
		a.failure, a.final = "it answers with a redirection, which is not followed", true
	default:
		a.failure = fmt.Sprintf("it answers with status %d", resp.StatusCode)
		a.final = resp.StatusCode/100 == 4 && resp.StatusCode != http.StatusRequestTimeout && resp.StatusCode != http.StatusTooManyRequests
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		a.wait = min(time.Duration(min(seconds, 1<<20))*time.Second, longestWait)
	}
	return a
}

// sign returns the signature of a body: whoever has the key takes the HMAC-SHA256
// of t, a point and the body, and refuses what is too old.
func sign(key string, t time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	stamp := strconv.FormatInt(t.Unix(), 10)
	_, _ = mac.Write([]byte(stamp + ".")) // a hash does not fail
	_, _ = mac.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// reasonOf says why nothing came back, without the URL that errors name.
func reasonOf(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timedOut net.Error
	switch {
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.As(err, &dns):
		return "its host name cannot be resolved"
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.As(err, &timedOut) && timedOut.Timeout():
		return "it does not answer in time"
	}
	return "it cannot be reached"
}
