package placeholder

import "strings"

// What running text is made of, in bits.
const (
	// isOrdinary is a byte that no link begins or ends with, and that leaves
	// nothing behind once a space has followed. A full stop is one, too, unless it
	// ends a www.
	isOrdinary = 1 << iota
	// isOrdinaryInQuotes is the same in quotes, where a link may begin behind a
	// comma or a semicolon.
	isOrdinaryInQuotes
	// isAlnum is an ASCII letter or a digit.
	isAlnum
	// isHigh is a byte of a character beyond ASCII.
	isHigh
	// isLinking is a byte of a value that can be what makes a link, a full stop only
	// behind www.
	isLinking
)

var running = func() (table [256]uint8) {
	for c := range table {
		switch {
		case c >= 0x80:
			table[c] = isHigh | isOrdinary | isOrdinaryInQuotes
		case isLetter(rune(c)) || isDecimal(byte(c)):
			table[c] = isAlnum | isOrdinary | isOrdinaryInQuotes
		case c == ',' || c == ';':
			table[c] = isOrdinary
		case strings.IndexByte(" !?-_+*%$@#~^|{}", byte(c)) >= 0:
			table[c] = isOrdinary | isOrdinaryInQuotes
		case strings.IndexByte(`/\:&.`, byte(c)) >= 0:
			table[c] = isLinking
		}
	}
	return table
}()

// passText takes note of a text: like [link.pass] for each of its bytes, and
// faster in running text, of which only the last word counts.
func (k *link) passText(text string) {
	for len(text) > 0 {
		n := 0
		if k.state == outside && k.npending == 0 && k.escapes == 0 && !k.backslash && k.document.takesWords() {
			n = runOf(text, k.quote.mark != 0)
			k.passRun(text[:n])
		} else if n = wordOf(text); n > 0 && k.takesWords() {
			k.seeWord(text[:n])
		} else {
			n = 0
		}
		if n < len(text) {
			k.pass(text[n])
			n++
		}
		text = text[n:]
	}
}

// runOf returns how much ordinary text there is at the beginning of text.
func runOf(text string, inQuotes bool) int {
	kind := uint8(isOrdinary)
	if inQuotes {
		kind = isOrdinaryInQuotes
	}
	for end := 0; ; end++ {
		for end < len(text) && running[text[end]]&kind != 0 {
			end++
		}
		if end == len(text) || text[end] != '.' || endsWWW(text[:end]) {
			return end
		}
	}
}

// wordOf returns how many letters and digits, or bytes beyond ASCII, there are at
// the beginning of text.
func wordOf(text string) int {
	kind := running[text[0]] & (isAlnum | isHigh)
	end := 0
	for end < len(text) && running[text[end]]&kind != 0 {
		end++
	}
	return end
}

// passRun takes note of a run of ordinary text outside of links. A space ends all
// words before it.
func (k *link) passRun(run string) {
	if last := strings.LastIndexByte(run, ' '); last >= 0 {
		if words := strings.TrimRight(run[:last], " "); words != "" {
			k.begin = inProse
			k.solid, k.lineBreak = words[len(words)-1], false
		} else if k.inWord || k.colon && k.begin == inQuotes {
			k.begin = inProse
		}
		k.slashes, k.forward = 0, 0
		k.endWord()
		k.prev = ' '
		run = run[last+1:]
	}
	for len(run) > 0 {
		n := wordOf(run)
		if n > 0 {
			k.seeWord(run[:n])
		} else {
			k.see(run[0])
			n = 1
		}
		run = run[n:]
	}
}

// takesWords tells whether letters, digits, and bytes beyond ASCII stand for
// nothing but themselves here.
func (k *link) takesWords() bool {
	if k.backslash || !k.document.takesWords() {
		return false
	}
	for ; k != nil; k = k.inner {
		if k.npending > 0 || k.escapes > 0 {
			return false
		}
	}
	return true
}

// seeWord is [link.see] for each byte of a word, see [wordOf].
func (k *link) seeWord(word string) {
	if looked != nil {
		for range len(word) {
			looked()
		}
	}
	if k.inner != nil {
		k.inner.seeWord(word)
	}
	switch k.state {
	case outside:
		k.slashes, k.forward = 0, 0
		if running[word[0]]&isHigh != 0 {
			k.begin = inProse
			k.endWord()
		} else {
			k.addWord(word)
		}
	case inAuthority:
		room := max(0, maxAuthority-k.size)
		if !k.overflow {
			k.authority = append(k.authority, word[:min(len(word), room)]...)
		}
		k.size += len(word)
		k.overflow = k.overflow || len(word) > room
		k.length += len(word)
	case inPath:
		k.length += len(word)
	}
	k.prev, k.solid, k.lineBreak = word[len(word)-1], word[len(word)-1], false
}

// addWord adds letters and digits to the word that a scheme can be.
func (k *link) addWord(word string) {
	if k.colon {
		k.endWord()
	}
	if !k.inWord {
		k.inWord, k.wordSize, k.part = true, 0, 0
	}
	for i := max(0, len(word)-maxWord); i < len(word); i++ {
		if at := k.wordSize + i; at < maxWord {
			k.word[at] = lower(word[i])
			continue
		}
		copy(k.word[:], k.word[1:])
		k.word[maxWord-1] = lower(word[i])
	}
	k.wordSize += len(word)
}

// endsWWW tells whether a text ends with www, or may with what came before it.
func endsWWW(text string) bool {
	const www = "www"
	if text != "" && lower(text[len(text)-1]) != 'w' {
		return false
	}
	tail := text[max(0, len(text)-len(www)):]
	return strings.EqualFold(tail, www[:len(tail)])
}
