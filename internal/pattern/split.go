package pattern

import (
	"slices"
	"strings"
)

// part is the inside of a look-around with the flags that hold there.
type part struct {
	expression string
	not        bool
}

// parts are an expression without its look-around, and that.
type parts struct {
	rest          string
	before, after []part
}

// group is a parenthesis of an expression, expression[start:end].
type group struct {
	start, end int
	depth      int
	kind       string // up to where its inside begins, such as "(?<="
}

var lookKinds = []string{"(?<=", "(?<!", "(?=", "(?!"}

func (g group) look() bool {
	for _, kind := range lookKinds {
		if g.kind == kind {
			return true
		}
	}
	return false
}

// flags tells whether the group only sets flags, as in "(?i)".
func (g group) flags() bool { return g.kind != "" && g.kind[len(g.kind)-1] == ')' }

// split takes the look-around off the ends of an expression. They may stand
// behind flags and within one group around everything.
func split(expression string) (parts, error) {
	if !mayLook(expression) {
		return parts{rest: expression}, nil
	}
	groups, alternatives, closed := scan(expression)
	if !closed || !slices.ContainsFunc(groups, group.look) {
		return parts{rest: expression}, nil
	}

	p := parts{}
	flags := ""
	start, end, depth := 0, len(expression), 0
	cut := make([]bool, len(expression))
	// From the front: flags, one group around it all, look-behind.
	for _, g := range groups {
		switch {
		case g.start != start || g.depth != depth:
			continue
		case g.flags():
			flags += g.kind
			start = g.end
		case g.look():
			if g.kind[2] != '<' && g.end == end {
				continue
			}
			if g.kind[2] != '<' {
				return parts{}, &Error{"looks ahead at its beginning", useBacktracking}
			}
			p.before = append(p.before, part{flags + expression[g.start+len(g.kind):g.end-1], g.kind[3] == '!'})
			mark(cut, g.start, g.end)
			start = g.end
		case depth == 0 && g.end == end && p.before == nil:
			if strings.HasSuffix(g.kind, ":") && g.kind != "(?:" {
				flags += g.kind[:len(g.kind)-1] + ")"
			}
			start, end, depth = g.start+len(g.kind), g.end-1, 1
		}
	}
	// From the back: look-ahead, with the flags that were set since.
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g.end != end || g.depth != depth || g.start < start || !g.look() {
			continue
		}
		if g.kind[2] == '<' {
			return parts{}, &Error{"looks behind at its end", useBacktracking}
		}
		set := flags
		for _, f := range groups {
			if f.flags() && f.depth == depth && f.start >= start && f.end <= g.start {
				set += f.kind
			}
		}
		p.after = append(p.after, part{set + expression[g.start+len(g.kind):g.end-1], g.kind[2] == '!'})
		mark(cut, g.start, g.end)
		end = g.start
		i = len(groups) // groups are in order of their beginnings, ends are not
	}
	for _, g := range groups {
		if g.look() && !cut[g.start] {
			return parts{}, &Error{"has look-around in its middle", useBacktracking}
		}
	}
	for _, at := range alternatives {
		if at.depth == depth && at.start >= start && at.start < end {
			return parts{}, &Error{"has look-around at the end of one of several alternatives", `put the alternatives into a group, as in (?<!x)(?:a|b), or set "engine": "backtracking"`}
		}
	}
	var rest strings.Builder
	for i := range len(expression) {
		if !cut[i] {
			rest.WriteByte(expression[i])
		}
	}
	p.rest = rest.String()
	return p, nil
}

func mark(cut []bool, start, end int) {
	for i := start; i < end; i++ {
		cut[i] = true
	}
}

func mayLook(expression string) bool {
	for _, kind := range lookKinds {
		if strings.Contains(expression, kind) {
			return true
		}
	}
	return false
}

// scan lists the groups of an expression in order of their beginnings, and its
// alternatives' bars. It tells whether all of them are closed.
func scan(expression string) (groups, bars []group, closed bool) {
	var open []int
	for i := 0; i < len(expression); {
		switch expression[i] {
		case '\\':
			if strings.HasPrefix(expression[i:], `\Q`) {
				end := strings.Index(expression[i:], `\E`)
				if end < 0 {
					end = len(expression) - i
				}
				i += end
				continue
			}
			i += 2
		case '[':
			i = class(expression, i)
		case '(':
			g := group{start: i, depth: len(open), kind: kindOf(expression[i:])}
			i += len(g.kind)
			if g.flags() {
				g.end = i
			} else {
				open = append(open, len(groups))
			}
			groups = append(groups, g)
		case ')':
			i++
			if len(open) > 0 {
				groups[open[len(open)-1]].end = i
				open = open[:len(open)-1]
			}
		case '|':
			bars = append(bars, group{start: i, depth: len(open)})
			i++
		default:
			i++
		}
	}
	return groups, bars, len(open) == 0
}

// class returns where a class such as [^]a-z[:alpha:]] ends that begins at i.
func class(expression string, i int) int {
	i++
	if strings.HasPrefix(expression[i:], "^") {
		i++
	}
	if strings.HasPrefix(expression[i:], "]") {
		i++
	}
	for i < len(expression) {
		switch {
		case expression[i] == '\\':
			i += 2
		case strings.HasPrefix(expression[i:], "[:"):
			if end := strings.Index(expression[i:], ":]"); end >= 0 {
				i += end + 2
			} else {
				i++
			}
		case expression[i] == ']':
			return i + 1
		default:
			i++
		}
	}
	return i
}

// kindOf returns how a group begins.
func kindOf(text string) string {
	if !strings.HasPrefix(text, "(?") {
		return "("
	}
	for _, kind := range lookKinds {
		if strings.HasPrefix(text, kind) {
			return kind
		}
	}
	for i := 2; i < len(text); i++ {
		switch text[i] {
		case ':', ')', '>':
			return text[:i+1]
		}
	}
	return text
}
