package redact

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// minPayload is how long, in characters, the payload of a data: URL must be to
// be taken for one. Shorter ones are looked into like any text: a card number
// is valid base64 too.
const minPayload = 32

// dataURL finds base64 data: URLs of media that are not text (RFC 2397).
var dataURL = regexp.MustCompile(`data:(?:image|audio|video|font|model|application)/[a-zA-Z0-9!#$&^_.+-]+(?:;[a-zA-Z0-9!#$&^_.+=-]+)*;base64,([A-Za-z0-9+/]+={0,2})`)

// isDataURL tells whether a text is one base64 data: URL and nothing else.
func isDataURL(text string) bool {
	if !strings.HasPrefix(text, "data:") {
		return false
	}
	at := dataURL.FindStringSubmatchIndex(text)
	return at != nil && at[0] == 0 && at[1] == len(text) && isPayload(text[at[2]:at[3]])
}

// withoutDataURLs drops the findings that lie within base64 data: URLs.
func withoutDataURLs(text string, found []detect.Finding) []detect.Finding {
	if len(found) == 0 || !strings.Contains(text, ";base64,") {
		return found
	}
	kept := found[:0]
	urls := dataURL.FindAllStringSubmatchIndex(text, -1)
	for _, f := range found {
		for len(urls) > 0 && urls[0][1] <= f.Start {
			urls = urls[1:]
		}
		inside := len(urls) > 0 && urls[0][2] <= f.Start && f.End <= urls[0][3]
		if !inside || !isPayload(text[urls[0][2]:urls[0][3]]) {
			kept = append(kept, f)
		}
	}
	return kept
}

func isPayload(s string) bool {
	if len(s) < minPayload {
		return false
	}
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil
}
