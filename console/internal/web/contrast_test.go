package web

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"
)

// lightDark finds the colours of the style sheet: --name: light-dark(#light, #dark);
var lightDark = regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6,8}), (#[0-9a-f]{6,8})\);`)

// colours returns the colours by name, those of the light theme first.
func colours(t *testing.T) [2]map[string]string {
	t.Helper()
	css, err := files.ReadFile("static/console.css")
	if err != nil {
		t.Fatal(err)
	}
	themes := [2]map[string]string{{}, {}}
	for _, match := range lightDark.FindAllStringSubmatch(string(css), -1) {
		themes[0][match[1]], themes[1][match[1]] = match[2], match[3]
	}
	return themes
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != 7 {
		t.Fatalf("%q is no opaque colour", colour)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		value, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		channel := float64(value) / 255
		if channel <= 0.04045 {
			channel /= 12.92
		} else {
			channel = math.Pow((channel+0.055)/1.055, 2.4)
		}
		sum += weight * channel
	}
	return sum
}

// Texts need 4.5:1 (WCAG 2.2, 1.4.3, AA); what is not text, such as the edge of a
// field, the focus ring and the colours of a chart, 3:1 (1.4.11).
func TestContrast(t *testing.T) {
	pairs := []struct {
		least      float64
		on         []string
		foreground []string
	}{
		{4.5, []string{"page", "surface", "sunken"}, []string{"text", "muted", "link", "bad"}},
		{4.5, []string{"accent-soft"}, []string{"link", "text"}},
		{4.5, []string{"accent"}, []string{"on-accent"}},
		{4.5, []string{"good-soft"}, []string{"good"}},
		{4.5, []string{"calm-soft"}, []string{"calm"}},
		{4.5, []string{"warn-soft"}, []string{"warn"}},
		{4.5, []string{"high-soft"}, []string{"high"}},
		{4.5, []string{"bad-soft"}, []string{"bad"}},
		{4.5, []string{"worst"}, []string{"on-worst"}},
		{4.5, []string{"loud"}, []string{"on-loud"}},
		{4.5, []string{"mark"}, []string{"on-mark"}},
		{3, []string{"surface", "page"}, []string{"field-line", "focus"}},
		{3, []string{"surface"}, []string{"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "worst", "accent"}},
	}
	for i, theme := range colours(t) {
		for _, pair := range pairs {
			for _, on := range pair.on {
				for _, foreground := range pair.foreground {
					t.Run(fmt.Sprintf("%s/%s on %s", []string{"light", "dark"}[i], foreground, on), func(t *testing.T) {
						a, b := luminance(t, theme[foreground]), luminance(t, theme[on])
						if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < pair.least {
							t.Errorf("%s on %s has %.2f:1, want %.1f:1", theme[foreground], theme[on], ratio, pair.least)
						}
					})
				}
			}
		}
	}
}
