package redact

import (
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// minPayload is how long, in characters, the payload of a data: URL must be to
// be taken for one. Shorter ones are looked into like any text: a card number
// is valid base64 too.
const minPayload = 32

// dataURLHead is what comes before the payload of a base64 data: URL of media
// that are not text (RFC 2397). It is looked into like any text.
var dataURLHead = regexp.MustCompile(`data:(?:image|audio|video|font|model|application)/[a-zA-Z0-9!#$&^_.+-]+(?:;[a-zA-Z0-9!#$&^_.+=-]+)*;base64,$`)

const (
	base64Mark  = ";base64,"
	maxHeadSize = 256 // bytes; media types and their parameters are short
)

// outsidePayloads calls inspect with each part of text that is no payload of a
// data: URL, and where it begins.
func outsidePayloads(text string, inspect func(start int, part string)) {
	start := 0
	for at := 0; ; {
		mark := strings.Index(text[at:], base64Mark)
		if mark < 0 {
			break
		}
		at += mark + len(base64Mark)
		end := at
		for end < len(text) && isBase64(text[end]) {
			end++
		}
		data := end
		for end < len(text) && end < data+2 && text[end] == '=' {
			end++
		}
		if isPayload(text[at:data]) && dataURLHead.MatchString(text[max(start, at-maxHeadSize):at]) {
			inspect(start, text[start:at])
			start = end
		}
		at = end
	}
	inspect(start, text[start:])
}

// isPayload tells whether base64 characters, without padding, can be media.
func isPayload(data string) bool {
	return len(data) >= minPayload && len(data)%4 != 1
}

// isMedia tells whether all of a text is base64 that can be media.
func isMedia(text string) bool {
	data := strings.TrimRight(text, "=")
	for i := 0; i < len(data); i++ {
		if !isBase64(data[i]) {
			return false
		}
	}
	return len(text)-len(data) <= 2 && isPayload(data)
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// find returns what the rules describe in a text, payloads left out. The
// result is valid until the next call. Once a rule has taken too long the request
// is refused, so nothing is looked for any more: a request of many texts would
// keep a processor busy for as many times the bound.
func (r *Request) find(text string) []detect.Finding {
	r.room.found = r.room.found[:0]
	if r.failed {
		return r.room.found
	}
	outsidePayloads(text, func(start int, part string) {
		first := len(r.room.found)
		r.notes.text = part
		if r.explained != nil {
			r.explained.text(part, r.before, r.scope)
		}
		found, err := r.masker.engine.SearchIn(r.room.found, part, r.scope)
		r.room.found = found
		r.failed = r.failed || err != nil
		for i, f := range found[first:] {
			if start+f.Start >= len(r.before) {
				r.know(part[f.Start:f.End], f.Rule)
			}
			found[first+i].Start += start
			found[first+i].End += start
		}
	})
	return r.room.found
}
