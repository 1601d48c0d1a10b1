package mockllm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ScriptHeader is the request header that changes the [Script] for one request.
const ScriptHeader = "X-Mock"

// Switches are the names of what a script can change.
const Switches = "pause, cut, packet, spelling, interleave, calls, brief, link, think, stall, drop, abort, status"

// Script says how the stand-in answers. The zero value answers as a provider
// usually does: word by word, with placeholders as they were sent.
type Script struct {
	// Pause is the time between the events of a streamed answer.
	Pause time.Duration
	// Cut is how many characters a delta has; 0 is a word.
	Cut int
	// Packet is how many bytes are sent at a time; 0 is an event.
	Packet int
	// Spelling is how placeholders are spelled in answers; see Spellings.
	Spelling string
	// Interleave mixes the events of several choices, or of several tool calls.
	Interleave bool
	// Calls is how many times a tool is called at once; 0 is once.
	Calls int
	// Brief answers with the user's message and nothing else.
	Brief bool
	// Link adds an image that sends the first placeholder to a stranger.
	Link bool
	// Think puts a signed thinking block before the answer, where the
	// provider has these.
	Think bool
	// Stall is after how many events nothing more comes until the caller
	// leaves; a whole answer never comes. 0 is never.
	Stall int
	// Drop is after how many events the stream ends as if it were complete.
	Drop int
	// Abort is after how many events the connection breaks.
	Abort int
	// Status is the error to answer with.
	Status int
}

// ParseScript returns base with the given changes: switches separated by
// commas, such as "cut=1, spelling=lower, interleave".
func ParseScript(changes string, base Script) (Script, error) {
	for change := range strings.SplitSeq(changes, ",") {
		if change = strings.TrimSpace(change); change == "" {
			continue
		}
		name, value, _ := strings.Cut(change, "=")
		if err := base.set(name, value); err != nil {
			return Script{}, err
		}
	}
	return base, nil
}

func (s *Script) set(name, value string) (err error) {
	count := func(into *int, least, most int) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > most {
			return fmt.Errorf("%s must be a number from %d to %d, not %q", name, least, most, value)
		}
		*into = n
		return nil
	}
	flag := func(into *bool) error {
		if value != "" {
			return fmt.Errorf("%s takes no value", name)
		}
		*into = true
		return nil
	}
	const many = 1 << 20
	switch name {
	case "pause":
		if s.Pause, err = time.ParseDuration(value); err != nil || s.Pause < 0 {
			return fmt.Errorf("pause must be a time such as 20ms, not %q", value)
		}
		return nil
	case "spelling":
		if !slices.Contains(Spellings(), value) {
			return fmt.Errorf("spelling must be one of %s, not %q", strings.Join(Spellings(), ", "), value)
		}
		s.Spelling = value
		return nil
	case "cut":
		return count(&s.Cut, 0, many)
	case "packet":
		return count(&s.Packet, 0, many)
	case "calls":
		return count(&s.Calls, 0, 16)
	case "stall":
		return count(&s.Stall, 0, many)
	case "drop":
		return count(&s.Drop, 0, many)
	case "abort":
		return count(&s.Abort, 0, many)
	case "status":
		return count(&s.Status, 400, 599)
	case "interleave":
		return flag(&s.Interleave)
	case "brief":
		return flag(&s.Brief)
	case "link":
		return flag(&s.Link)
	case "think":
		return flag(&s.Think)
	}
	return fmt.Errorf("%q is no switch of the stand-in", name)
}

// placeholders are what the stand-in takes for one.
var placeholders = regexp.MustCompile(`\[[A-Z][A-Z0-9_]*_[0-9]+\]`)

// spellings are what models make of a placeholder.
var spellings = map[string]func(string) string{
	"lower":     strings.ToLower,
	"spaces":    strings.NewReplacer("_", " ").Replace,
	"hyphens":   strings.NewReplacer("_", "-").Replace,
	"zeros":     func(p string) string { at := strings.LastIndexByte(p, '_') + 1; return p[:at] + "00" + p[at:] },
	"markdown":  strings.NewReplacer("[", `\[`, "_", `\_`, "]", `\]`).Replace,
	"html":      strings.NewReplacer("[", "&#91;", "]", "&#93;").Replace,
	"unicode":   strings.NewReplacer("[", `\u005b`, "]", `\u005d`).Replace,
	"fullwidth": strings.NewReplacer("[", "［", "]", "］").Replace,
	"bare":      func(p string) string { return strings.Trim(p, "[]") },
}

// Spellings are the names of the spellings that a [Script] can ask for.
func Spellings() []string {
	names := make([]string, 0, len(spellings))
	for name := range spellings {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// spell changes the placeholders in a text.
func (s Script) spell(text string) string {
	if change := spellings[s.Spelling]; change != nil {
		return placeholders.ReplaceAllStringFunc(text, change)
	}
	return text
}

// cut cuts a text into deltas, none of which is empty.
func (s Script) cut(text string) []string {
	if text == "" {
		return nil
	}
	if s.Cut == 0 {
		pieces := strings.SplitAfter(text, " ")
		if last := len(pieces) - 1; pieces[last] == "" {
			pieces = pieces[:last]
		}
		return pieces
	}
	var pieces []string
	for runes := []rune(text); len(runes) > 0; {
		n := min(s.Cut, len(runes))
		pieces = append(pieces, string(runes[:n]))
		runes = runes[n:]
	}
	return pieces
}

// weave joins the events of several lanes, one lane after the other or one
// event of each in turn.
func weave[T any](s Script, lanes [][]T) []T {
	if !s.Interleave {
		return slices.Concat(lanes...)
	}
	var all []T
	for i, more := 0, true; more; i++ {
		more = false
		for _, lane := range lanes {
			if i < len(lane) {
				all, more = append(all, lane[i]), true
			}
		}
	}
	return all
}
