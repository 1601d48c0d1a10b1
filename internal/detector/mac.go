package detector

import "strings"

var mac = Detector{
	Name:        "mac",
	Title:       "MAC address",
	Placeholder: "MAC",
	Pattern:     `(?<![0-9A-Za-z_]|[0-9A-Za-z][:-])(?:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}|[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2})(?![0-9A-Za-z_]|[:-][0-9A-Fa-f])`,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, !v.same())
	},
	Context: &Context{
		Words:  []string{"mac", "ethernet", "ether", "hwaddr", "bssid", "lladdr", "wlan", "wifi", "wi-fi", "bluetooth", "arp", "hardware address", "physical address"},
		Before: 32, After: 16,
		Unless: func(value string) bool { return strings.ContainsAny(value, "ABCDEFabcdef") },
	},
	Validation: "six bytes with one separator, not all the same; without a letter only near words such as “MAC”",
	Severity:   low,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU},
	Source:     "https://standards.ieee.org/products-programs/regauth/mac/",
	Examples: Examples{
		Match: []Example{
			{"ether 00:1a:2b:3c:4d:5e txqueuelen", "00:1a:2b:3c:4d:5e"},
			{"00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E"},
			{"MAC: 00:11:22:33:44:55", "00:11:22:33:44:55"},
			{"dead d8:3a:dd:12:34:56: no route", "d8:3a:dd:12:34:56"},
		},
		NoMatch: []string{
			"12:34:56:78:90:12", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5e:6f", "00:1a-2b:3c:4d:5e", "001a:2b:3c:4d:5e:6f",
			"550e8400-e2-9b-41-d4-a7-16", "SHA256 aa:bb:cc:dd:ee:ff:00:11",
		},
	},
}
