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
	entries []entry
	// issued are indexes into entries by the hash of the value (fmt prints the keys
	// of maps), of the last one with a hash, and indexed is how many are in it:
	// answers issue nothing and need none.
	issued  map[uint64]int
	indexed int
	stems   []used
	hosts   []string
	knows   map[string]bool // the hosts
	sent    []secret.String
	sentAt  map[uint64][]int // indexes into sent by the hash of the value
}

// used are the numbers of a stem that are taken: the last one issued, and others.
type used struct {
	stem     Stem
	last     int
	reserved map[int]struct{}
}

// seed is the one of all hashes of values.
var seed = maphash.MakeSeed()

type entry struct {
	stem     Stem
	number   int
	value    secret.String
	restore  bool
	isNumber bool // it stood for a JSON number, and never for a text
	alike    int  // the index of an earlier entry whose value has the same hash, -1 for none
}

// NewVault returns an empty vault.
func NewVault() *Vault {
	return &Vault{}
}

// Reserve keeps the numbers of all that anybody could take for a placeholder in
// text from being issued, unless this vault issued them itself. It also takes
// note of the hosts that text has links to.
func (v *Vault) Reserve(r *Reader, text string) {
	r.Each(text, func(s Stem, number, _, _ int) {
		u := v.used(s)
		if u.reserved == nil {
			u.reserved = map[int]struct{}{}
		}
		u.reserved[number] = struct{}{}
	})
	if !mayLink(text) {
		return
	}
	k := link{resolved: v.addHost}
	k.passText(text)
	k.end()
}

// used returns the numbers of a stem, good until the next call.
func (v *Vault) used(s Stem) *used {
	for i := range v.stems {
		if v.stems[i].stem == s {
			return &v.stems[i]
		}
	}
	v.stems = append(v.stems, used{stem: s})
	return &v.stems[len(v.stems)-1]
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
	hash := maphash.String(seed, value)
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
	v.index()
	hash := maphash.String(seed, value)
	alike, ok := v.issued[hash]
	for ok && alike >= 0 {
		e := &v.entries[alike]
		if e.stem == s && e.restore == restore && e.value.Reveal() == value {
			e.isNumber = e.isNumber && isNumber
			return s.Format(e.number)
		}
		alike = e.alike
	}
	u := v.used(s)
	number := u.last + 1
	for {
		if _, taken := u.reserved[number]; !taken {
			break
		}
		number++
	}
	v.add(entry{stem: s, number: number, value: secret.New(value), restore: restore, isNumber: isNumber})
	v.indexAs(hash)
	return s.Format(number)
}

func (v *Vault) add(e entry) {
	v.entries = append(v.entries, e)
	u := v.used(e.stem)
	u.last = max(u.last, e.number)
}

// index puts the entries into the index that are not in it: those of a decoded
// vault. A value that stayed behind cannot be looked up.
func (v *Vault) index() {
	for v.indexed < len(v.entries) {
		if e := &v.entries[v.indexed]; e.restore {
			v.indexAs(maphash.String(seed, e.value.Reveal()))
		} else {
			v.indexed++
		}
	}
}

// indexAs puts the next entry into the index.
func (v *Vault) indexAs(hash uint64) {
	if v.issued == nil {
		v.issued = map[uint64]int{}
	}
	e := &v.entries[v.indexed]
	e.alike = -1
	if i, ok := v.issued[hash]; ok {
		e.alike = i
	}
	v.issued[hash] = v.indexed
	v.indexed++
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
	c := *v
	c.entries, c.issued, c.stems = slices.Clone(v.entries), maps.Clone(v.issued), slices.Clone(v.stems)
	for i := range c.stems {
		c.stems[i].reserved = maps.Clone(v.stems[i].reserved)
	}
	c.hosts, c.knows, c.sent = slices.Clone(v.hosts), maps.Clone(v.knows), slices.Clone(v.sent)
	c.sentAt = maps.Clone(v.sentAt)
	for hash, list := range c.sentAt {
		c.sentAt[hash] = slices.Clone(list)
	}
	return &c
}

// count counts the placeholders of a stem.
func (v *Vault) count(s Stem) int {
	n := 0
	for i := range v.entries {
		if v.entries[i].stem == s {
			n++
		}
	}
	return n
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
	size := 64
	for _, e := range v.entries {
		size += len(e.value.Reveal()) + len(e.stem.prefix) + len(e.stem.suffix) + 8
	}
	b := binary.AppendUvarint(make([]byte, 0, size), uint64(len(v.hosts)))
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

// usualEntry is how many bytes an encoded entry has at least, most of the time.
const usualEntry = 32

var errVault = errors.New("placeholder: not the text of a vault")

// Decode reads the text of a vault; no text is an empty one.
func Decode(text string) (*Vault, error) {
	v := NewVault()
	if text == "" {
		return v, nil
	}
	r := reader{text: text}
	v.entries = make([]entry, 0, len(text)/usualEntry+1)
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
		if flags&restorable != 0 {
			e.value, e.restore = secret.New(value), true
		}
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
