package detector

import (
	"net/netip"
	"strings"
)

var ipv6 = Detector{
	Name:        "ipv6",
	Title:       "IPv6 address",
	Placeholder: "IPV6",
	Pattern:     `(?<![0-9A-Za-z_:.])(?:[23][0-9A-Fa-f]{3}|[Ff][CDcd][0-9A-Fa-f]{2}|[Ff][Ee][89ABab][0-9A-Fa-f])(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z_]|:[0-9A-Fa-f])`,
	Check:       checkIPv6,
	Validation:  "global unicast, unique local or link-local address that parses and has a digit; not `a::b` in code",
	Severity:    low,
	Packs:       []string{PackPII, PackPIIUS, PackPIIEU},
	Source:      "https://www.rfc-editor.org/rfc/rfc4291",
	Examples: Examples{
		Match: []Example{
			{"from 2001:db8::8a2e:370:7334 port", "2001:db8::8a2e:370:7334"},
			{"[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:443", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"},
			{"fe80::1ff:fe23:4567:890a%eth0", "fe80::1ff:fe23:4567:890a"},
			{"FD12:3456:789A:1::1/64", "FD12:3456:789A:1::1"},
			{"2a02:8108:1:2::3: timeout", "2a02:8108:1:2::3"},
		},
		NoMatch: []string{
			"std::vector", "a::b", "::", "::1", "face::book", "fade::beef", "12:34:56", "2024:10:12:30", "00:1a:2b:3c:4d:5e", "2001:db8:85a3",
			"2001:db8::1::2", "x2001:db8::1", "fdad::beef", "2001:0db8:85a3:0000:0000:8a2e:0370:7334:1111", "fe80::", "2023:45:67",
		},
	},
}

func checkIPv6(value string) int {
	// What follows, as in "2001:db8::1: refused", is not part of it.
	if strings.HasSuffix(value, ":") && !strings.HasSuffix(value, "::") {
		value = value[:len(value)-1]
	}
	a, err := netip.ParseAddr(value)
	if err != nil || strings.HasSuffix(value, "::") {
		return 0
	}
	words := strings.Trim(value, "ABCDEFabcdef:")
	return whole(value, words != "" && a.Is6())
}
