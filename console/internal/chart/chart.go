// Package chart draws stacked bars over time as SVG, with a title, a
// description and a text for each bar, so that a picture is never the only way
// to read the figures. Colours are the page's: series carry classes.
//
// It knows nothing of what is counted.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// Series is one colour of a chart.
type Series struct {
	// Name is shown in the legend and in the texts.
	Name string
	// Class is the series' CSS class: Classes has one for each position.
	Class string
	// Values has one count for each bucket.
	Values []int64
}

// Total is the sum of the values.
func (s Series) Total() int64 {
	var sum int64
	for _, value := range s.Values {
		sum += value
	}
	return sum
}

// Classes are those that console.css has colours for.
const Classes = 8

// Class returns the class of the series at a position; those beyond the last
// share it.
func Class(position int) string {
	return "s" + strconv.Itoa(min(position+1, Classes))
}

// Chart is a stacked bar chart over time.
type Chart struct {
	// ID is unique on the page; the title refers to it.
	ID string
	// Title says what is shown.
	Title string
	// Buckets are the starts of the spans that the values count, in order and Step
	// apart.
	Buckets []time.Time
	Step    time.Duration
	Series  []Series
	// Zone is whose time the axis tells.
	Zone *time.Location
}

// Sizes of the drawing, in its own units; the page scales it.
const (
	width, height       = 560, 200
	left, right         = 40, 6
	top, bottom         = 10, 24
	plotWidth           = width - left - right
	plotHeight          = height - top - bottom
	labelWidth          = 84
	lines         int64 = 4
)

// Sum is the count of all series in all buckets.
func (c Chart) Sum() int64 {
	var sum int64
	for _, series := range c.Series {
		sum += series.Total()
	}
	return sum
}

// at is the sum of all series in one bucket.
func (c Chart) at(bucket int) int64 {
	var sum int64
	for _, series := range c.Series {
		sum += series.Values[bucket]
	}
	return sum
}

// SVG draws the chart. The texts are escaped.
func (c Chart) SVG() template.HTML {
	var highest int64
	for i := range c.Buckets {
		highest = max(highest, c.at(i))
	}
	step := niceStep(highest)
	ceiling := max(step*((highest+step-1)/step), step)
	y := func(value int64) float64 {
		return top + plotHeight*(1-float64(value)/float64(ceiling))
	}

	var b strings.Builder
	title, id := html.EscapeString(c.Title), html.EscapeString(c.ID)
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-desc">`, width, height, id, id)
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, id, title, id, html.EscapeString(c.describe()))
	for value := int64(0); value <= ceiling; value += step {
		fmt.Fprintf(&b, `<line class="axis" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`, left, width-right, y(value), y(value))
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`, left-6, y(value)+4, Short(value))
	}
	if len(c.Buckets) > 0 {
		slot := float64(plotWidth) / float64(len(c.Buckets))
		gap := min(slot*0.22, 3)
		every := max(1, int(labelWidth/slot+0.999))
		for i, start := range c.Buckets {
			x := left + float64(i)*slot
			if i%every == 0 && x+labelWidth/2 < width {
				fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s</text>`, x, height-6, html.EscapeString(c.label(start)))
			}
			if c.at(i) == 0 {
				continue
			}
			fmt.Fprintf(&b, `<g><title>%s</title>`, html.EscapeString(c.tell(i)))
			base := int64(0)
			for _, series := range c.Series {
				if value := series.Values[i]; value > 0 {
					fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`,
						html.EscapeString(series.Class), x+gap/2, y(base+value), slot-gap, max(y(base)-y(base+value), 0.8))
					base += value
				}
			}
			b.WriteString(`</g>`)
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // every text is escaped above
}

// describe says in words what the picture shows.
func (c Chart) describe() string {
	if c.Sum() == 0 {
		return "Nothing in this time."
	}
	parts := make([]string, 0, len(c.Series))
	for _, series := range c.Series {
		parts = append(parts, fmt.Sprintf("%s: %d", series.Name, series.Total()))
	}
	return strings.Join(parts, ", ") + "."
}

// tell says what one bar shows.
func (c Chart) tell(bucket int) string {
	text := c.Buckets[bucket].In(c.Zone).Format("2006-01-02 15:04")
	if c.Step >= 24*time.Hour {
		text = c.middle(c.Buckets[bucket]).Format("2006-01-02")
	}
	for _, series := range c.Series {
		if value := series.Values[bucket]; value > 0 {
			text += fmt.Sprintf("\n%s: %d", series.Name, value)
		}
	}
	return text
}

// middle is the middle of a bucket. It is in the right day also where days begin
// within an hour, or when the clocks were changed since: a bucket always has 24 hours.
func (c Chart) middle(start time.Time) time.Time { return start.Add(c.Step / 2).In(c.Zone) }

// label is the text at the axis: the day alone where buckets are days.
func (c Chart) label(start time.Time) string {
	if c.Step >= 24*time.Hour {
		return c.middle(start).Format("2 Jan")
	}
	start = start.In(c.Zone)
	if c.Step >= 3*time.Hour {
		return start.Format("2 Jan 15:04")
	}
	return start.Format("15:04")
}

// niceStep is the distance of the lines: 1, 2 or 5 times a power of ten.
func niceStep(highest int64) int64 {
	for unit := int64(1); ; unit *= 10 {
		for _, factor := range []int64{1, 2, 5} {
			if unit*factor*lines >= highest {
				return unit * factor
			}
		}
	}
}

// Short writes a count in few characters: 950, 1.2k, 3M.
func Short(value int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if value >= unit.size {
			text := strconv.FormatFloat(float64(value)/float64(unit.size), 'f', 1, 64)
			return strings.TrimSuffix(text, ".0") + unit.name
		}
	}
	return strconv.FormatInt(value, 10)
}
