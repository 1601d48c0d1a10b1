// Command bench measures the console's store with many events: how fast they are
// taken in, and how fast each page of the console is read. See bench/README.md,
// section "Console", for what the figures mean.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/pgtest"
)

func main() {
	events := flag.Int("events", 1_000_000, "how many events to take in")
	rounds := flag.Int("rounds", 21, "how often every query is timed")
	file := flag.String("sqlite", "", "keep the SQLite database in this file, and go on with what is there")
	postgres := flag.Bool("postgres", false, "use a PostgreSQL server of its own instead of SQLite")
	flag.Parse()
	b := &bench{ctx: context.Background(), out: os.Stdout, rounds: *rounds, taken: 200_000}
	if err := b.run(*events, *file, *postgres); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// batch is how many events a gateway sends at once.
const batch = 500

// span is over how many days the events are spread.
const span = 30 * 24 * time.Hour

type bench struct {
	ctx    context.Context
	out    io.Writer
	rounds int
	// taken is how many events at most are taken in one batch after the other; what
	// is more is copied within the database, ten times as fast.
	taken  int
	store  *store.Store
	raw    *sql.DB
	random *rand.Rand
	now    time.Time
}

func (b *bench) run(events int, url string, postgres bool) error {
	if url == "" {
		folder, err := os.MkdirTemp("", "consolebench")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		url = filepath.Join(folder, "console.db")
	}
	var err error
	driver := "sqlite"
	if postgres {
		driver = "pgx"
		server, err := pgtest.Start()
		if err != nil {
			return err
		}
		defer server.Stop()
		if url, err = server.Create(); err != nil {
			return err
		}
	}
	if b.store, err = store.Open(b.ctx, url); err != nil {
		return err
	}
	defer b.store.Close()
	if b.raw, err = sql.Open(driver, url); err != nil {
		return err
	}
	defer b.raw.Close()
	b.raw.SetMaxOpenConns(1)
	if !postgres {
		// The driver cannot get hold of two gigabytes or more.
		if _, err := b.raw.ExecContext(b.ctx, "PRAGMA cache_size = -262144"); err != nil {
			return err
		}
	}
	b.random, b.now = rand.New(rand.NewPCG(1, 2)), time.Now().UTC()

	fmt.Fprintf(b.out, "%s, %d events\n\n", b.store.Backend(), events)
	if err := b.fill(events); err != nil {
		return err
	}
	if postgres {
		// What autovacuum does by itself, only sooner.
		if _, err := b.raw.ExecContext(b.ctx, "VACUUM ANALYZE"); err != nil {
			return err
		}
	}
	usage, err := b.store.Usage(b.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "database: %d MB, %d bytes per event; counted for retention: %d\n\n", usage.FileBytes>>20, usage.FileBytes/usage.Events, usage.EventBytes/usage.Events)
	if err := b.queries(events); err != nil {
		return err
	}
	return b.retention(usage)
}

// fill makes the events, and tells how fast they are taken in: into an empty
// database, and into a full one.
func (b *bench) fill(events int) error {
	own := min(events, b.taken)
	there, err := b.store.Usage(b.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "| taken in, batches of %d | events per second |\n|---|---|\n", batch)
	if there.Events == 0 {
		rates, err := b.ingest(own, own)
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "| beginning with none | %.0f |\n", median(rates))
	}
	for copied := max(1, int(there.Events)/own); copied < events/own; copied++ {
		if err := b.copy(own, copied); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%d events\n", (copied+1)*own)
	}
	last, err := b.ingest(min(own, 20_000), own)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "| when all are there | %.0f |\n\n", median(last))
	return nil
}

// ingest takes n events in, spread over the time as n of all are, and returns the
// rate of each batch.
func (b *bench) ingest(n, all int) ([]float64, error) {
	var rates []float64
	for done := 0; done < n; done += batch {
		list := make([]audit.Event, min(batch, n-done))
		for i := range list {
			list[i] = b.event(all-n+done+i, all)
		}
		start := time.Now()
		if _, err := b.store.Ingest(b.ctx, store.Batch{Events: list}); err != nil {
			return nil, err
		}
		rates = append(rates, float64(len(list))/time.Since(start).Seconds())
	}
	return rates, nil
}

// copy copies the first n events to a moment later, with ids of their own.
func (b *bench) copy(n, number int) error {
	bytes, text := "randomblob(16)", "lower(hex(randomblob(16)))"
	if b.store.Backend() == "PostgreSQL" {
		bytes, text = "decode(md5(random()::text), 'hex')", "md5(random()::text)"
	}
	later := int64(number*137) << 21
	t, err := b.raw.BeginTx(b.ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }() // nothing after a commit
	for _, query := range []string{
		fmt.Sprintf(`INSERT INTO events (ord, seq, id, exchange, gateway, proxy, policy, direction, outcome, request_id, trace_id, size, record)
			SELECT ord + %d, seq + (SELECT value FROM counters WHERE name = 'seq'), %s, %s, gateway, proxy, policy, direction, outcome, %s, trace_id, size, record FROM events WHERE seq <= %d ORDER BY ord`, later, bytes, bytes, text, n),
		fmt.Sprintf("INSERT INTO event_tags (tag, ord) SELECT t.tag, t.ord + %d FROM event_tags t JOIN events e ON e.ord = t.ord WHERE e.seq <= %d ORDER BY t.tag, t.ord", later, n),
		fmt.Sprintf("UPDATE event_counts SET total = total / %d * %d", number, number+1),
		fmt.Sprintf("UPDATE finding_counts SET total = total / %d * %d", number, number+1),
		fmt.Sprintf("UPDATE counters SET value = value + %d WHERE name IN ('seq', 'events')", n),
		fmt.Sprintf("UPDATE counters SET value = value / %d * %d WHERE name = 'event_bytes'", number, number+1),
	} {
		if _, err := t.ExecContext(b.ctx, query); err != nil {
			return err
		}
	}
	return t.Commit()
}

// event returns event i of n: names as skewed as they are in life, and one rule
// and placeholder that only one in 100,000 has.
func (b *bench) event(i, n int) audit.Event {
	at := b.now.Add(-span + time.Duration(float64(span)*float64(i)/float64(n)) + time.Duration(b.random.IntN(2000))*time.Millisecond)
	skewed := func(n int) int { return min(b.random.IntN(n), b.random.IntN(n)) }
	id := uuid.Must(uuid.NewV7()).String()
	e := audit.Event{
		Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id, Time: at, Gateway: fmt.Sprintf("gateway-%d", b.random.IntN(3))},
		Exchange: id, RequestID: uuid.NewString(),
		Proxy:     fmt.Sprintf("proxy-%d", skewed(20)),
		Policy:    audit.Policy{Name: fmt.Sprintf("policy-%d", skewed(5)), Version: "1.4", Digest: "0123456789ab", Mode: "enforce"},
		Direction: audit.DirectionRequest, Profile: "openai-chat", Outcome: audit.OutcomeMasked,
		BytesIn: 2000, BytesOut: 2100, Micros: 300,
	}
	if i%3 == 2 {
		e.Direction, e.Outcome, e.Restored = audit.DirectionAnswer, audit.OutcomeRestored, 2
		return e
	}
	severities, actions := []string{"medium", "medium", "low", "high", "critical"}, []string{"mask", "mask", "redact", "block"}
	for range 1 + skewed(3) {
		rule := skewed(30)
		placeholder := fmt.Sprintf("[REDACTED_RULE_%d_%d]", rule, 1+skewed(8))
		e.Rules = append(e.Rules, audit.RuleCount{Name: fmt.Sprintf("rule-%d", rule), Severity: severities[rule%len(severities)], Action: actions[rule%len(actions)], Count: 1, Placeholders: []string{placeholder}})
		e.Excerpts = append(e.Excerpts, "please write to the customer "+placeholder+" and tell them that the order has been sent to the address that we have")
	}
	if i%100_000 == 99_999 {
		e.Rules = append(e.Rules, audit.RuleCount{Name: "rare", Severity: "critical", Action: "hash", Count: 1, Placeholders: []string{"[RARE_1]"}})
	}
	return e
}

// line is one of the tables' lines.
type line struct {
	name string
	read func() error
	// instead is what one would do without, if that is claimed to be slower.
	instead string
	slow    func() error
}

func (b *bench) queries(events int) error {
	page := func(f store.EventFilter, p store.Page) func() error {
		return func() error {
			_, err := b.store.Events(b.ctx, f, p)
			return err
		}
	}
	deep := store.Page{}
	for range 100 {
		found, err := b.store.Events(b.ctx, store.EventFilter{}, deep)
		if err != nil {
			return err
		}
		deep.Older = found.Older
	}
	middle, err := b.store.Events(b.ctx, store.EventFilter{To: b.now.Add(-span / 2)}, store.Page{})
	if err != nil {
		return err
	}
	some, err := b.store.Events(b.ctx, store.EventFilter{To: b.now.Add(-span / 3)}, store.Page{Limit: 1})
	if err != nil {
		return err
	}
	week := func(q store.SeriesQuery) func() error {
		q.From, q.To, q.Step = b.now.Add(-7*24*time.Hour), b.now, time.Hour
		return func() error {
			_, err := b.store.Chart(b.ctx, q)
			return err
		}
	}
	lines := []line{
		{name: "first page", read: page(store.EventFilter{}, store.Page{})},
		{name: "page 100", read: page(store.EventFilter{}, deep)},
		{name: "the page in the middle", read: page(store.EventFilter{}, store.Page{Older: middle.Older}), instead: fmt.Sprintf("OFFSET %d", events/2), slow: b.drain(fmt.Sprintf("SELECT ord, record FROM events ORDER BY ord DESC LIMIT 50 OFFSET %d", events/2))},
		{name: "one hour", read: page(store.EventFilter{From: b.now.Add(-span / 2), To: b.now.Add(-span/2 + time.Hour)}, store.Page{})},
		{name: "proxy", read: page(store.EventFilter{Proxy: "proxy-19"}, store.Page{})},
		{name: "policy", read: page(store.EventFilter{Policy: "policy-4"}, store.Page{})},
		{name: "gateway", read: page(store.EventFilter{Gateway: "gateway-1"}, store.Page{})},
		{name: "direction", read: page(store.EventFilter{Direction: audit.DirectionAnswer}, store.Page{})},
		{name: "outcome", read: page(store.EventFilter{Outcome: audit.OutcomeRestored}, store.Page{})},
		{name: "action", read: page(store.EventFilter{Action: "block"}, store.Page{})},
		{name: "severity, at least high", read: page(store.EventFilter{MinSeverity: "high"}, store.Page{})},
		{name: "rule", read: page(store.EventFilter{Rule: "rule-29"}, store.Page{})},
		{name: "rule that one in 100,000 has", read: page(store.EventFilter{Rule: "rare"}, store.Page{}), instead: "no list of its events", slow: b.drain(`SELECT ord FROM events WHERE record LIKE '%"rare"%' ORDER BY ord DESC LIMIT 50`)},
		{name: "placeholder", read: page(store.EventFilter{Placeholder: "[REDACTED_RULE_7_3]"}, store.Page{})},
		{name: "request id", read: page(store.EventFilter{RequestID: some.Events[0].RequestID}, store.Page{})},
		{name: "exchange", read: page(store.EventFilter{Exchange: some.Events[0].Exchange}, store.Page{})},
		{name: "proxy, rule, severity and a week", read: page(store.EventFilter{Proxy: "proxy-3", Rule: "rule-8", MinSeverity: "high", From: b.now.Add(-7 * 24 * time.Hour)}, store.Page{})},
		{name: "rule and proxy that never meet", read: page(store.EventFilter{Rule: "rare", Proxy: "proxy-19", Outcome: audit.OutcomeRestored}, store.Page{})},
		{name: "events of 7 days by outcome", read: week(store.SeriesQuery{Measure: store.MeasureEvents, By: store.ByOutcome}), instead: "counting events", slow: b.drain(fmt.Sprintf("SELECT (ord >> 21) / 3600000, outcome, COUNT(*) FROM events WHERE ord >= %d GROUP BY 1, 2", b.now.Add(-7*24*time.Hour).UnixMilli()<<21))},
		{name: "findings of 7 days by rule", read: week(store.SeriesQuery{Measure: store.MeasureFindings, By: store.ByRule})},
	}
	fmt.Fprintln(b.out, "| query | median | slowest | beside it | median | ratio |\n|---|---|---|---|---|---|")
	for _, l := range lines {
		times, err := b.time(b.rounds, l.read)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		fmt.Fprintf(b.out, "| %s | %s | %s |", l.name, round(median(times)), round(slices.Max(times)))
		if l.slow == nil {
			fmt.Fprintln(b.out, " | | |")
			continue
		}
		slow, err := b.time(3, l.slow)
		if err != nil {
			return fmt.Errorf("%s: %w", l.instead, err)
		}
		fmt.Fprintf(b.out, " %s | %s | %.0f× |\n", l.instead, round(median(slow)), median(slow)/median(times))
	}
	return nil
}

// drain returns a function that runs a query and reads all of its rows.
func (b *bench) drain(query string) func() error {
	return func() error {
		rows, err := b.raw.QueryContext(b.ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
		}
		return rows.Err()
	}
}

// retention deletes a part of the events, as the server does in between.
func (b *bench) retention(usage store.Usage) error {
	start := time.Now()
	done, err := b.store.Expire(b.ctx, store.Retention{MaxBytes: usage.EventBytes / 100 * 99}, b.now)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\nretention: %d events deleted, %.0f per second\n", done.Events, float64(done.Events)/time.Since(start).Seconds())
	return nil
}

// time returns how long calls take, in seconds, after one that is not counted.
func (b *bench) time(rounds int, call func() error) ([]float64, error) {
	var times []float64
	for i := range rounds + 1 {
		start := time.Now()
		if err := call(); err != nil {
			return nil, err
		}
		if i > 0 {
			times = append(times, time.Since(start).Seconds())
		}
	}
	return times, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func round(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	unit := time.Microsecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return strings.Replace(d.Round(unit).String(), "µ", "u", 1)
}
