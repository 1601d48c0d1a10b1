package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// sample is what one variant did with one body in one round.
type sample struct {
	rate float64 // requests per second
	cpu  float64 // microseconds of the gateway's CPU time per request; 0: unknown
}

// newClient returns a client with at most so many connections.
func newClient(connections int) *http.Client {
	return &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{
			MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, DisableCompression: true,
		},
	}
}

// post sends the body once and hands the answer to read.
func (g *gateway) post(ctx context.Context, body []byte, read func(io.Reader) error) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL+"/chat", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := g.Client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("gateway %q answered %s", g.name, resp.Status)
	}
	return read(resp.Body)
}

// load sends the body from all clients at once, each one request after the other,
// until the time is over. Every answer must have the length that check saw.
func (g *gateway) load(ctx context.Context, clients int, duration time.Duration, body []byte, want int64) (sample, error) {
	counts, errs := make([]int, clients), make([]error, clients)
	before, known := cpuTime(g.PID())
	start := time.Now()
	var running sync.WaitGroup
	for i := range clients {
		running.Go(func() {
			for errs[i] == nil && time.Since(start) < duration {
				counts[i]++
				errs[i] = g.post(ctx, body, func(r io.Reader) error {
					n, err := io.Copy(io.Discard, r)
					if err == nil && n != want {
						err = fmt.Errorf("gateway %q answered %d bytes instead of %d", g.name, n, want)
					}
					return err
				})
			}
		})
	}
	running.Wait()
	elapsed := time.Since(start)
	after, _ := cpuTime(g.PID())

	total := 0
	for i := range clients {
		if errs[i] != nil {
			return sample{}, errs[i]
		}
		total += counts[i]
	}
	s := sample{rate: float64(total) / elapsed.Seconds()}
	if known {
		s.cpu = float64((after - before).Microseconds()) / float64(total)
	}
	return s, nil
}
