package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

const (
	secretPath = "/T000/B000/secret-path"
	secretKey  = "secret-key"
)

// received is a request to a webhook.
type received struct {
	path, signature, kind string
	body                  []byte
}

// target is a webhook's server that answers with statuses in turn, the last one
// for good.
type target struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	got      []received
}

func newTarget(t *testing.T, statuses ...int) *target {
	t.Helper()
	g := &target{statuses: statuses}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		g.mu.Lock()
		defer g.mu.Unlock()
		g.got = append(g.got, received{r.URL.Path, r.Header.Get("X-Redact-Signature"), r.Header.Get("Content-Type"), body})
		status := g.statuses[0]
		if len(g.statuses) > 1 {
			g.statuses = g.statuses[1:]
		}
		w.Header().Set("Location", g.URL+"/elsewhere")
		w.Header().Set("Retry-After", "1800")
		w.WriteHeader(status)
	}))
	t.Cleanup(g.Close)
	return g
}

type world struct {
	*Sender
	log     *bytes.Buffer
	webhook string
	clock   time.Time
}

func newWorld(t *testing.T, o Options, w store.Webhook) *world {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "console.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var log bytes.Buffer
	o.Store, o.Log = s, slog.New(slog.NewTextHandler(&log, nil))
	w.Name, w.Enabled, w.Key = "hook", true, secret.New(secretKey)
	id, err := s.SaveWebhook(t.Context(), "ada", w)
	if err != nil {
		t.Fatal(err)
	}
	world := &world{New(o), &log, id, time.Now()}
	world.now = func() time.Time { return world.clock }
	return world
}

const hostile = `<!channel> <https://evil.example|click> & "><script>alert(1)</script>`

func (w *world) alert(t *testing.T) audit.Alert {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	a := audit.Alert{
		Head: audit.Head{Schema: 1, Kind: "alert", ID: uuid.Must(uuid.NewV7()).String(), Time: now, Gateway: hostile},
		Type: audit.AlertBlocked, Severity: "critical", Rule: hostile, Proxy: hostile, Policy: audit.Policy{Name: hostile, Mode: "enforce"},
		First: now, Last: now, Count: 3, Action: "block", Reason: hostile,
	}
	if _, err := w.Store.Ingest(t.Context(), store.Batch{Alerts: []audit.Alert{a}}); err != nil {
		t.Fatal(err)
	}
	w.clock = time.Now()
	return a
}

func (w *world) deliver(t *testing.T, want int) store.Delivery {
	t.Helper()
	n, err := w.Deliver(t.Context())
	if err != nil || n != want {
		t.Fatalf("%d tries, want %d, %v", n, want, err)
	}
	list, err := w.Store.Deliveries(t.Context(), w.webhook, 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d deliveries, %v", len(list), err)
	}
	return list[0]
}

// silent tells that no secret is anywhere where people look.
func (w *world) silent(t *testing.T) {
	t.Helper()
	list, err := w.Store.Deliveries(t.Context(), w.webhook, 10)
	if err != nil {
		t.Fatal(err)
	}
	seen := w.log.String()
	for _, d := range list {
		seen += fmt.Sprintf(" %+v", d)
	}
	for _, s := range []string{"secret-path", secretKey} {
		if strings.Contains(seen, s) {
			t.Errorf("%s is seen in %s", s, seen)
		}
	}
}

func TestDelivery(t *testing.T) {
	g := newTarget(t, 204)
	w := newWorld(t, Options{AllowPrivate: true, URL: "https://console.example/"}, store.Webhook{URL: secret.New(g.URL + secretPath), Form: store.WebhookJSON})
	a := w.alert(t)
	if d := w.deliver(t, 1); d.State != store.DeliveryDelivered || d.Attempts != 1 || d.Status != 204 || d.Error != "" || d.Done.IsZero() {
		t.Errorf("the delivery is %+v", d)
	}
	w.deliver(t, 0)
	got := g.got[0]
	if got.path != secretPath || got.kind != "application/json" {
		t.Errorf("received %+v", got)
	}
	// As the documentation tells receivers to check it.
	stamp, signature, _ := strings.Cut(strings.TrimPrefix(got.signature, "t="), ",v1=")
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(stamp + "." + string(got.body)))
	if stamp != fmt.Sprint(w.clock.Unix()) || signature != hex.EncodeToString(mac.Sum(nil)) {
		t.Errorf("the signature is %s", got.signature)
	}
	var m message
	if err := json.Unmarshal(got.body, &m); err != nil || m.ID != a.ID || m.Reason != hostile || m.Count != 3 || m.URL != "https://console.example/alerts/"+a.ID {
		t.Errorf("the body is %s, %v", got.body, err)
	}
	w.silent(t)
}

func TestSlack(t *testing.T) {
	g := newTarget(t, 200)
	w := newWorld(t, Options{AllowPrivate: true, URL: "https://console.example"}, store.Webhook{URL: secret.New(g.URL), Form: store.WebhookSlack})
	a := w.alert(t)
	w.deliver(t, 1)
	var m struct {
		Text   string
		Blocks []struct {
			Type   string
			Text   struct{ Type, Text string }
			Fields []struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal(g.got[0].body, &m); err != nil {
		t.Fatal(err)
	}
	link := "https://console.example/alerts/" + a.ID
	if m.Text != "A request was blocked (critical) <"+link+">" || len(m.Blocks) != 3 || m.Blocks[0].Type != "header" || m.Blocks[2].Text.Text != "<"+link+"|Look at the alert>" {
		t.Errorf("the message is %+v", m)
	}
	if len(m.Blocks[1].Fields) != 9 {
		t.Errorf("%d fields", len(m.Blocks[1].Fields))
	}
	for _, f := range m.Blocks[1].Fields {
		if f.Type != "plain_text" {
			t.Errorf("a name can write markup: %+v", f)
		}
	}
}

func TestWhatFailsIsTriedAgain(t *testing.T) {
	g := newTarget(t, 500, 429, 200)
	w := newWorld(t, Options{AllowPrivate: true}, store.Webhook{URL: secret.New(g.URL + secretPath), Form: store.WebhookJSON})
	w.alert(t)
	for i, want := range []int{500, 429} {
		d := w.deliver(t, 1)
		wait := d.Next.Sub(w.clock).Round(time.Second)
		if d.State != store.DeliveryPending || d.Attempts != i+1 || d.Status != want || d.Error != fmt.Sprintf("it answers with status %d", want) || wait != 30*time.Minute {
			t.Errorf("after try %d: %+v, in %s", i+1, d, wait)
		}
		w.deliver(t, 0) // not before its time
		w.clock = d.Next
	}
	if d := w.deliver(t, 1); d.State != store.DeliveryDelivered || d.Attempts != 3 {
		t.Errorf("in the end: %+v", d)
	}
	w.silent(t)
}

func TestWhatNeverWorksIsGivenUp(t *testing.T) {
	g := newTarget(t, 503)
	w := newWorld(t, Options{AllowPrivate: true}, store.Webhook{URL: secret.New(g.URL + secretPath), Form: store.WebhookJSON})
	w.alert(t)
	g.Close() // from now on nobody listens
	var d store.Delivery
	for range attempts {
		d = w.deliver(t, 1)
		w.clock = d.Next.Add(time.Second)
	}
	if d.State != store.DeliveryFailed || d.Attempts != attempts || d.Error != "it cannot be reached" {
		t.Errorf("in the end: %+v", d)
	}
	w.deliver(t, 0)
	w.silent(t)
	if !strings.Contains(w.log.String(), "given up") {
		t.Errorf("the log says %s", w.log)
	}
}

func TestWhatWillNotWorkIsNotTriedAgain(t *testing.T) {
	for status, reason := range map[int]string{404: "status 404", 302: "a redirection", 307: "a redirection"} {
		g := newTarget(t, status)
		w := newWorld(t, Options{AllowPrivate: true}, store.Webhook{URL: secret.New(g.URL + secretPath), Form: store.WebhookJSON})
		w.alert(t)
		if d := w.deliver(t, 1); d.State != store.DeliveryFailed || !strings.Contains(d.Error, reason) {
			t.Errorf("%d: %+v", status, d)
		}
		if len(g.got) != 1 {
			t.Errorf("%d: %d requests, so the redirection was followed", status, len(g.got))
		}
	}
}

func TestAWebhookThatIsSwitchedOff(t *testing.T) {
	g := newTarget(t, 200)
	w := newWorld(t, Options{AllowPrivate: true}, store.Webhook{URL: secret.New(g.URL), Form: store.WebhookJSON})
	w.alert(t)
	if _, err := w.Store.SaveWebhook(t.Context(), "ada", store.Webhook{ID: w.webhook, Name: "hook", Form: store.WebhookJSON}); err != nil {
		t.Fatal(err)
	}
	if d := w.deliver(t, 1); d.State != store.DeliveryFailed || len(g.got) != 0 {
		t.Errorf("the delivery is %+v", d)
	}
}

func TestPrivateTargetsAreRefused(t *testing.T) {
	g := newTarget(t, 200)
	port := g.URL[strings.LastIndex(g.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"} {
		w := newWorld(t, Options{}, store.Webhook{URL: secret.New("http://" + host + port + secretPath), Form: store.WebhookJSON})
		w.alert(t)
		d := w.deliver(t, 1)
		if len(g.got) != 0 {
			t.Fatalf("%s was reached", host)
		}
		// A number is a name for some resolvers only.
		if host != "2130706433" && (d.State != store.DeliveryFailed || d.Error != errPrivate.Error()) {
			t.Errorf("%s: %+v", host, d)
		}
		w.silent(t)
	}
}

func TestIsPublic(t *testing.T) {
	for _, public := range []string{"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"} {
		if !isPublic(netip.MustParseAddr(public)) {
			t.Errorf("%s is refused", public)
		}
	}
	for _, private := range []string{
		"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "0.1.2.3",
		"224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.0.170", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
		"64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1",
	} {
		if isPublic(netip.MustParseAddr(private)) {
			t.Errorf("%s is allowed", private)
		}
	}
	for _, address := range []string{"[::ffff:10.0.0.1]:80", "[fe80::1%eth0]:80", "nonsense", "10.0.0.1"} {
		if refusePrivate("tcp", address, nil) == nil {
			t.Errorf("%s is allowed", address)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for _, good := range []string{"https://hooks.example.com/T0/B0?x=1", "http://10.0.0.1:8080"} {
		if err := CheckURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "hooks.example.com", "https://", "https://:443", "ftp://canary", "file:///canary", "javascript:canary", "https://canary:canary@x", "https://x/#canary", "https://x/%zz canary", "//canary"} {
		if err := CheckURL(bad); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestTheTestOfAWebhook(t *testing.T) {
	g := newTarget(t, 200, 404)
	hook := store.Webhook{URL: secret.New(g.URL + secretPath), Form: store.WebhookJSON}
	w := newWorld(t, Options{AllowPrivate: true}, hook)
	if err := w.Test(t.Context(), hook); err != nil {
		t.Error(err)
	}
	if err := w.Test(t.Context(), hook); err == nil || err.Error() != "it answers with status 404" {
		t.Errorf("404: %v", err)
	}
}

func TestRunIsWoken(t *testing.T) {
	g := newTarget(t, 200)
	w := newWorld(t, Options{AllowPrivate: true}, store.Webhook{URL: secret.New(g.URL), Form: store.WebhookJSON})
	w.now = time.Now
	ended := make(chan bool)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		w.Run(ctx)
		close(ended)
	}()
	w.alert(t)
	begun := time.Now()
	w.Wake()
	for {
		list, err := w.Store.Deliveries(t.Context(), w.webhook, 1)
		if err != nil {
			t.Fatal(err)
		}
		if list[0].State == store.DeliveryDelivered {
			break
		}
		if time.Since(begun) > poll {
			t.Fatal("it waited for its time")
		}
		time.Sleep(time.Millisecond) // the store is polled
	}
	cancel()
	<-ended
}
