package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/streams/split"
	"github.com/tidwall/gjson"
)

// timing is one answer, or the medians of several. Times are in microseconds.
type timing struct {
	first float64 // from the request to the first event, without the model's part
	delay float64 // from an event of the model to its text at the user
	burst float64 // per event, when the model does not pause
	held  float64 // the share of events whose text came with a later one
}

// arrival is an event as the user gets it.
type arrival struct {
	at   time.Time
	text int // bytes of the answer so far
}

// read takes an answer in and notes when its events arrive.
func read(body io.Reader, expected int) ([]arrival, error) {
	arrivals := make([]arrival, 0, expected)
	text, rest, buffer := 0, []byte{}, make([]byte, 64<<10)
	for {
		n, err := body.Read(buffer)
		now := time.Now()
		rest = append(rest, buffer[:n]...)
		for {
			event, after, whole := bytes.Cut(rest, []byte("\n\n"))
			if !whole {
				break
			}
			rest = after
			if data := bytes.TrimPrefix(event, []byte("data: ")); data[0] == '{' {
				text += len(gjson.GetBytes(data, "choices.0.delta.content").Str)
				arrivals = append(arrivals, arrival{now, text})
			}
		}
		if errors.Is(err, io.EOF) {
			return arrivals, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// time sends the request once and compares when texts went out and came in.
func (g *gateway) time(ctx context.Context, t *timer, r reply, pause time.Duration) (timing, error) {
	t.expect(r, pause)
	start := time.Now()
	resp, err := g.post(ctx, timedPath, t.request)
	if err != nil {
		return timing{}, err
	}
	defer resp.Body.Close()
	arrivals, err := read(resp.Body, len(r.events))
	if err != nil {
		return timing{}, err
	}
	due := r.plain
	if g.redacts() {
		due = r.restored
	}
	if len(arrivals) == 0 {
		return timing{}, fmt.Errorf("gateway %q gave no answer", g.name)
	}
	if got, want := arrivals[len(arrivals)-1].text, due[len(due)-1]; got != want {
		return timing{}, fmt.Errorf("gateway %q gave %d bytes of text instead of %d", g.name, got, want)
	}
	received, sent := t.times()
	var delays []float64
	held, at := 0, 0
	for i, want := range due {
		if want < 0 {
			continue
		}
		for arrivals[at].text < want {
			at++
		}
		delays = append(delays, micros(arrivals[at].at.Sub(sent[i])))
		if at > i {
			held++
		}
	}
	last := arrivals[len(arrivals)-1].at
	return timing{
		first: micros(arrivals[0].at.Sub(start) - sent[0].Sub(received)), delay: median(delays),
		burst: micros(last.Sub(sent[0])) / float64(len(sent)), held: float64(held) / float64(len(delays)),
	}, nil
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// measure times all gateways in rounds. They take turns with each answer, and in
// going first: what else the machine does, it does to all of them.
func measure(ctx context.Context, o options, gateways []*gateway, t *timer, progress io.Writer) ([][]timing, error) {
	rounds := make([][]timing, len(gateways))
	// Round 0 warms up and does not count.
	for round := range o.rounds + 1 {
		fmt.Fprintf(progress, "time, round %d of %d\n", round, o.rounds)
		slow, fast := make([][]timing, len(gateways)), make([][]timing, len(gateways))
		for stream := range o.streams {
			for turn := range gateways {
				i := (turn + round + stream) % len(gateways)
				s, err := gateways[i].time(ctx, t, t.slow, o.pause)
				if err != nil {
					return nil, err
				}
				f, err := gateways[i].time(ctx, t, t.fast, 0)
				if err != nil {
					return nil, err
				}
				slow[i], fast[i] = append(slow[i], s), append(fast[i], f)
			}
		}
		for i := range gateways {
			if round > 0 {
				rounds[i] = append(rounds[i], timing{
					first: over(slow[i], first), delay: over(slow[i], delay), held: over(slow[i], held), burst: over(fast[i], perEvent),
				})
			}
		}
	}
	return rounds, nil
}

func first(t timing) float64    { return t.first }
func delay(t timing) float64    { return t.delay }
func held(t timing) float64     { return t.held }
func perEvent(t timing) float64 { return t.burst }

// over is the median of a figure.
func over(timings []timing, figure func(timing) float64) float64 {
	var all []float64
	for _, t := range timings {
		all = append(all, figure(t))
	}
	return median(all)
}

func median(numbers []float64) float64 { return quantile(numbers, 0.5) }

func quantile(numbers []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	below, fraction := math.Modf(share * float64(len(sorted)-1))
	i := int(below)
	if i+1 >= len(sorted) {
		return sorted[i]
	}
	return sorted[i]*(1-fraction) + sorted[i+1]*fraction
}

// writeTimes writes the ratios, and what they are made of.
func writeTimes(w io.Writer, t [][]timing) error {
	base, redact, rules := t[flushing], t[redacting], t[withResponseRules]
	rows := [][]string{{
		"", "redact/flushing", "with response rules/flushing",
		"KrakenD alone µs", "flushing µs", "redact adds µs", "with response rules adds µs",
	}}
	for _, f := range []struct {
		name   string
		figure func(timing) float64
	}{{"time to first event", first}, {"event to text, with pauses", delay}, {"per event, without pauses", perEvent}} {
		without := over(base, f.figure)
		rows = append(rows, []string{
			f.name, ratio(redact, base, f.figure), ratio(rules, base, f.figure),
			fmt.Sprintf("%.1f", over(t[alone], f.figure)), fmt.Sprintf("%.1f", without),
			fmt.Sprintf("%+.1f", over(redact, f.figure)-without), fmt.Sprintf("%+.1f", over(rules, f.figure)-without),
		})
	}
	if err := split.WriteTable(w, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nOrdinary text that came with a later event than its own: %.1f%% with redaction, %.1f%% with response rules.\n",
		100*over(redact, held), 100*over(rules, held))
	return err
}

// ratio compares timings of the same round with each other. It is the median over
// the rounds, and in brackets where the middle half of them lies.
func ratio(a, b []timing, figure func(timing) float64) string {
	var all []float64
	for i := range a {
		all = append(all, figure(a[i])/figure(b[i]))
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", median(all), quantile(all, 0.25), quantile(all, 0.75))
}
