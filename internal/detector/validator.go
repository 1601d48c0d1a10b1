package detector

import (
	"sort"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

// validators are the checksums that patterns of users can ask for, by name.
// They skip everything but letters and digits.
var validators = map[string]func(v *number) bool{
	"luhn":     luhn,
	"ean":      func(v *number) bool { return checksum.EAN(v.string()) },
	"mod97":    func(v *number) bool { return checksum.Mod97(v.string()) },
	"iban":     func(v *number) bool { return checksum.IBAN(v.string()) },
	"mod11_10": func(v *number) bool { return checksum.Mod11_10(v.string()) },
	"mod11_2":  func(v *number) bool { return checksum.Mod11_2(v.string()) },
	"verhoeff": func(v *number) bool { return checksum.Verhoeff(v.string()) },
	"aba":      func(v *number) bool { return v.n == 9 && v.weigh(3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0 },
}

// Validator returns the checksum of that name, in the form of
// [Detector].Check: it says how many leading bytes of a value are right, all or
// none.
func Validator(name string) (func(value string) int, bool) {
	ok, found := validators[name]
	if !found {
		return nil, false
	}
	return func(value string) int {
		v := bare(value)
		return whole(value, ok(&v))
	}, true
}

// Validators returns the names that [Validator] knows, sorted.
func Validators() []string {
	names := make([]string, 0, len(validators))
	for name := range validators {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
