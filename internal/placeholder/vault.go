package placeholder

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"maps"
	"slices"

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
	hosts    []string
	knows    map[string]bool // the hosts
	sent     []secret.String
	sentAt   map[uint64][]int // indexes into sent by the hash of the value
}

type entry struct {
	stem     Stem
	number   int
	value    secret.String
	restore  bool
	isNumber bool // it stood for a JSON number, and never for a text
}

// NewVault returns an empty vault.
func NewVault() *Vault {
	return &Vault{seed: maphash.MakeSeed(), last: map[Stem]int{}}
}

// Reserve keeps the numbers of all that anybody could take for a placeholder in
// text from being issued, unless this vault issued them itself. It also takes
// note of the hosts that text has links to.
func (v *Vault) Reserve(r *Reader, text string) {
	r.Each(text, func(s Stem, number, _, _ int) {
		if v.reserved == nil {
			v.reserved = map[Stem]map[int]struct{}{}
		}
		if v.reserved[s] == nil {
			v.reserved[s] = map[int]struct{}{}
		}
		v.reserved[s][number] = struct{}{}
	})
	if !mayLink(text) {
		return
	}
	k := link{resolved: v.addHost}
	k.passText(text)
	k.end()
}

func (v *Vault) addHost(host string) {
	if v.knows == nil {
		v.knows = map[string]bool{}
	}
	if !v.knows[host] {
		v.knows[host] = true
		v.hosts = append(v.hosts, host)
	}
}

// AddSent takes note of a value of the caller's that answers may hold.
func (v *Vault) AddSent(value string) {
	hash := maphash.String(v.seed, value)
	for _, i := range v.sentAt[hash] {
		if v.sent[i].Reveal() == value {
			return
		}
	}
	if v.sentAt == nil {
		v.sentAt = map[uint64][]int{}
	}
	v.sentAt[hash] = append(v.sentAt[hash], len(v.sent))
	v.sent = append(v.sent, secret.New(value))
}

// Sent returns the values that were taken note of.
func (v *Vault) Sent() []secret.String { return v.sent }

// Issue returns the placeholder for a value: the same one for the same exact
// spelling under the same stem. restore tells whether answers get the value
// back, and isNumber that the value was all of a JSON number.
func (v *Vault) Issue(s Stem, value string, restore, isNumber bool) string {
	for _, i := range v.issued[maphash.String(v.seed, value)] {
		e := &v.entries[i]
		if e.stem == s && e.restore == restore && e.value.Reveal() == value {
			e.isNumber = e.isNumber && isNumber
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
	v.add(entry{s, number, secret.New(value), restore, isNumber})
	return s.Format(number)
}

func (v *Vault) add(e entry) {
	hash := maphash.String(v.seed, e.value.Reveal())
	if v.issued == nil {
		v.issued = map[uint64][]int{}
	}
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

// Clone returns a vault that knows the same and goes its own way.
func (v *Vault) Clone() *Vault {
	c := NewVault()
	c.seed = v.seed
	c.entries = slices.Clone(v.entries)
	c.last, c.knows = maps.Clone(v.last), maps.Clone(v.knows)
	c.issued, c.sentAt = cloneLists(v.issued), cloneLists(v.sentAt)
	c.hosts, c.sent = slices.Clone(v.hosts), slices.Clone(v.sent)
	for stem, numbers := range v.reserved {
		if c.reserved == nil {
			c.reserved = map[Stem]map[int]struct{}{}
		}
		c.reserved[stem] = maps.Clone(numbers)
	}
	return c
}

func cloneLists(m map[uint64][]int) map[uint64][]int {
	c := make(map[uint64][]int, len(m))
	for hash, list := range m {
		c[hash] = slices.Clone(list)
	}
	return c
}

// Empty tells whether there is nothing to be known about answers.
func (v *Vault) Empty() bool { return len(v.entries) == 0 && len(v.sent) == 0 }

// Bits of what an encoded entry says about itself.
const (
	restorable = 1 << iota
	fromNumber
)

// Encode returns the vault as text that [Decode] reads, for the way through
// KrakenD's request parameters. Values that are never restored stay behind.
// The text is not printable and not meant to be.
func (v *Vault) Encode() string {
	b := binary.AppendUvarint(nil, uint64(len(v.hosts)))
	for _, h := range v.hosts {
		b = appendString(b, h)
	}
	b = binary.AppendUvarint(b, uint64(len(v.sent)))
	for _, value := range v.sent {
		b = appendString(b, value.Reveal())
	}
	for _, e := range v.entries {
		value, flags := "", uint64(0)
		if e.restore {
			value, flags = e.value.Reveal(), restorable
		}
		if e.isNumber {
			flags |= fromNumber
		}
		b = binary.AppendUvarint(b, uint64(e.number))
		b = binary.AppendUvarint(b, flags)
		b = appendString(b, e.stem.prefix)
		b = appendString(b, e.stem.suffix)
		b = appendString(b, value)
	}
	return string(b)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errVault = errors.New("placeholder: not the text of a vault")

// Decode reads the text of a vault; no text is an empty one.
func Decode(text string) (*Vault, error) {
	v := NewVault()
	if text == "" {
		return v, nil
	}
	r := reader{text: text}
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		v.addHost(r.string())
	}
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		v.AddSent(r.string())
	}
	for r.text != "" && !r.bad {
		number, flags := r.uvarint(), r.uvarint()
		stem := Stem{r.string(), r.string()}
		value := r.string()
		if r.bad || flags > restorable|fromNumber || number == 0 || stem.prefix == "" {
			return nil, errVault
		}
		e := entry{stem: stem, number: int(number), isNumber: flags&fromNumber != 0}
		if flags&restorable == 0 {
			// The value stayed behind, so it cannot be looked up again.
			v.last[stem] = max(v.last[stem], e.number)
			v.entries = append(v.entries, e)
			continue
		}
		e.value, e.restore = secret.New(value), true
		v.add(e)
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
