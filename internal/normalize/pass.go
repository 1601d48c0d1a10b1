package normalize

import "unicode/utf8"

// pass rewrites src once, into out and layer.
type pass struct {
	src    string
	out    []byte
	layer  *layer
	work   *cluster
	copied int // src up to here is in out
}

// run rewrites the text, of which everything before i stays, and says whether
// it changed.
func (p *pass) run(i int) (changed bool) {
	p.layer.reset()
	for i < len(p.src) {
		i = scan(p.src, p.rewrite(i))
	}
	if len(p.layer.edits) == 0 {
		return false
	}
	p.out = append(p.out, p.src[p.copied:]...)
	p.layer.before, p.layer.after = len(p.src), len(p.out)
	return true
}

// rewrite rewrites the character at i, of which scan says that it may change,
// with those that belong to it, and returns where they end. A mark is composed
// with what stands before it, unless that changes itself or is left out: then
// the next pass composes them.
func (p *pass) rewrite(i int) (end int) {
	if p.src[i] < utf8.RuneSelf {
		char, size := escape(p.src[i:])
		p.begin(i, i+size, utf8.RuneLen(char))
		p.out = utf8.AppendRune(p.out, char)
		return i + size
	}
	value, size := lookup(p.src[i:])
	switch {
	case value <= lastBack:
		return p.compose(p.base(i), i)
	case value == dropped:
		p.begin(i, i+size, 0)
	default:
		text := properties[value].text()
		p.begin(i, i+size, len(text))
		p.out = append(p.out, text...)
	}
	return i + size
}

// begin notes that src[from:to] becomes the next size bytes of out, which the
// caller appends.
func (p *pass) begin(from, to, size int) {
	p.layer.add(anchor{p.copied, len(p.out)}, from-p.copied, to-from, size)
	p.out = append(p.out, p.src[p.copied:from]...)
	p.copied = to
}

// maxMarks bounds the work for one letter, by Unicode's bound for stream-safe
// text. Further marks are put in order and composed by themselves.
const maxMarks = 30

// base returns where the letter begins that the character at i belongs to, with
// its other marks in between; i, if there is none.
func (p *pass) base(i int) int {
	for range maxMarks {
		char, size := utf8.DecodeLastRuneInString(p.src[p.copied:i])
		if char == utf8.RuneError && size <= 1 {
			break
		}
		i -= size
		if valueOf(char) <= lastPlain {
			break
		}
	}
	return i
}

// compose rewrites the letter in src[from:i] with the marks that follow and
// returns where they end.
func (p *pass) compose(from, i int) (end int) {
	p.work.reset()
	end = from
	for marks := 0; marks < maxMarks || end <= i; marks++ {
		char, size := utf8.DecodeRuneInString(p.src[end:])
		if value := valueOf(char); end > from && (value <= lastPlain || lastBack < value) {
			break
		}
		p.work.add(char)
		end += size
	}
	text := p.work.composed()
	if string(text) != p.src[from:end] {
		p.begin(from, end, len(text))
		p.out = append(p.out, text...)
	}
	return end
}
