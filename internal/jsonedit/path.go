package jsonedit

import "strconv"

// Path is where a text stands in its document.
type Path struct{ levels []level }

type level struct {
	object  bool
	key     string
	escaped bool // key is as it stands in the document
	index   int
	start   int // where the container begins in the document
	nearest int // the level of the nearest object, -1 for none
}

// Len returns the number of elements.
func (p *Path) Len() int { return len(p.levels) }

// At returns element i, counted from the root: an object key, or the decimal
// index of an array element.
func (p *Path) At(i int) string {
	l := &p.levels[i]
	if !l.object {
		return strconv.Itoa(l.index)
	}
	if l.escaped {
		// Once for all that stands below: a long key may have many children.
		l.key, l.escaped = Unquote(l.key), false
	}
	return l.key
}

// Index returns the index in an array that element i is, and false when it is
// an object key.
func (p *Path) Index(i int) (int, bool) {
	l := p.levels[i]
	return l.index, !l.object
}

// Name returns the nearest object key on the way to the text, which for the
// elements of an array is the key of the array, and "" at the root.
func (p *Path) Name() string {
	if len(p.levels) == 0 {
		return ""
	}
	if i := p.top().nearest; i >= 0 {
		return p.At(i)
	}
	return ""
}

func (p *Path) depth() int { return len(p.levels) }

func (p *Path) reset() { p.levels = p.levels[:0] }

func (p *Path) push(object bool, start int) {
	nearest := len(p.levels)
	if !object {
		nearest = -1
		if len(p.levels) > 0 {
			nearest = p.top().nearest
		}
	}
	p.levels = append(p.levels, level{object: object, start: start, nearest: nearest})
}

func (p *Path) pop() { p.levels = p.levels[:len(p.levels)-1] }

func (p *Path) top() *level { return &p.levels[len(p.levels)-1] }
