package normalize

import (
	"math"
	"sort"
)

// layer is the way back through one pass.
type layer struct {
	edits         []edit
	anchors       []anchor
	before, after int // lengths of the text before and after the pass
}

// edit is a part of a text in which all units had the same length and became
// texts of the same length, with the part before it that stayed. It is small,
// since there may be one for every few bytes of a text.
type edit struct {
	gap      uint16 // how many bytes stayed
	count    uint16 // how many units follow
	from, to uint16 // the lengths of a unit before and after the pass
}

// anchor is where an edit begins in the text before and after the pass. There
// is one for every stride edits.
type anchor struct{ before, after int }

const stride = 32

func (l *layer) reset() { l.edits, l.anchors = l.edits[:0], l.anchors[:0] }

// add notes that a unit becomes to bytes, after gap bytes that stay. The gap
// begins at start.
func (l *layer) add(start anchor, gap, from, to int) {
	if n := len(l.edits); n > 0 && gap == 0 {
		if e := &l.edits[n-1]; int(e.from) == from && int(e.to) == to && e.count < math.MaxUint16 {
			e.count++
			return
		}
	}
	for ; gap > math.MaxUint16; gap -= math.MaxUint16 {
		l.push(start, edit{gap: math.MaxUint16})
		start.before += math.MaxUint16
		start.after += math.MaxUint16
	}
	l.push(start, edit{uint16(gap), 1, uint16(from), uint16(to)})
}

func (l *layer) push(start anchor, e edit) {
	if len(l.edits)%stride == 0 {
		l.anchors = append(l.anchors, start)
	}
	l.edits = append(l.edits, e)
}

// span is [Text.Span] for one pass.
func (l *layer) span(start, end int) (from, to int) {
	from, to = 0, l.before
	if start > 0 {
		from, _ = l.unit(start)
	}
	switch {
	case start == end && end < l.after:
		to = from
	case end < l.after:
		_, to = l.unit(end - 1)
	}
	return from, to
}

// unit is what the byte at after was made of.
func (l *layer) unit(after int) (from, to int) {
	if after >= l.after {
		return l.before, l.before
	}
	var at anchor
	// The last one that begins there or earlier.
	i := sort.Search(len(l.anchors), func(i int) bool { return l.anchors[i].after > after })
	if i > 0 {
		i--
		at = l.anchors[i]
	}
	for _, e := range l.edits[i*stride:] {
		gap, count, unitFrom, unitTo := int(e.gap), int(e.count), int(e.from), int(e.to)
		if after < at.after+gap {
			break
		}
		at.before, at.after = at.before+gap, at.after+gap
		if after < at.after+count*unitTo {
			from = at.before + (after-at.after)/unitTo*unitFrom
			return from, from + unitFrom
		}
		at.before, at.after = at.before+count*unitFrom, at.after+count*unitTo
	}
	from = at.before + after - at.after
	return from, from + 1
}

// Stretch is a part of a text that stands in the original too: Size bytes at At,
// and at From in the original.
type Stretch struct{ At, From, Size int }

// Stretches appends what stayed as it was, in order, and says whether that is
// known: it is where the text was rewritten once. Between two stretches something
// changed.
func (t *Text) Stretches(list []Stretch) ([]Stretch, bool) {
	if t.depth != 1 {
		return list, false
	}
	l := &t.layers[0]
	var s Stretch
	for _, e := range l.edits {
		s.Size += int(e.gap)
		if e.count > 0 {
			list = append(list, s)
			s.From += s.Size + int(e.count)*int(e.from)
			s.At += s.Size + int(e.count)*int(e.to)
			s.Size = 0
		}
	}
	s.Size = l.before - s.From
	return append(list, s), true
}
