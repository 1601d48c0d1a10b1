package placeholder

import "strings"

// ordinary are the bytes of running text that no link begins or ends with, and
// that leave nothing behind once a space has followed. A full stop is one of
// them unless it ends a www.
var ordinary = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= 0x80 || isLetter(rune(c)) || isDecimal(byte(c)) || strings.IndexByte(" ,.;!?-_+*%$@#~^|{}", byte(c)) >= 0
	}
	return table
}()

// passText takes note of a text: like [link.pass] for each of its bytes, and
// faster in running text, of which only the last word counts.
func (k *link) passText(text string) {
	for len(text) > 0 {
		n := 1
		if k.state == outside && k.npending == 0 && !k.backslash && k.document.plain() {
			n = max(1, runOf(text, k.quote.mark != 0))
		}
		k.passRun(text[:n])
		text = text[n:]
	}
}

// runOf returns how much ordinary text there is at the beginning of text. In
// quotes, a link may begin behind a comma or a semicolon.
func runOf(text string, inQuotes bool) int {
	end := 0
	for end < len(text) && ordinary[text[end]] && !(text[end] == '.' && endsWWW(text[:end])) &&
		!(inQuotes && (text[end] == ',' || text[end] == ';')) {
		end++
	}
	return end
}

// passRun takes note of one byte or of a run of ordinary text.
func (k *link) passRun(text string) {
	// The first word may go on with what came before, so it is read, with the
	// space that ends it.
	first := 0
	for first < len(text) && text[first] == ' ' {
		first++
	}
	first += strings.IndexByte(text[first:], ' ') + 1
	last := strings.LastIndexByte(text, ' ')
	if first >= last {
		first = len(text)
	}
	k.passBytes(text[:first])
	if first == len(text) {
		return
	}
	if k.begin == inProse {
		if words := strings.TrimRight(text[first:last], " "); words != "" {
			k.solid, k.lineBreak = words[len(words)-1], false
		}
		k.prev = ' '
		first = last + 1
	}
	k.passBytes(text[first:])
}

func (k *link) passBytes(text string) {
	for i := 0; i < len(text); i++ {
		k.pass(text[i])
	}
}

// endsWWW tells whether a text ends with www, or may with what came before it.
func endsWWW(text string) bool {
	const www = "www"
	tail := text[max(0, len(text)-len(www)):]
	return strings.EqualFold(tail, www[:len(tail)])
}
