package placeholder

import (
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/filled"
)

// Links says in which links of an answer values are restored: a model that was
// talked into writing a link to a stranger must not get our help with a value
// in it.
type Links struct {
	// Always restores in every link, Never in none, Listed in those to Hosts.
	// Otherwise values are restored in links to hosts that stand in the
	// caller's own request, and to Hosts.
	Always, Never, Listed bool
	// Hosts are host names in lower case, without a port.
	Hosts []string
}

func (l *Links) know(host string) bool {
	for _, h := range l.Hosts {
		if h == host {
			return true
		}
	}
	return false
}

// link follows a text as far as is needed to know whether its end stands in a
// link, and to which host. It takes for a link what browsers and Markdown do,
// and ends it late rather than early.
type link struct {
	state linkState
	// document is the text as far as it is JSON: in arguments, each string is a
	// text of its own.
	document document
	// backslash tells that one has passed of which it depends on the next byte
	// whether it is seen at all.
	backslash bool
	// pending are the bytes of a character reference or an escape that has
	// not ended.
	pending  [maxPending]byte
	npending int

	prev      byte // the byte before, other than a backslash
	solid     byte // the same, other than white space
	escapes   int  // the backslashes directly before
	lineBreak bool // nothing but white space since the last newline
	quote     quotes

	// word is the end of a word outside of links that a scheme can be, in
	// lower case; wordSize is its size, and colon tells that one followed.
	word     [maxWord]byte
	wordSize int
	part     int // where in it a name can begin
	inWord   bool
	colon    bool
	slashes  int // in a row, in either direction
	forward  int // those that are no backslashes
	// begin is what the next word, or the current one, stands in.
	begin linkContext

	// authority is what stands between the slashes and the path; cuts are
	// where it ends to some readers only.
	authority []byte
	cuts      []int
	size      int  // of the authority as it is spelled
	overflow  bool // it is too long to be judged
	inQuote   linkContext
	depth     int  // of parentheses within the link
	length    int  // of the link
	known     bool // the host is one to restore for
	judged    bool // known has been decided
	// inner looks for links within the link, behind its host: to some readers
	// the link has ended. nesting is how many links it stands in.
	inner   *link
	nesting int
	// spare is the last one, for the next.
	spare *link
	// resolved is called with every host, when a request is searched for them.
	resolved func(host string)
	// decided is called when an authority has ended.
	decided func(k *link)
}

type linkState uint8

const (
	outside     linkState = iota
	inAuthority           // after the slashes
	inPath                // after the host
)

// linkContext is what a link stands in, which tells how it ends.
type linkContext uint8

const (
	inProse       linkContext = iota // ends with white space or <
	inDestination                    // after an equals sign, a colon or a parenthesis: with white space
	inParentheses                    // of Markdown: with white space or these
	inAngles                         // with > or a newline
	inQuotes                         // with these
)

// quotes are the quotation marks that are open.
type quotes struct {
	mark      byte
	escapes   int  // the backslashes before it
	attribute bool // it follows what only a value does: it is closed for sure
}

const (
	// maxAuthority bounds an authority in bytes (RFC 1035: a name has 255).
	// What is longer is to nobody's host.
	maxAuthority = 300
	// maxQuoted bounds a link in quotes that may never be closed: beyond it,
	// white space ends it.
	maxQuoted = 4096
	// maxCuts bounds in how many ways an authority is read.
	maxCuts = 8
	// maxPending bounds a character reference.
	maxPending = 12
	// maxNesting bounds how many links within links are followed.
	maxNesting = 8
	// maxWord is the size of the longest scheme that is known.
	maxWord = 5
)

// mayLink is a cheap first look at a text: a link has a scheme with a colon, two
// slashes in a row, or www. Escapes and references may stand for any of these.
func mayLink(text string) bool {
	if len(text) <= maxGlance && runOf(text, false) == len(text) {
		return false
	}
	return strings.IndexByte(text, '\\') >= 0 || holdsAt(text, '&', mayRefer) || holdsAt(text, '/', slashMayLink) ||
		holdsAt(text, ':', func(text string, at int) bool { return endsScheme(text[:at]) }) || holdsWWW(text)
}

// holdsWWW tells whether a text may have www with a full stop.
func holdsWWW(text string) bool {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], '.')
		if i < 0 {
			return false
		}
		if at += i; (at == 0 || lower(text[at-1]) == 'w') && endsWWW(text[:at]) {
			return true
		}
	}
}

// maxGlance is how long a text may be, in bytes, to be looked through one byte after
// the other. Most are names and words.
const maxGlance = 48

// holdsAt tells whether something holds at one of the places of a byte.
func holdsAt(text string, c byte, holds func(text string, at int) bool) bool {
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], c)
		if i < 0 {
			return false
		}
		if at += i; holds(text, at) {
			return true
		}
	}
}

// mayRefer tells whether an ampersand can begin a character reference, which a
// value may go on with.
func mayRefer(text string, at int) bool { return at+1 == len(text) || text[at+1] != ' ' }

// slashMayLink tells whether a slash can be one of those that begin a link.
func slashMayLink(text string, at int) bool {
	return at == 0 || at+1 == len(text) || strings.IndexByte("/:\t\n\r", text[at-1]) >= 0 || strings.IndexByte("/\t\n\r", text[at+1]) >= 0
}

// schemes are those that need no slashes.
var schemes = [...]string{"http", "https", "ftp", "ws", "wss"}

// endsScheme tells whether a text may end with a scheme that needs no slashes. A
// value may be the beginning of one.
func endsScheme(text string) bool {
	var word [maxWord]byte // its end, in lower case
	begin := len(word)
	at := len(text) - 1
	for ; at >= 0 && begin > 0; at-- {
		c := lower(text[at])
		if isUnseen(c) {
			continue
		}
		if begin == len(word) && c != 'p' && c != 's' {
			return false
		}
		if !inSchemes(c) {
			break
		}
		begin--
		word[begin] = c
	}
	end := string(word[begin:])
	for _, scheme := range schemes {
		if strings.HasSuffix(end, scheme) || at >= 0 && mayClose(text[at]) && strings.HasSuffix(scheme, end) {
			return true
		}
	}
	return end == ""
}

// inSchemes tells whether a letter is one of schemes.
func inSchemes(c byte) bool {
	switch c {
	case 'f', 'h', 'p', 's', 't', 'w':
		return true
	}
	return false
}

// mayClose tells whether a placeholder may end with a byte.
func mayClose(c byte) bool {
	return isDecimal(c) || c >= 0x80 || strings.IndexByte("])}>;", c) >= 0
}

// isUnseen tells that browsers do not see a character within a scheme.
func isUnseen(c byte) bool { return c == '\t' || c == '\n' || c == '\r' }

// partOfLink tells whether a value can be what makes the text around it a link:
// it has a part of one in it, is a part of a scheme, or ends with the beginning of
// www.
func partOfLink(value string) bool {
	for i := 0; i < len(value); i++ {
		if running[value[i]]&isLinking != 0 && (value[i] != '.' || endsWWW(value[:i])) {
			return true
		}
	}
	if endsScheme(value) || value[len(value)-1]|0x20 == 'w' {
		return true
	}
	return inScheme(value)
}

// inScheme tells whether a value is a part of a scheme, which the text around it
// may complete.
func inScheme(value string) bool {
	var word [maxWord]byte
	size := 0
	for i := 0; i < len(value); i++ {
		if isUnseen(value[i]) {
			continue
		}
		if size == maxWord || !inSchemes(lower(value[i])) {
			return false
		}
		word[size] = lower(value[i])
		size++
	}
	for _, scheme := range schemes {
		if strings.Contains(scheme, string(word[:size])) {
			return true
		}
	}
	return false
}

// pass takes note of a byte.
func (k *link) pass(c byte) {
	if k.document.plain() {
		k.settle()
		k.see(c)
		return
	}
	inString, escaped := k.document.inText()
	if k.document.pass(c) {
		k.end()
		*k = link{document: k.document, nesting: k.nesting, resolved: k.resolved, decided: k.decided}
		return
	}
	switch {
	case !inString:
		k.settle()
	case c == '\\' && !escaped:
		k.backslash = true
		return
	case k.backslash && c == '/':
		k.backslash = false // an escape of JSON
	default:
		k.settle()
	}
	k.see(c)
}

// settle takes a backslash for one that is seen.
func (k *link) settle() {
	if k.backslash {
		k.backslash = false
		k.see('\\')
	}
}

// looked is called for each byte that a link looks at, also when it looks
// ahead: tests count them. nil for nothing to do.
var looked func()

// see takes note of a byte that readers see.
func (k *link) see(c byte) {
	if looked != nil {
		looked()
	}
	inner := k.inner
	if inner != nil {
		inner.see(c)
	}
	if k.state == inAuthority {
		if k.size++; k.size > maxAuthority {
			k.overflow = true
		}
	}
	if k.npending > 0 {
		if k.continues(c) {
			k.pending[k.npending] = c
			k.npending++
			k.complete()
			return
		}
		k.flush()
		if k.inner != nil && inner == nil {
			k.inner.see(c)
		}
	}
	if c == '&' || c == 'u' && k.escapes > 0 {
		k.pending[0], k.npending = c, 1
		return
	}
	k.step(c, plain)
}

// spelling is how a character stands in the text.
type spelling uint8

const (
	plain     spelling = iota
	reference          // &#47;
	escape             // \u002f
)

// references are the names of the characters that matter in links.
var references = filled.Map(map[string]byte{
	"colon": ':', "sol": '/', "bsol": '\\', "period": '.', "commat": '@', "num": '#',
	"quest": '?', "Tab": '\t', "NewLine": '\n', "lpar": '(', "rpar": ')',
})

// continues tells whether c goes on with what is pending.
func (k *link) continues(c byte) bool {
	n := k.npending
	if n == maxPending {
		return false
	}
	if k.pending[0] == 'u' {
		return isHex(c)
	}
	switch {
	case n == 1:
		return c == '#' || isLetter(rune(c))
	case k.pending[1] != '#':
		return isLetter(rune(c)) || c == ';'
	case n == 2:
		return c == 'x' || c == 'X' || isDecimal(c)
	case k.pending[2] == 'x' || k.pending[2] == 'X':
		return isHex(c) || c == ';' && n > 3
	}
	return isDecimal(c) || c == ';'
}

// complete takes what is pending for the character that it stands for, if it
// has ended.
func (k *link) complete() {
	last := k.pending[k.npending-1]
	switch {
	case k.pending[0] == 'u' && k.npending == 5, last == ';':
		k.flush()
	}
}

// flush ends what is pending. A number needs no semicolon.
func (k *link) flush() {
	n := k.npending
	if n == 0 {
		return
	}
	k.npending = 0
	raw := k.pending
	if c, ok := decode(string(raw[:n])); ok {
		if raw[0] == 'u' {
			if c == '&' {
				k.pending[0], k.npending, k.escapes = c, 1, 0
				return
			}
			k.step(c, escape)
			return
		}
		if k.state == inAuthority && len(k.authority) > 0 && (isSlash(c) || c == '?' || c == '#') {
			// Where references are not read, the host goes on.
			k.cut()
		} else {
			k.step(c, reference)
			return
		}
	}
	for _, c := range raw[:n] {
		k.step(c, plain)
	}
}

// decode returns the ASCII character that a reference or an escape stands for.
func decode(raw string) (byte, bool) {
	if raw[0] == 'u' {
		if len(raw) != 5 {
			return 0, false
		}
		return codepoint(raw[1:], 16)
	}
	name := strings.TrimSuffix(raw[1:], ";")
	if name == "" {
		return 0, false
	}
	if name[0] != '#' {
		c, ok := references[name]
		return c, ok && raw[len(raw)-1] == ';'
	}
	if len(name) > 1 && lower(name[1]) == 'x' {
		return codepoint(name[2:], 16)
	}
	return codepoint(name[1:], 10)
}

func codepoint(digits string, base int) (byte, bool) {
	n, err := strconv.ParseUint(digits, base, 32)
	return byte(n), err == nil && n > 0 && n < 0x80
}

// step takes note of a character.
func (k *link) step(c byte, s spelling) {
	blank := c == '\n' && s == plain && k.lineBreak
	closed := false
	if k.state != outside {
		k.length++
		if k.ends(c, s, blank) {
			if k.state == inAuthority {
				k.resolve()
			}
			closed = k.inQuote == inQuotes
			inner := k.inner
			marked := closed || k.inQuote == inAngles
			k.leave()
			switch {
			case inner == nil:
			case inner.state != outside && !marked:
				k.become(inner)
				return
			default:
				inner.end()
			}
		}
	}
	switch k.state {
	case outside:
		k.stepOutside(c, s)
	case inAuthority:
		k.stepAuthority(c, s)
	case inPath:
		k.stepParentheses(c, s)
	}
	if s == plain && !closed {
		k.stepQuotes(c, blank)
	}
	if c == '\\' {
		k.escapes++
		return
	}
	k.escapes = 0
	if s == plain {
		k.prev = c
		if !isSpace(c) {
			k.solid = c
		}
		k.lineBreak = c == '\n' || k.lineBreak && isSpace(c)
	}
}

// stepQuotes follows which quotation marks are open.
func (k *link) stepQuotes(c byte, blank bool) {
	if blank && !k.quote.attribute {
		k.quote = quotes{}
	}
	if c != '"' && c != '\'' {
		return
	}
	level := k.level()
	within := k.state != outside
	begins := k.prev == 0 || !isWord(k.prev) && strings.IndexByte(".,!?)]}%", k.prev) < 0
	again := k.prev == 0 || isSpace(k.prev) || k.prev == '=' || k.prev == '('
	switch {
	case within && k.inQuote == inQuotes:
	case c == k.quote.mark && (within || !again):
		if level <= k.quote.escapes {
			k.quote, k.begin = quotes{}, inProse
		}
	case !within && (k.quote.mark == 0 || c != k.quote.mark) && (begins || k.prev == ','), !within && again:
		k.quote = quotes{c, level, k.solid != 0 && strings.IndexByte("=(:", k.solid) >= 0}
		k.begin = inQuotes
	}
}

// level is how deep a quotation mark is escaped: two backslashes are one that
// stands for itself.
func (k *link) level() int {
	if k.escapes%2 == 0 {
		return 0
	}
	return k.escapes
}

func (k *link) stepOutside(c byte, s spelling) {
	if k.begin == inQuotes && (c == '\t' || c == '\n' || c == '\r') || s != plain && isSpace(c) {
		k.part = k.wordSize
		return // browsers do not see it
	}
	if k.begin == inQuotes && k.escapes > 0 && s == plain && (c == 't' || c == 'n' || c == 'r') {
		k.slashes, k.part = 0, k.wordSize
		return // the same in JSON
	}
	if k.escapes > 0 && s == plain && !isPunctuation(c) {
		k.endWord()
	}
	switch {
	case isSlash(c):
		k.stepSlash(c)
		return
	case c == ':':
		k.slashes, k.forward = 0, 0
		k.stepColon()
		return
	}
	k.slashes, k.forward = 0, 0
	switch {
	case isSchemeChar(c):
		if k.colon {
			k.endWord()
		}
		if !k.inWord {
			k.inWord, k.wordSize, k.part = true, 0, 0
		}
		if k.wordSize >= maxWord {
			copy(k.word[:], k.word[1:])
			k.word[maxWord-1] = lower(c)
		} else {
			k.word[k.wordSize] = lower(c)
		}
		k.wordSize++
		switch {
		case c == '.' && k.wordSize == k.part+4 && strings.HasSuffix(string(k.word[:min(k.wordSize, maxWord)]), "www."):
			k.open()
			k.authority = append(k.authority, "www."...)
		case !isLetter(rune(c)) && !isDecimal(c):
			k.part = k.wordSize
		}
		return
	case isSpace(c) && s == plain:
		if k.inWord || k.colon && k.begin == inQuotes {
			k.begin = inProse
		}
	case c == '<':
		k.begin = inAngles
	case c == '(' && k.prev == ']':
		k.begin = inParentheses
	case s == escape && (c == '"' || c == '\'') && k.begin != inProse:
		// HTML in a string of JSON, whose end ends the link at the latest.
		k.quote, k.begin = quotes{'"', 0, true}, inQuotes
	case (c == '=' || c == ';' || c == ',') && k.quote.mark != 0:
		k.begin = inQuotes
	case c == '=' || c == '(':
		k.begin = inDestination
	default:
		k.begin = inProse
	}
	k.endWord()
}

func (k *link) endWord() { k.wordSize, k.part, k.inWord, k.colon = 0, 0, false, false }

// stepColon looks for the schemes that need no slashes.
func (k *link) stepColon() {
	if k.prev == ']' && !k.inWord {
		k.begin = inDestination // of a reference in Markdown
	}
	w := string(k.word[:min(k.wordSize, maxWord)])
	switch {
	case strings.HasSuffix(w, "http"), w == "https", strings.HasSuffix(w, "ftp"), w == "ws", w == "wss":
		k.open()
		return
	}
	k.colon = k.wordSize != 1 // a drive letter is no scheme
	if !k.colon {
		k.endWord()
		k.begin = inProse
	}
	k.inWord = false
}

// stepSlash looks for a link's slashes.
func (k *link) stepSlash(c byte) {
	k.slashes++
	if c == '/' {
		k.forward++
	}
	switch {
	case k.forward >= 2,
		k.colon && k.wordSize > 1 && c == '/',
		k.slashes >= 2 && (k.colon || !k.inWord && k.begin != inProse):
		k.open()
		return
	}
	// Backslashes may yet turn out to escape the colon of a scheme.
	if k.inWord && c == '/' {
		k.endWord()
		k.inWord = true
	}
}

// open begins a link.
func (k *link) open() {
	k.endWord()
	k.slashes, k.forward = 0, 0
	k.state, k.inQuote = inAuthority, k.begin
	if k.begin == inQuotes && k.quote.mark == 0 {
		k.inQuote = inProse
	}
}

func (k *link) stepAuthority(c byte, s spelling) {
	switch {
	case len(k.authority) == 0 && isSlash(c):
		return
	case isSpace(c) && (s != plain || c != ' '):
		return // browsers do not see it
	case c == '\\':
		return // depends on what follows
	case c == '/' || c == '?' || c == '#':
		k.endAuthority(c, s)
		return
	case k.escapes > 0 && len(k.authority) > 0:
		switch {
		case s == plain && (c == 't' || c == 'n' || c == 'r'):
			k.cut()
			return
		case s == plain && !isPunctuation(c):
			k.endAuthority(c, s)
			return
		}
		k.cut()
	}
	if !k.overflow {
		k.authority = append(k.authority, c)
	}
}

// within begins to look for links within the link.
func (k *link) within() *link {
	inner := k.spare
	if inner == nil {
		inner = &link{}
	}
	k.spare = nil
	*inner = link{resolved: k.resolved, nesting: k.nesting + 1, authority: inner.authority[:0], cuts: inner.cuts[:0], spare: inner.spare}
	return inner
}

// cut takes note that the authority ends here to some readers.
func (k *link) cut() {
	if len(k.cuts) == maxCuts {
		k.overflow = true
		return
	}
	k.cuts = append(k.cuts, len(k.authority))
}

func (k *link) endAuthority(c byte, s spelling) {
	k.resolve()
	k.state = inPath
	if k.nesting < maxNesting {
		k.inner = k.within()
	} else {
		k.known, k.judged = false, true
	}
	k.stepParentheses(c, s)
}

func (k *link) stepParentheses(c byte, s spelling) {
	if s != plain || k.escapes%2 == 1 {
		return
	}
	switch c {
	case '(':
		k.depth++
	case ')':
		k.depth--
	}
}

// ends tells whether a character ends the link that it follows.
func (k *link) ends(c byte, s spelling, blank bool) bool {
	if s != plain {
		return false
	}
	// Slashes that nothing follows are a comment.
	if c == ' ' && k.state == inAuthority && len(k.authority) == 0 {
		return true
	}
	switch k.inQuote {
	case inQuotes:
		if !k.quote.attribute && (blank || k.length > maxQuoted && isSpace(c)) {
			return true
		}
		return c == k.quote.mark && k.level() <= k.quote.escapes
	case inAngles:
		return c == '>' || c == '\n' || c == '\r'
	case inParentheses:
		return isSpace(c) || c == ')' && k.depth <= 0 && k.escapes%2 == 0
	case inDestination:
		return isSpace(c)
	}
	return isSpace(c) || c == '<'
}

// become goes on with a link that was within this one.
func (k *link) become(inner *link) {
	next := *inner
	next.document, next.backslash, next.nesting = k.document, k.backslash, k.nesting
	next.resolved, next.decided = k.resolved, k.decided
	*k = next
}

// leave ends a link.
func (k *link) leave() {
	if k.inner != nil {
		k.spare, k.inner = k.inner, nil
	}
	if k.inQuote == inQuotes {
		k.quote = quotes{}
	}
	k.state, k.begin, k.inQuote = outside, inProse, inProse
	k.authority, k.cuts = k.authority[:0], k.cuts[:0]
	k.size, k.overflow, k.depth, k.length = 0, false, 0, 0
	k.known, k.judged = false, false
	k.endWord()
}

// resolve takes note that the authority has ended.
func (k *link) resolve() {
	if k.decided != nil {
		k.decided(k)
	}
	if k.resolved == nil || k.overflow {
		return
	}
	for reading := 0; reading < k.readings(); reading++ {
		host := k.host(reading)
		k.resolved(host)
		// What ends a sentence is no part of the caller's host.
		if name := strings.TrimRight(host, ".,;:!?)}>\"'`*_~|"); name != host && name != "" && host[0] != '[' {
			k.resolved(name)
		}
	}
}

// end tells that nothing follows.
func (k *link) end() {
	k.settle()
	k.flush()
	if k.state == inAuthority {
		k.resolve()
	}
	if k.inner != nil {
		k.inner.end()
	}
}

// readings counts the ways to read where the authority ends.
func (k *link) readings() int { return len(k.cuts) + 1 }

// host returns the host of the link to some of its readers.
func (k *link) host(reading int) string {
	authority := k.authority
	if reading < len(k.cuts) {
		authority = authority[:k.cuts[reading]]
	}
	return hostOf(string(authority))
}

// knownTo tells whether all hosts of the link are known.
func (k *link) knownTo(links *Links) bool {
	for reading := 0; reading < k.readings(); reading++ {
		if k.overflow || !links.know(k.host(reading)) {
			return false
		}
	}
	return true
}

// hostOf returns the host of an authority: what follows the last @, without
// port and final dot, in lower case (RFC 3986, 3.2). What is no port is part
// of the host.
func hostOf(authority string) string {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if at := strings.LastIndexByte(host, ':'); at >= 0 && strings.Trim(host[at+1:], "0123456789") == "" {
		host = host[:at]
	}
	return strings.ToLower(strings.TrimRight(host, "."))
}

// clone returns a copy that can go on by itself.
func (k *link) clone() *link {
	c := *k
	c.authority = append([]byte{}, k.authority...)
	c.cuts = append([]int{}, k.cuts...)
	c.resolved, c.spare = nil, nil
	if k.inner != nil {
		c.inner = k.inner.clone()
	}
	return &c
}

// allows tells whether a value may be restored after what has passed. rest is
// what follows its placeholder, in which read finds others.
func (k *link) allows(value, rest string, final bool, links *Links, read reading) outcome {
	if links.Always {
		return yes
	}
	if k.npending > 0 || k.backslash {
		k = k.clone()
		k.settle()
		k.flush()
	}
	switch {
	case k.state == outside:
		return yes
	case links.Never:
		return suppressed
	case k.judged, k.state == inPath:
		if !k.judged {
			k.known, k.judged = k.knownTo(links), true
		}
		if k.known && k.inner != nil {
			return k.inner.allows(value, rest, final, links, read)
		}
		return yesIf(k.known)
	case k.overflow:
		return suppressed
	}
	if len(k.authority) == 0 {
		own := false
		if o := k.follow("x", rest, final, read, func(k *link) bool {
			own = !k.overflow && len(k.cuts) == 0 && string(k.authority) == "x"
			return own
		}); o != suppressed {
			return o // the host is the caller's own
		}
	}
	return k.follow(value, rest, final, read, func(k *link) bool { return k.knownTo(links) })
}

// reading returns the value of the placeholder at text[at] and where that ends.
// size is the length of the values before it.
type reading func(text string, at, size int) (value string, end int, o outcome)

// follow goes on to where the authority ends, and asks. Other values in it are
// taken for restored: they are if this one is.
func (k *link) follow(value, rest string, final bool, read reading, known func(*link) bool) outcome {
	o, done := suppressed, false
	c := k.clone()
	c.decided = func(k *link) {
		if !done {
			o, done = yesIf(known(k)), true
		}
	}
	size := len(value)
	seeAll := func(value string) {
		for i := 0; i < len(value) && !done && !c.overflow; i++ {
			c.see(value[i])
		}
	}
	c.settle()
	seeAll(value)
	for at := 0; at < len(rest) && !done && !c.overflow; {
		other, end, found := read(rest, at, size)
		switch {
		case found == maybe && !final:
			return maybe
		case found == yes:
			size += len(other)
			c.settle()
			seeAll(other)
			at = end
		default:
			c.pass(rest[at])
			at++
		}
	}
	switch {
	case done:
		return o
	case c.overflow:
		return suppressed
	}
	if !final {
		return maybe
	}
	c.end()
	return o
}

func yesIf(known bool) outcome {
	if known {
		return yes
	}
	return suppressed
}

// placed takes note of a value.
func (k *link) placed(value string) {
	k.settle()
	for in := k; in != nil; in = in.inner {
		in.flush()
		if in.state == inAuthority && len(in.authority) == 0 {
			in.known, in.judged = true, true
		}
	}
	for i := 0; i < len(value); i++ {
		k.see(value[i])
	}
	k.document.placed()
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func isDecimal(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDecimal(c) || lower(c) >= 'a' && lower(c) <= 'f' }

func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !isLetter(rune(c)) && !isDecimal(c)
}

func isSchemeChar(c byte) bool {
	return isLetter(rune(c)) || isDecimal(c) || c == '+' || c == '-' || c == '.'
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
