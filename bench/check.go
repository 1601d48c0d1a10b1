package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// check sends one request and sees that the gateway does its work: what it should
// mask does not reach the upstream, and the client gets all of it back. It returns
// the length of the answer.
func (g *gateway) check(ctx context.Context, u *upstream, r request) (int64, error) {
	u.record.Store(true)
	defer u.record.Store(false)
	u.last.Store(nil)
	var got []byte
	err := g.post(ctx, r.body, func(answer io.Reader) (err error) {
		got, err = io.ReadAll(answer)
		return err
	})
	if err != nil {
		return 0, err
	}
	arrived := u.last.Load()
	if arrived == nil {
		return 0, fmt.Errorf("gateway %q: nothing reached the upstream", g.name)
	}
	want, err := answer(r.body)
	if err != nil {
		return 0, err
	}
	if err := g.verify(r, *arrived, got, want); err != nil {
		return 0, fmt.Errorf("gateway %q, %s: %w", g.name, r.name, err)
	}
	return int64(len(got)), nil
}

func (v variant) verify(r request, arrived, got, want []byte) error {
	if v.masks {
		for _, value := range r.values {
			if bytes.Contains(arrived, []byte(value)) {
				return fmt.Errorf("the upstream saw %s", value)
			}
		}
		if !json.Valid(arrived) {
			return errors.New("the upstream got broken JSON")
		}
		if masked := strings.Count(string(arrived), "[REDACTED_"); masked != len(r.values)+1 {
			return fmt.Errorf("the upstream got %d placeholders for %d values, the first of which stands there twice", masked, len(r.values))
		}
	} else if !bytes.Equal(arrived, r.body) {
		return errors.New("the upstream got something else than the client sent")
	}
	if !bytes.Equal(got, want) {
		return errors.New("the client did not get the answer to what it sent")
	}
	return nil
}
