package httpbody

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestTee(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		source    io.Reader
		want, saw string
		err       error
	}{
		{strings.NewReader("hello, world"), "hello, world", "hello, w", nil},
		{iotest.OneByteReader(strings.NewReader("hello")), "hello", "hello", nil},
		{iotest.DataErrReader(strings.NewReader("hello")), "hello", "hello", nil},
		{strings.NewReader(""), "", "", nil},
		{io.MultiReader(strings.NewReader("he"), iotest.ErrReader(broken)), "he", "he", broken},
	} {
		saw, looks := "", 0
		got, err := io.ReadAll(Tee(tt.source, -1, 7, func(body string) { saw = body; looks++ }))
		if string(got) != tt.want || saw != tt.saw || looks != 1 || !errors.Is(err, tt.err) {
			t.Errorf("got %q, %v; %d times looked into %q; want %q, %v; %q", got, err, looks, saw, tt.want, tt.err, tt.saw)
		}
	}
}
