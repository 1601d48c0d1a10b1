package jsonedit

import "strings"

// Follower reads JSON byte by byte, as far as is needed to know what stands
// where a text has got to. It can be copied: the copy goes on by itself.
//
// The zero value follows any number of objects and arrays in a row, and gives up
// for good at the first byte that cannot be part of them. Numbers are not
// checked.
type Follower struct {
	// Lenient makes it follow nothing but strings, and never give up.
	Lenient bool
	// Scalars makes it follow a string, number or literal that is all of a text,
	// too.
	Scalars bool

	state   followState
	escaped bool
	// literal is what is left of true, false or null.
	literal string
	depth   int
	objects [maxFollowed/64 + 1]uint64 // which levels are objects
}

// maxFollowed bounds how deep a document may be nested that is followed.
const maxFollowed = 1000

type followState uint8

const (
	atTop       followState = iota // nothing is open
	atValue                        // a value must follow
	atFirst                        // the same, or the end of the array
	atFirstKey                     // a key must follow, or the end of the object
	atKey                          // a key must follow
	atColon                        // a colon must follow
	afterValue                     // a comma must follow, or the end
	inKey                          // in a string that is a key
	inText                         // in a string
	inNumber                       // in a number
	inLiteral                      // in true, false or null
	followedOut                    // this is not JSON
)

// InString tells whether a string goes on.
func (f *Follower) InString() bool { return f.state == inKey || f.state == inText }

// Escaped tells that an escape in a string has begun.
func (f *Follower) Escaped() bool { return f.escaped }

// Depth returns how many objects and arrays go on.
func (f *Follower) Depth() int { return f.depth }

// TakesValue tells whether a value may come next, the first one of a text
// included.
func (f *Follower) TakesValue() bool {
	return f.state == atTop || f.state == atValue || f.state == atFirst
}

// GaveUp tells that the text is not JSON.
func (f *Follower) GaveUp() bool { return f.state == followedOut }

// Pass takes note of a text that goes on.
func (f *Follower) Pass(text string) {
	for i := 0; i < len(text) && f.state != followedOut; i++ {
		f.PassByte(text[i])
	}
}

// Placed takes note of something that stands for a value, a key, or a part of a
// string.
func (f *Follower) Placed() {
	f.escaped = false
	if f.Lenient {
		return
	}
	switch f.state {
	case atTop:
		f.state = followedOut
		if f.Scalars {
			f.state = afterValue
		}
	case atValue, atFirst, inNumber, inLiteral:
		f.state = afterValue
	case atKey, atFirstKey:
		f.state = atColon
	case inKey, inText:
	default:
		f.state = followedOut
	}
}

// PassByte is [Follower.Pass] for one byte.
func (f *Follower) PassByte(c byte) {
	switch {
	case f.InString():
		f.passInString(c)
	case f.Lenient:
		if c == '"' {
			f.state = inText
		}
	case f.state != followedOut:
		f.passOutside(c)
	}
}

func (f *Follower) passInString(c byte) {
	switch {
	case f.escaped:
		f.escaped = false
	case c == '\\':
		f.escaped = true
	case c == '"' && f.Lenient:
		f.state = atTop
	case c == '"' && f.state == inKey:
		f.state = atColon
	case c == '"':
		f.state = afterValue
	case c < 0x20 && !f.Lenient:
		f.state = followedOut
	}
}

func (f *Follower) passOutside(c byte) {
	switch f.state {
	case inNumber:
		if strings.IndexByte("+-.0123456789eE", c) >= 0 {
			return
		}
		f.state = afterValue
	case inLiteral:
		if f.literal == "" || f.literal[0] != c {
			f.state = followedOut
			return
		}
		if f.literal = f.literal[1:]; f.literal == "" {
			f.state = afterValue
		}
		return
	}
	if isSpace(c) {
		return
	}
	switch f.state {
	case atTop:
		if c == '{' || c == '[' {
			f.open(c)
			return
		}
		if f.Scalars && f.beginValue(c) {
			return
		}
	case atValue, atFirst:
		if f.beginValue(c) || f.state == atFirst && f.close(c) {
			return
		}
	case atKey, atFirstKey:
		if c == '"' {
			f.state = inKey
			return
		}
		if f.state == atFirstKey && f.close(c) {
			return
		}
	case atColon:
		if c == ':' {
			f.state = atValue
			return
		}
	case afterValue:
		if f.depth == 0 {
			break
		}
		if c == ',' {
			f.state = atValue
			if f.inObject() {
				f.state = atKey
			}
			return
		}
		if f.close(c) {
			return
		}
	}
	f.state = followedOut
}

func (f *Follower) beginValue(c byte) bool {
	switch {
	case c == '{' || c == '[':
		return f.open(c)
	case c == '"':
		f.state = inText
	case c == '-' || isDigit(c):
		f.state = inNumber
	case c == 't':
		f.state, f.literal = inLiteral, "rue"
	case c == 'f':
		f.state, f.literal = inLiteral, "alse"
	case c == 'n':
		f.state, f.literal = inLiteral, "ull"
	default:
		return false
	}
	return true
}

func (f *Follower) open(c byte) bool {
	if f.depth == maxFollowed {
		f.state = followedOut
		return true
	}
	f.depth++
	f.objects[f.depth/64] &^= 1 << (f.depth % 64)
	f.state = atFirst
	if c == '{' {
		f.objects[f.depth/64] |= 1 << (f.depth % 64)
		f.state = atFirstKey
	}
	return true
}

func (f *Follower) close(c byte) bool {
	if c != '}' && c != ']' || (c == '}') != f.inObject() {
		return false
	}
	f.depth--
	f.state = afterValue
	if f.depth == 0 {
		f.state = atTop
	}
	return true
}

func (f *Follower) inObject() bool { return f.objects[f.depth/64]>>(f.depth%64)&1 == 1 }
