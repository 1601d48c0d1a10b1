package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func example() Chart {
	start := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return Chart{
		ID: "findings", Title: `Findings by <rule>`, Step: time.Hour, Zone: time.UTC,
		Buckets: []time.Time{start, start.Add(time.Hour), start.Add(2 * time.Hour)},
		Series: []Series{
			{Name: `<script>alert(1)</script>`, Class: Class(0), Values: []int64{3, 0, 4}},
			{Name: `" onload="x`, Class: Class(1), Values: []int64{1, 0, 0}},
		},
	}
}

// What people call a rule stands in a chart as text, and the drawing stays
// well-formed.
func TestNamesAreEscaped(t *testing.T) {
	svg := string(example().SVG())
	if strings.Contains(svg, "<script") || strings.Contains(svg, `" onload`) {
		t.Errorf("a name got out of its text: %s", svg)
	}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
	}
}

// Whoever cannot see the picture gets the figures.
func TestFiguresAreInTheText(t *testing.T) {
	svg := string(example().SVG())
	for _, want := range []string{`role="img"`, "Findings by &lt;rule&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;: 7", "2026-11-22 02:00\n&lt;script"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
	if got := strings.Count(svg, "<rect"); got != 3 {
		t.Errorf("%d bars, want 3: empty ones have none", got)
	}
}

func TestEmptyChart(t *testing.T) {
	empty := Chart{ID: "x", Title: "Nothing", Zone: time.UTC}
	if svg := string(empty.SVG()); !strings.Contains(svg, "Nothing in this time.") {
		t.Error(svg)
	}
}

func TestNiceStep(t *testing.T) {
	for highest, want := range map[int64]int64{0: 1, 4: 1, 5: 2, 9: 5, 21: 10, 1000: 500, 4001: 2000} {
		if got := niceStep(highest); got != want {
			t.Errorf("niceStep(%d) = %d, want %d", highest, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for value, want := range map[int64]string{0: "0", 999: "999", 1000: "1k", 1250: "1.2k", 3_000_000: "3M", 2_500_000_000: "2.5G"} {
		if got := Short(value); got != want {
			t.Errorf("Short(%d) = %q, want %q", value, got, want)
		}
	}
}
