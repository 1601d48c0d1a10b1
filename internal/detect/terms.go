package detect

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Terms are texts to find, by the hundred thousand. Of those that begin at a
// place the longest is found, and the next one behind it.
//
// They are sorted, so those with the same first four bytes stand together. A
// filter of bits tells for most places of a text that no term begins with the
// four bytes there, and a hash table tells for the others which terms do. Where
// all of these have eight bytes, another filter tells whether one begins with the
// eight bytes there. They are safe for concurrent use.
type Terms struct {
	fold, words bool
	text        string // all terms, one after the other, in order
	places      []uint32
	// shorter is for each term the longest other one that it begins with, -1
	// without any.
	shorter []int32
	longest int

	filter [filterBits / 64]uint64
	eights [filterBits / 64]uint64
	slots  []slot
	mask   uint32
	// shorterThanEight tells that not all terms have eight bytes.
	shorterThanEight bool
	// inside has a bit for each byte behind which no term begins.
	inside [256]uint64
	// foreign has the bits of bytes that the tables do not fold.
	foreign uint32
	// lengths has a bit for each number of bytes that heads have.
	lengths uint8
}

// partial is added to the size of a head in the filter that is the beginning of
// another one.
const partial = 4

// slot says which terms begin with a head: those from first to last.
type slot struct {
	head
	first, last uint32
	eight       bool // they all have eight bytes and more
}

// head is the beginning of a term: its first bytes, four at the most, and how
// many they are.
type head struct {
	bytes uint32
	size  uint32
}

const filterBits = 1 << 20

func hashEight(bytes uint64) uint32 { return uint32(bytes * 0x9E3779B97F4A7C15 >> 40) }

func (h head) hash() uint32 {
	return uint32((uint64(h.bytes)<<3 | uint64(h.size)) * 0x9E3779B97F4A7C15 >> 32)
}

// NewTerms prepares terms. With fold, upper and lower case are the same, as with
// (?i). With words, a term whose first or last character is of a word (a letter,
// digit or _ of any script) must not go on as a word there.
func NewTerms(terms []string, fold, words bool) (*Terms, error) {
	t := &Terms{fold: fold, words: words}
	starts := words // every term has to begin where a word does
	sorted := make([]string, len(terms))
	size := 0
	for i, term := range terms {
		switch {
		case term == "":
			return nil, fmt.Errorf("term %d is empty", i+1)
		case len(term) > MaxHeld:
			return nil, fmt.Errorf("term %d is longer than %d bytes", i+1, MaxHeld)
		case !utf8.ValidString(term):
			return nil, fmt.Errorf("term %d is not valid UTF-8", i+1)
		}
		if fold {
			term = strings.Map(canonical, term)
		}
		if first, _ := utf8.DecodeRuneInString(term); !isWord(first) {
			starts = false
		}
		sorted[i] = term
		size += len(term)
	}
	if len(terms) == 0 {
		return nil, errors.New("there are no terms")
	}
	if size > 1<<30 {
		return nil, errors.New("the terms are larger than a gigabyte")
	}
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	t.text = strings.Join(sorted, "")
	t.places = append(make([]uint32, 0, len(sorted)+1), 0)
	t.shorter = make([]int32, 0, len(sorted))
	var open []int32 // the terms that the current one begins with
	for i, term := range sorted {
		t.places = append(t.places, t.places[i]+uint32(len(term)))
		t.longest = max(t.longest, len(term))
		for len(open) > 0 && !strings.HasPrefix(term, sorted[open[len(open)-1]]) {
			open = open[:len(open)-1]
		}
		shorter := int32(-1)
		if len(open) > 0 {
			shorter = open[len(open)-1]
		}
		t.shorter = append(t.shorter, shorter)
		open = append(open, int32(i))
	}
	t.index(sorted)
	for b := range utf8.RuneSelf {
		if starts && isWord(rune(b)) {
			t.inside[b] = 1
		}
	}
	if fold || strings.ContainsRune(t.text, utf8.RuneError) {
		t.foreign = 0x80808080
	}
	return t, nil
}

// index fills the filter and the hash table.
func (t *Terms) index(sorted []string) {
	var list []slot
	for i, term := range sorted {
		h := headOf(term)
		if n := len(list); n > 0 && list[n-1].head == h {
			list[n-1].last = uint32(i)
		} else {
			list = append(list, slot{h, uint32(i), uint32(i), true})
		}
		if len(term) >= 8 {
			hash := hashEight(binary.LittleEndian.Uint64([]byte(term[:8])))
			t.eights[hash%filterBits/64] |= 1 << (hash % 64)
		} else {
			list[len(list)-1].eight = false
			t.shorterThanEight = true
		}
	}
	size := uint32(1) << bits.Len32(uint32(2*len(list)))
	t.slots, t.mask = make([]slot, size), size-1
	for _, s := range list {
		t.admit(s.head)
		for size := uint32(1); size < s.size; size++ {
			t.admit(head{s.cut(size), size + partial})
		}
		t.lengths |= 1 << s.size
		at := s.hash() & t.mask
		for t.slots[at].size != 0 {
			at = (at + 1) & t.mask
		}
		t.slots[at] = s
	}
}

func (t *Terms) admit(h head) {
	hash := h.hash()
	t.filter[hash%filterBits/64] |= 1 << (hash % 64)
}

// cut returns the first bytes of a head.
func (h head) cut(size uint32) uint32 { return h.bytes & (1<<(8*size) - 1) }

func headOf(term string) head {
	h := head{size: uint32(min(4, len(term)))}
	for i := range h.size {
		h.bytes |= uint32(term[i]) << (8 * i)
	}
	return h
}

func (t *Terms) term(i int32) string { return t.text[t.places[i]:t.places[i+1]] }

// canonical returns the same character for all that differ in case only.
func canonical(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(upper[r])
	}
	if r > lastCased {
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}

// lastCased is beyond the last character with an upper or lower case.
const lastCased = 0x1FFFF

// upper has the upper case of each ASCII character.
var upper = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'a' <= i && i <= 'z' {
			table[i] -= 'a' - 'A'
		}
	}
	return table
}()

// exact has each byte as it is.
var exact = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
	}
	return table
}()

// find returns the first term in text that begins at from or behind. Unless the
// text is final it may go on; then, or without a term, before is where the search
// has to go on once there is more.
func (t *Terms) find(text string, from int, final bool) (start, end, before int) {
	table := &exact
	if t.fold {
		table = &upper
	}
	for at := t.skip(text, from, table); at < len(text); at = t.skip(text, at, table) {
		h, complete := t.headAt(text, at, final)
		if !complete && !final && (h.size == 0 || t.may(head{h.bytes, h.size + partial})) {
			return -1, -1, at
		}
		end, more := t.match(h, text, at, final)
		if more {
			return -1, -1, at
		}
		if end > at {
			return at, end, end
		}
		at = next(text, at)
	}
	return -1, -1, max(from, len(text))
}

// skip returns the first place from a place on where a term may begin.
func (t *Terms) skip(text string, at int, table *[256]byte) int {
	if t.lengths != 1<<4 || at+4 > len(text) {
		return at
	}
	inside := &t.inside
	before := byte(' ')
	if at > 0 {
		before = text[at-1]
	}
	bytes := uint32(table[text[at]])<<8 | uint32(table[text[at+1]])<<16 | uint32(table[text[at+2]])<<24
	for ; at+4 <= len(text); at++ {
		bytes = bytes>>8 | uint32(table[text[at+3]])<<24
		hash := head{bytes, 4}.hash()
		if t.filter[hash%filterBits/64]>>(hash%64)&^inside[before]&1 != 0 && (t.shorterThanEight || t.mayEight(text, at)) {
			return at
		}
		if bytes&t.foreign != 0 {
			return at // the table does not know how other scripts fold
		}
		before = text[at]
	}
	return at
}

// may tells whether the filter knows a head.
func (t *Terms) may(h head) bool {
	hash := h.hash()
	return t.filter[hash%filterBits/64]&(1<<(hash%64)) != 0
}

// match returns the end of the longest term that begins at a place, where the
// text has a head, or the place itself. more tells that it takes more text to
// know.
func (t *Terms) match(h head, text string, at int, final bool) (end int, more bool) {
	end = at
	for size := uint32(1); size <= h.size; size++ {
		known := head{h.cut(size), size}
		if t.lengths&(1<<size) == 0 || !t.may(known) {
			continue
		}
		s := t.slot(known)
		if s == nil || s.eight && !t.mayEight(text, at) {
			continue
		}
		longer, more := t.among(s, text, at, final)
		if more {
			return at, true
		}
		end = max(end, longer)
	}
	return end, false
}

// mayEight tells whether a term may begin with the next eight bytes, if the
// filter can tell: it does not know how other scripts fold.
func (t *Terms) mayEight(text string, at int) bool {
	if at+8 > len(text) {
		return true
	}
	b := text[at : at+8]
	bytes := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
	const each = 0x0101010101010101
	if t.foreign != 0 && bytes&(0x80*each) != 0 {
		return true
	}
	if t.fold {
		// The upper bit of each byte that is at least an a, but no more than a z.
		lower := (bytes + (0x80-'a')*each) &^ (bytes + (0x80-'z'-1)*each) & (0x80 * each)
		bytes -= lower >> 2
	}
	hash := hashEight(bytes)
	return t.eights[hash%filterBits/64]&(1<<(hash%64)) != 0
}

// headAt returns the head that a text has at a place, and whether it is all
// there.
func (t *Terms) headAt(text string, at int, final bool) (h head, complete bool) {
	for h.size < 4 && at < len(text) {
		r, width := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			if !final && !utf8.FullRuneInString(text[at:]) {
				return h, false
			}
			r, width = utf8.DecodeRuneInString(text[at:])
		}
		at += width
		if t.fold {
			r = canonical(r)
		}
		var encoded [utf8.UTFMax]byte
		for _, b := range encoded[:utf8.EncodeRune(encoded[:], r)] {
			if h.size < 4 {
				h.bytes |= uint32(b) << (8 * h.size)
				h.size++
			}
		}
	}
	return h, h.size == 4
}

func (t *Terms) slot(h head) *slot {
	for at := h.hash() & t.mask; t.slots[at].size != 0; at = (at + 1) & t.mask {
		if t.slots[at].head == h {
			return &t.slots[at]
		}
	}
	return nil
}

// among finds the longest term of a slot that a text has at a place.
func (t *Terms) among(s *slot, text string, at int, final bool) (end int, more bool) {
	low, high := int32(s.first), int32(s.last)+1
	// Of the terms that are not behind the text in order, the last one has the
	// longest beginning in common with it.
	for low < high {
		middle := (low + high) / 2
		_, _, order := t.compare(text, at, t.term(middle), final)
		if order == ends && !final {
			return at, true
		}
		if order == before || order == ends {
			high = middle
		} else {
			low = middle + 1
		}
	}
	i := low - 1
	if i < int32(s.first) {
		return at, false
	}
	common, _, _ := t.compare(text, at, t.term(i), final)
	for ; i >= 0; i = t.shorter[i] {
		term := t.term(i)
		if len(term) > common {
			continue
		}
		_, end, _ := t.compare(text, at, term, final)
		switch ok, unsure := t.stands(text, at, end, term, final); {
		case unsure:
			return at, true
		case ok:
			return end, false
		}
	}
	return at, false
}

// How a text compares with a term.
const (
	before = iota // the text comes before the term in order
	ends          // the text is the beginning of the term
	begins        // the text begins with the term
	behind        // the text comes behind the term in order
)

// compare compares a text from a place on with a term. It returns how many bytes
// of the term they have in common, and where these end in the text.
func (t *Terms) compare(text string, at int, term string, final bool) (common, end, order int) {
	for common < len(term) {
		if at >= len(text) {
			return common, at, ends
		}
		if term[common] == text[at] && text[at] < utf8.RuneSelf && !t.fold {
			common++
			at++
			continue
		}
		want, size := rune(term[common]), 1
		if want >= utf8.RuneSelf {
			want, size = utf8.DecodeRuneInString(term[common:])
		}
		have, width := rune(text[at]), 1
		if have >= utf8.RuneSelf {
			if !final && !utf8.FullRuneInString(text[at:]) {
				return common, at, ends
			}
			have, width = utf8.DecodeRuneInString(text[at:])
		}
		if t.fold {
			have = canonical(have)
		}
		if have != want {
			if have < want {
				return common, at, before
			}
			return common, at, behind
		}
		common += size
		at += width
	}
	return common, at, begins
}

// stands tells whether a term stands as a word of its own, if it has to.
func (t *Terms) stands(text string, start, end int, term string, final bool) (ok, more bool) {
	if !t.words {
		return true, false
	}
	if first, _ := utf8.DecodeRuneInString(term); isWord(first) {
		if r, _ := utf8.DecodeLastRuneInString(text[:start]); start > 0 && isWord(r) {
			return false, false
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(term); isWord(last) {
		if !final && !utf8.FullRuneInString(text[end:]) {
			return false, true
		}
		if r, _ := utf8.DecodeRuneInString(text[end:]); end < len(text) && isWord(r) {
			return false, false
		}
	}
	return true, false
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M)
}
