package placeholder

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"maps"
	"slices"
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
	entries []entry
	texts   strings.Builder // of the placeholders
	// issued are the last ones of the entries whose values have hashes that end
	// alike, counted from 1 on, and indexed is how many entries it knows: answers
	// issue nothing and need none.
	issued  []int32
	indexed int
	stems   []used
	hosts   []string
	knows   map[string]bool // the hosts, when they are many
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
	value    secret.String // none if it has stayed behind
	number   int
	hash     uint32 // of the value, once it is in the index
	stem     int32  // its place in stems
	alike    int32  // the entry before it whose hash ends alike, counted from 1 on
	restore  bool
	isNumber bool // it stood for a JSON number, and never for a text
}

// NewVault returns an empty vault.
func NewVault() *Vault {
	return &Vault{}
}

// Reserve keeps the numbers of all that anybody could take for a placeholder in
// text from being issued, unless this vault issued them itself. It also takes
// note of the hosts that text has links to. Nothing of the text is kept: its memory
// may be used again.
func (v *Vault) Reserve(r *Reader, text string) {
	r.Each(text, func(s Stem, number, _, _ int) {
		u := &v.stems[v.used(s)]
		if u.reserved == nil {
			u.reserved = map[int]struct{}{}
		}
		u.reserved[number] = struct{}{}
	})
	if mayLink(text) {
		k := link{resolved: v.addHost}
		k.passText(text)
		k.end()
	}
}

// used returns the place of a stem's numbers.
func (v *Vault) used(s Stem) int32 {
	for i := range v.stems {
		if v.stems[i].stem == s {
			return int32(i)
		}
	}
	if v.stems == nil {
		v.stems = make([]used, 0, usualStems)
	}
	v.stems = append(v.stems, used{stem: s})
	return int32(len(v.stems) - 1)
}

// usualStems is how many stems a vault has at most, most of the time.
const usualStems = 4

// fewHosts are looked through one by one.
const fewHosts = 8

func (v *Vault) addHost(host string) {
	if len(v.hosts) <= fewHosts && slices.Contains(v.hosts, host) || v.knows[host] {
		return
	}
	v.hosts = append(v.hosts, host)
	switch {
	case v.knows != nil:
		v.knows[host] = true
	case len(v.hosts) > fewHosts:
		v.knows = make(map[string]bool, 2*len(v.hosts))
		for _, h := range v.hosts {
			v.knows[h] = true
		}
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

// Expect makes room for a number of values that are about to be issued.
func (v *Vault) Expect(values int) {
	v.entries = slices.Grow(v.entries, min(values, maxExpected))
}

// maxExpected bounds how many values get room at once: many may be the same one.
const maxExpected = 64

// Issue is [Vault.IssueFor] for a value that has no place of its own yet.
func (v *Vault) Issue(s Stem, value string, restore, isNumber bool) string {
	return v.IssueFor(s, secret.New(value), restore, isNumber)
}

// IssueFor returns the placeholder for a value: the same one for the same exact
// spelling under the same stem. restore tells whether answers get the value
// back, and isNumber that the value was all of a JSON number.
func (v *Vault) IssueFor(s Stem, value secret.String, restore, isNumber bool) string {
	v.index()
	stem, hash := v.used(s), hashOf(value.Reveal())
	u := &v.stems[stem]
	for at := v.last(hash); at > 0; at = v.entries[at-1].alike {
		e := &v.entries[at-1]
		if e.hash == hash && e.stem == stem && e.restore == restore && e.value.Reveal() == value.Reveal() {
			e.isNumber = e.isNumber && isNumber
			return v.format(s, e.number)
		}
	}
	number := u.last + 1
	for {
		if _, taken := u.reserved[number]; !taken {
			break
		}
		number++
	}
	v.add(entry{stem: stem, number: number, value: value, hash: hash, restore: restore, isNumber: isNumber})
	v.enlist()
	return v.format(s, number)
}

// textRoom is how many bytes of placeholders take one allocation.
const textRoom = 256

// format is [Stem.Format] without an allocation for each placeholder.
func (v *Vault) format(s Stem, number int) string {
	var buffer [64]byte
	text := s.append(buffer[:0], number)
	if v.texts.Cap()-v.texts.Len() < len(text) {
		v.texts = strings.Builder{} // what is in use already stays as it is
		v.texts.Grow(max(len(text), textRoom))
	}
	start := v.texts.Len()
	v.texts.Write(text)
	return v.texts.String()[start:]
}

func (v *Vault) add(e entry) {
	v.entries = append(v.entries, e)
	u := &v.stems[e.stem]
	u.last = max(u.last, e.number)
}

// hashOf returns the hash of a value.
func hashOf(value string) uint32 { return uint32(maphash.String(seed, value)) }

// last returns the last entry whose value has a hash that ends like that one,
// counted from 1 on, and 0 for none.
func (v *Vault) last(hash uint32) int32 {
	if len(v.issued) == 0 {
		return 0
	}
	return v.issued[hash%uint32(len(v.issued))]
}

// index puts the entries into the index that are not in it: those of a decoded
// vault.
func (v *Vault) index() {
	for v.indexed < len(v.entries) {
		e := &v.entries[v.indexed]
		e.hash = hashOf(e.value.Reveal())
		v.enlist()
	}
}

// enlist puts the next entry into the index.
func (v *Vault) enlist() {
	first := v.indexed
	v.indexed++
	if v.indexed > len(v.issued) {
		v.issued = make([]int32, max(16, 4*len(v.issued)))
		first = 0
	}
	for i := first; i < v.indexed; i++ {
		// A value that stayed behind cannot be looked up.
		if e := &v.entries[i]; e.value != (secret.String{}) {
			list := &v.issued[e.hash%uint32(len(v.issued))]
			e.alike, *list = *list, int32(i+1)
		}
	}
}

// Restorable counts the placeholders that answers get their value back for.
func (v *Vault) Restorable() int {
	n := 0
	for i := range v.entries {
		if v.entries[i].restore {
			n++
		}
	}
	return n
}

// Clone returns a vault that knows the same and goes its own way.
func (v *Vault) Clone() *Vault {
	c := *v
	c.entries, c.issued, c.stems = slices.Clone(v.entries), slices.Clone(v.issued), slices.Clone(v.stems)
	c.texts = strings.Builder{}
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
	// A number, and how long a text is, has one byte most of the time.
	size := 64
	for _, h := range v.hosts {
		size += len(h) + 2
	}
	for _, value := range v.sent {
		size += len(value.Reveal()) + 2
	}
	for i := range v.entries {
		e := &v.entries[i]
		s := &v.stems[e.stem].stem
		size += len(s.prefix) + len(s.suffix) + len(e.value.Reveal()) + 8
	}
	var b strings.Builder
	b.Grow(size)
	writeUvarint(&b, len(v.hosts))
	for _, h := range v.hosts {
		writeString(&b, h)
	}
	writeUvarint(&b, len(v.sent))
	for _, value := range v.sent {
		writeString(&b, value.Reveal())
	}
	for i := range v.entries {
		e := &v.entries[i]
		value, flags := "", 0
		if e.restore {
			value, flags = e.value.Reveal(), restorable
		}
		if e.isNumber {
			flags |= fromNumber
		}
		s := &v.stems[e.stem].stem
		writeUvarint(&b, e.number)
		writeUvarint(&b, flags)
		writeString(&b, s.prefix)
		writeString(&b, s.suffix)
		writeString(&b, value)
	}
	return b.String()
}

// writeUvarint writes a number that is not negative as encoding/binary does.
func writeUvarint(b *strings.Builder, n int) {
	for ; n >= 0x80; n >>= 7 {
		b.WriteByte(byte(n) | 0x80)
	}
	b.WriteByte(byte(n))
}

func writeString(b *strings.Builder, s string) {
	writeUvarint(b, len(s))
	b.WriteString(s)
}

// usualEntry is how many bytes an encoded entry has at least, most of the time.
const usualEntry = 32

var errVault = errors.New("placeholder: not the text of a vault")

// Decode reads the text of a vault; no text is an empty one.
func Decode(text string) (*Vault, error) {
	if text == "" {
		return NewVault(), nil
	}
	all := &struct {
		Vault
		stems [usualStems]used
	}{}
	v := &all.Vault
	v.stems = all.stems[:0]
	r := reader{text: text}
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		v.addHost(r.string())
	}
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		v.AddSent(r.string())
	}
	v.entries = make([]entry, 0, (len(r.text)-r.at)/usualEntry+1)
	values := make([]string, 0, cap(v.entries))
	for r.more() {
		number, flags := r.uvarint(), r.uvarint()
		stem := Stem{r.string(), r.string()}
		value := r.string()
		if r.bad || flags > restorable|fromNumber || number == 0 || stem.prefix == "" {
			return nil, errVault
		}
		e := entry{stem: v.used(stem), number: int(number), isNumber: flags&fromNumber != 0}
		if flags&restorable != 0 {
			if len(values) == cap(values) {
				values = make([]string, 0, 2*cap(values)) // those before keep their places
			}
			values = append(values, value)
			e.value, e.restore = secret.Of(&values[len(values)-1]), true
		}
		v.add(e)
	}
	if r.bad {
		return nil, errVault
	}
	return v, nil
}

// reader reads what was encoded, from a place on.
type reader struct {
	text string
	at   int
	bad  bool
}

// more tells whether there is more to be read.
func (r *reader) more() bool { return r.at < len(r.text) && !r.bad }

func (r *reader) uvarint() uint64 {
	if r.at < len(r.text) && r.text[r.at] < 0x80 {
		r.at++
		return uint64(r.text[r.at-1])
	}
	// A uvarint has at most ten bytes.
	n, size := binary.Uvarint([]byte(r.text[r.at:min(len(r.text), r.at+binary.MaxVarintLen64)]))
	if size <= 0 || n > 1<<40 {
		r.bad = true
		return 0
	}
	r.at += size
	return n
}

func (r *reader) string() string {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.text)-r.at) {
		r.bad = true
		return ""
	}
	begin := r.at
	r.at += int(n)
	return r.text[begin:r.at]
}
