package timing

import (
	"testing"
	"time"
)

func TestQuartiles(t *testing.T) {
	if low, median, high := Quartiles([]float64{5, 1, 4, 2, 3}); low != 2 || median != 3 || high != 4 {
		t.Errorf("got %v, %v, %v", low, median, high)
	}
	if low, median, high := Quartiles([]float64{1, 2, 4}); low != 1.5 || median != 2 || high != 3 {
		t.Errorf("got %v, %v, %v", low, median, high)
	}
}

func TestCompare(t *testing.T) {
	defer func(was time.Duration) { Enough = was }(Enough)
	Enough = time.Microsecond
	ran := [2]bool{}
	c := Compare(3, func() { ran[0] = true }, func() { ran[1] = true })
	if !ran[0] || !ran[1] || c.A <= 0 || c.B <= 0 || c.Low > c.Ratio || c.Ratio > c.High {
		t.Errorf("ran %v, got %+v", ran, c)
	}
	if got := (Comparison{Low: 9, Ratio: 12.3, High: 20}).Times(); got != "**12** (9–20)" {
		t.Errorf("got %s", got)
	}
	if got := (Comparison{Low: 0.91, Ratio: 1.23, High: 2}).Times(); got != "**1.2** (0.9–2.0)" {
		t.Errorf("got %s", got)
	}
}
