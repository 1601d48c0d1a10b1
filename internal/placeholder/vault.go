package placeholder

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// Vault holds which placeholder stands for which value in one request. It is
// made for the request and travels with it; nothing outlives it.
//
// Numbers follow the order of issue and skip every number that stands in the
// request already, so that a placeholder somebody typed is never taken for one
// of ours. Texts must therefore be reserved before the first issue.
type Vault struct {
	entries  []entry
	issued   map[uint64][]int // indexes into entries by the hash of the value: fmt prints the keys of maps
	seed     maphash.Seed
	last     map[Stem]int
	reserved map[Stem]map[int]struct{}
}

type entry struct {
	stem    Stem
	number  int
	value   secret.String
	restore bool
}

// NewVault returns an empty vault.
func NewVault() *Vault {
	return &Vault{
		issued:   map[uint64][]int{},
		seed:     maphash.MakeSeed(),
		last:     map[Stem]int{},
		reserved: map[Stem]map[int]struct{}{},
	}
}

// Reserve keeps the numbers of all placeholders of the stems that stand in
// text from being issued, unless this vault issued them itself.
func (v *Vault) Reserve(stems []Stem, text string) {
	for _, s := range stems {
		eachPlaceholder(s, text, func(_, _, number int) {
			if v.reserved[s] == nil {
				v.reserved[s] = map[int]struct{}{}
			}
			v.reserved[s][number] = struct{}{}
		})
	}
}

// Issue returns the placeholder for a value: the same one for the same exact
// spelling under the same stem. restore tells whether answers get the value
// back.
func (v *Vault) Issue(s Stem, value string, restore bool) string {
	for _, i := range v.issued[maphash.String(v.seed, value)] {
		if e := v.entries[i]; e.stem == s && e.restore == restore && e.value.Reveal() == value {
			return s.Format(e.number)
		}
	}
	number := v.last[s] + 1
	for {
		if _, taken := v.reserved[s][number]; !taken {
			break
		}
		number++
	}
	v.add(entry{s, number, secret.New(value), restore})
	return s.Format(number)
}

func (v *Vault) add(e entry) {
	hash := maphash.String(v.seed, e.value.Reveal())
	v.issued[hash] = append(v.issued[hash], len(v.entries))
	v.entries = append(v.entries, e)
	if e.number > v.last[e.stem] {
		v.last[e.stem] = e.number
	}
}

// Restorable counts the placeholders that answers get their value back for.
func (v *Vault) Restorable() int {
	n := 0
	for _, e := range v.entries {
		if e.restore {
			n++
		}
	}
	return n
}

// Empty tells whether nothing was issued.
func (v *Vault) Empty() bool { return len(v.entries) == 0 }

// Encode returns the vault as text that [Decode] reads, for the way through
// KrakenD's request parameters. Values that are never restored stay behind.
// The text is not printable and not meant to be.
func (v *Vault) Encode() string {
	var b []byte
	for _, e := range v.entries {
		value, flag := "", uint64(0)
		if e.restore {
			value, flag = e.value.Reveal(), 1
		}
		b = binary.AppendUvarint(b, uint64(e.number))
		b = binary.AppendUvarint(b, flag)
		for _, s := range []string{e.stem.prefix, e.stem.suffix, value} {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
	}
	return string(b)
}

var errVault = errors.New("placeholder: not the text of a vault")

// Decode reads the text of a vault.
func Decode(text string) (*Vault, error) {
	v := NewVault()
	r := reader{text: text}
	for r.text != "" && !r.bad {
		number, flag := r.uvarint(), r.uvarint()
		prefix, suffix, value := r.string(), r.string(), r.string()
		if r.bad || flag > 1 || number == 0 || prefix == "" {
			return nil, errVault
		}
		stem := Stem{prefix, suffix}
		if flag == 0 {
			// The value stayed behind, so it cannot be looked up again.
			v.last[stem] = max(v.last[stem], int(number))
			v.entries = append(v.entries, entry{stem: stem, number: int(number)})
			continue
		}
		v.add(entry{stem, int(number), secret.New(value), true})
	}
	if r.bad {
		return nil, errVault
	}
	return v, nil
}

type reader struct {
	text string
	bad  bool
}

func (r *reader) uvarint() uint64 {
	// A uvarint has at most ten bytes.
	n, size := binary.Uvarint([]byte(r.text[:min(len(r.text), binary.MaxVarintLen64)]))
	if size <= 0 || n > 1<<40 {
		r.bad = true
		return 0
	}
	r.text = r.text[size:]
	return n
}

func (r *reader) string() string {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.text)) {
		r.bad = true
		return ""
	}
	s := r.text[:n]
	r.text = r.text[n:]
	return s
}

// eachPlaceholder calls found for every placeholder of the stem in text.
func eachPlaceholder(s Stem, text string, found func(start, end, number int)) {
	for from := 0; ; {
		at := strings.Index(text[from:], s.prefix)
		if at < 0 {
			return
		}
		start := from + at
		number, end := s.parse(text, start+len(s.prefix))
		if end == 0 {
			from = start + 1
			continue
		}
		found(start, end, number)
		from = end
	}
}
