package detector

import "strings"

var coordinates = Detector{
	Name:        "coordinates",
	Title:       "Geographic coordinates",
	Placeholder: "COORDINATES",
	Pattern: `(?<![0-9A-Za-z_.])(?:[-+]?[0-9]{1,2}\.[0-9]{4,15}°? ?[NS]?["']?[,; ]{1,3}(?:["']?(?:lon|lng|long|longitude)["']?\s{0,2}[:=]\s{0,2}["']?)?[-+]?[0-9]{1,3}\.[0-9]{4,15}(?:°? ?[EW])?` +
		`|[0-9]{1,2}° ?[0-9]{1,2}['′’] ?(?:[0-9]{1,2}(?:\.[0-9]{1,6})?(?:["″”]|''|′′) ?)?[NS][, ]{1,2}[0-9]{1,3}° ?[0-9]{1,2}['′’] ?(?:[0-9]{1,2}(?:\.[0-9]{1,6})?(?:["″”]|''|′′) ?)?[EW])(?![0-9A-Za-z_]|\.[0-9])`,
	Check: checkCoordinates,
	Context: &Context{
		Words: []string{
			"lat", "latitude", "lon", "lng", "longitude", "gps", "coordinates", "coordinate", "coords", "location", "geolocation", "geo", "latlng", "map", "maps",
			"koordinaten", "standort", "coordonnées", "coordenadas", "ubicación", "coordinate", "posizione", "坐标", "位置", "座標",
		},
		Before: 40, After: 32,
		Unless: func(value string) bool { return strings.Contains(value, "°") || strings.ContainsAny(value, "EW") },
	},
	Validation: "latitude to 90, longitude to 180, four decimals or more; without degrees only near words such as “GPS”",
	Severity:   low,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU},
	Source:     "https://www.iso.org/standard/75147.html",
	Examples: Examples{
		Match: []Example{
			{"GPS 48.858370, 2.294481", "48.858370, 2.294481"},
			{"48.8584° N, 2.2945° E", "48.8584° N, 2.2945° E"},
			{`{"lat": 48.858370, "lng": 2.294481}`, `48.858370, "lng": 2.294481`},
			{"Standort: -33.8568, 151.2153.", "-33.8568, 151.2153"},
			{`48°51'29.6"N 2°17'40.2"E`, `48°51'29.6"N 2°17'40.2"E`},
		},
		NoMatch: []string{
			"48.858370, 2.294481", "GPS 98.858370, 2.294481", "GPS 48.858370, 182.294481", "GPS 48.85, 2.29", "vec2(12.3456, 45.6789)", "[0.1234, 0.5678]", "GPS 1.48.858370, 2.294481",
			"latency 12.3456, 45.6789", "20°C 30°F", "geo x48.858370, 2.294481",
		},
	},
}

// checkCoordinates compares whole degrees with what they can be at most.
func checkCoordinates(value string) int {
	var degrees [2]int
	n, digits := 0, false
	for i := 0; i < len(value) && n < 2; i++ {
		c := value[i]
		switch {
		case c >= '0' && c <= '9':
			degrees[n] = degrees[n]*10 + int(c-'0')
			digits = true
		case digits:
			// Everything up to the other half is decimals, minutes or seconds.
			digits = false
			n++
			if n == 1 {
				i = nextDegrees(value, i)
			}
		}
	}
	return whole(value, degrees[0] < 90 && degrees[1] < 180)
}

// nextDegrees is where the longitude begins: one byte in front of its digits.
func nextDegrees(value string, at int) int {
	separator := strings.IndexAny(value[at:], ",;NS")
	if separator < 0 {
		separator = strings.IndexByte(value[at:], ' ')
	}
	return at + separator
}
