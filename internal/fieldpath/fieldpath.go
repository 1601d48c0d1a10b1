// Package fieldpath compiles the dotted paths that configurations use to name
// fields: segments separated by dots, * for every element of an array or
// object, a number for an object key of that name or, in an array, an index
// (the rules of KrakenD's dotnotation). A dot that belongs to a key is written
// \. and a backslash \\.
//
// It knows nothing of what happens to the fields.
package fieldpath

import (
	"errors"
	"strconv"
	"strings"
)

// Path is a compiled path.
type Path struct{ segments []segment }

type segment struct {
	name string
	any  bool
	// index is the element of an array that the segment names, -1 for none.
	index int
}

// ErrEmpty is a path, or a segment of one, with nothing in it.
var ErrEmpty = errors.New("a path must not be empty or have empty segments")

// ErrEscape is a backslash that stands before neither a dot nor a backslash nor
// a star.
var ErrEscape = errors.New(`a backslash must stand before a dot, a star or a backslash`)

// Compile reads a path.
func Compile(expression string) (Path, error) {
	var p Path
	var name strings.Builder
	escaped := false
	end := func() error {
		s := segment{name: name.String(), index: -1}
		if s.name == "" {
			return ErrEmpty
		}
		s.any = s.name == "*" && !escaped
		if n, err := strconv.Atoi(s.name); err == nil && n >= 0 {
			s.index = n
		}
		p.segments = append(p.segments, s)
		name.Reset()
		escaped = false
		return nil
	}
	for i := 0; i < len(expression); i++ {
		switch c := expression[i]; c {
		case '.':
			if err := end(); err != nil {
				return Path{}, err
			}
		case '\\':
			i++
			if i == len(expression) || strings.IndexByte(`.\*`, expression[i]) < 0 {
				return Path{}, ErrEscape
			}
			escaped = true
			name.WriteByte(expression[i])
		default:
			name.WriteByte(c)
		}
	}
	if err := end(); err != nil {
		return Path{}, err
	}
	return p, nil
}

// Place is where something stands in a document: Len elements from the root,
// each the key of an object or the decimal index in an array.
type Place interface {
	Len() int
	At(i int) string
}

// Element is a [Place] that tells objects and arrays apart.
type Element interface {
	Place
	// Index returns the index in an array that element i of the place is, and
	// false when it is the key of an object.
	Index(i int) (int, bool)
}

// Matches tells whether the element is the path's field.
func (p Path) Matches(e Element) bool {
	if e.Len() != len(p.segments) {
		return false
	}
	// From the end on: that is where fields of one object differ.
	for i := len(p.segments) - 1; i >= 0; i-- {
		s := &p.segments[i]
		if s.any {
			continue
		}
		if index, ok := e.Index(i); ok {
			if index != s.index {
				return false
			}
		} else if s.name != e.At(i) {
			return false
		}
	}
	return true
}

// Begins tells whether the path begins with a key of that name.
func (p Path) Begins(name string) bool {
	return !p.segments[0].any && p.segments[0].name == name
}

// Below returns the path of the same field one level deeper, below anything.
func (p Path) Below() Path {
	return Path{append([]segment{{name: "*", any: true, index: -1}}, p.segments...)}
}

// Covers tells whether the place is the path's field or stands below it.
func (p Path) Covers(place Place) bool {
	if place.Len() < len(p.segments) {
		return false
	}
	for i, s := range p.segments {
		if !s.any && s.name != place.At(i) {
			return false
		}
	}
	return true
}
