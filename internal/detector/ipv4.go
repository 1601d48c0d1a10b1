package detector

import "strings"

var ipv4 = Detector{
	Name:        "ipv4",
	Title:       "IPv4 address",
	Placeholder: "IPV4",
	Pattern:     `(?<![0-9A-Za-z_.]|[A-Za-z]/|[0-9A-Za-z]-)[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9A-Za-z_]|[.-][0-9A-Za-z])`,
	Check:       checkIPv4,
	Context: &Context{
		Words:  []string{"ip", "ips", "address", "addr", "host", "hosts", "server", "client", "dns", "resolver", "gateway", "nameserver", "ping", "ssh", "http", "https", "remote", "peer", "connect", "connected", "connection", "bind", "listen", "listening", "proxy", "inet", "subnet", "localhost", "endpoint", "node"},
		Forbid: []string{"version", "versions", "v", "ver", "release", "released", "upgrade", "upgraded", "build", "assembly", "section", "chapter", "oid", "oids", "objectidentifier", "object identifier", "clause"},
		Before: 24, After: 12,
		Unless: distinct,
	},
	Validation: "octets up to 255 without leading zeros; no loopback, network or mask; not near “version”; of numbers below 32 only near words such as “host”",
	Severity:   low,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU},
	Source:     "https://www.rfc-editor.org/rfc/rfc791",
	Examples: Examples{
		Match: []Example{
			{"from 203.0.113.7 port 22", "203.0.113.7"},
			{"http://198.51.100.23:8080/x", "198.51.100.23"},
			{"connect to 10.0.0.1:80", "10.0.0.1"},
			{"client_ip=192.168.178.20,", "192.168.178.20"},
			{"the DNS server 8.8.8.8", "8.8.8.8"},
			{"::ffff:203.0.113.9", "203.0.113.9"},
			{"host 203.0.113.7.", "203.0.113.7"},
		},
		NoMatch: []string{
			"Chrome/120.0.0.0 Safari", "Chrome/120.0.6099.109", "version 10.0.19.41", "v10.2.3.4", "1.2.3.4", "256.1.1.1", "10.0.0.01", "1.3.6.1.4.1.311",
			"127.0.0.1", "0.0.0.0", "255.255.255.0", "10.20.30.40-beta", "libfoo-10.11.12.13", "120.0.0.0", "10.1.2.3.4", "section 10.2.1.3", "10.3.2.5. Access Counts",
		},
	},
}

func checkIPv4(value string) int {
	var octets [4]int
	rest := value
	for i := range octets {
		part := rest
		if i < 3 {
			dot := strings.IndexByte(rest, '.')
			part, rest = rest[:dot], rest[dot+1:]
		}
		if len(part) > 1 && part[0] == '0' {
			return 0
		}
		for _, c := range part {
			octets[i] = octets[i]*10 + int(c-'0')
		}
		if octets[i] > 255 {
			return 0
		}
	}
	nobody := octets[0] == 0 || octets[0] == 127 || octets[0] == 255 || octets[1]|octets[2]|octets[3] == 0
	return whole(value, !nobody)
}

// distinct tells whether one number is 32 or more, which numbers of sections
// and versions seldom are.
func distinct(value string) bool {
	n := 0
	for i := 0; i < len(value); i++ {
		if value[i] == '.' {
			n = 0
		} else if n = n*10 + int(value[i]-'0'); n >= 32 {
			return true
		}
	}
	return false
}
