package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var chAHV = Detector{
	Name:        "ch_ahv",
	Title:       "Swiss social security number (AHV, AVS)",
	Placeholder: "AHV",
	Pattern:     numberBegins + `756(?:\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}|[0-9]{10}| [0-9]{4} [0-9]{4} [0-9]{2})` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, checksum.EAN(v.string()))
	},
	Validation: "country 756, check digit of EAN-13",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://www.zas.admin.ch/zas/en/home/partenaires-et-institutions-/navs13.html",
	Examples: Examples{
		Match: []Example{
			{"AHV-Nr. 756.9217.0769.85", "756.9217.0769.85"},
			{"7569217076985", "7569217076985"},
			{"AVS 756 1234 5678 97", "756 1234 5678 97"},
		},
		NoMatch: []string{"756.9217.0769.84", "757.9217.0769.85", "756.9217.0769.8", "756.9217.0769.855", "1756.9217.0769.85", "x7569217076985", "756-9217-0769-85", "756.92170769.85"},
	},
}
