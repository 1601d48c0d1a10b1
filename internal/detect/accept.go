package detect

import "unicode/utf8"

// maxRetry bounds in bytes the matches behind whose first character the search
// goes on once they are refused. Behind longer ones it goes on at their end, so
// that refusals cost linear time.
const maxRetry = 256

// accept tells what of a match text[start:end] is a finding, if it is one.
func (f *finder) accept(g *groups, text string, start, end int) (Finding, bool) {
	rule := f.rule
	value := Finding{Start: start, End: end}
	if f.groups != nil {
		from, to := f.groups.find(g, text, start, end)
		if from < 0 {
			return Finding{}, false
		}
		if from < to {
			value.Start, value.End = from, to
		}
	}
	for i := range f.before {
		if !f.before[i].behind(text, start) {
			return Finding{}, false
		}
	}
	for i := range f.after {
		if !f.after[i].ahead(text, end) {
			return Finding{}, false
		}
	}
	return rule.accept(text, value)
}

// accept asks the rule's functions about a value.
func (r *Rule) accept(text string, value Finding) (Finding, bool) {
	if r.Check != nil {
		n := r.Check(text[value.Start:value.End])
		if n <= 0 {
			return Finding{}, false
		}
		value.End = min(value.End, whole(text, value.Start+n))
	}
	if c := r.Condition; c.Holds != nil {
		from, to := window(text, value.Start, value.End, c.Window)
		if !c.Holds(text[from:to], value.Start-from, value.End-from) {
			return Finding{}, false
		}
	}
	return value, true
}

// whole returns a place, or the end of the character that it is in the middle of.
func whole(text string, at int) int {
	for i := at - 1; i > at-utf8.UTFMax && i >= 0 && at < len(text) && !utf8.RuneStart(text[at]); i-- {
		if _, width := utf8.DecodeRuneInString(text[i:]); i+width > at {
			return i + width
		}
	}
	return at
}

// window returns where a window around text[start:end] begins and ends.
func window(text string, start, end, size int) (from, to int) {
	from, to = max(0, start-size), min(len(text), end+size)
	for i := 0; i < utf8.UTFMax-1 && from > 0 && from < start && !utf8.RuneStart(text[from]); i++ {
		from++
	}
	for i := 0; i < utf8.UTFMax-1 && to < len(text) && to > end && !utf8.RuneStart(text[to]); i++ {
		to--
	}
	return from, to
}
