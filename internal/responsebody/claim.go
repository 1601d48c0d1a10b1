package responsebody

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
)

// claim is what a Content-Type says about fields in the body.
type claim uint8

const (
	// noFields: images and the like, which pass as they are.
	noFields claim = iota
	// isJSON: JSON in some form. It must be readable.
	isJSON
	// unsaid: nothing. What begins as JSON does must be readable.
	unsaid
	// isPage: HTML, scripts and other text, which pass as they are. But some
	// servers call everything a page: what is JSON throughout is changed.
	isPage
	// mayHoldJSON: a type that servers give to JSON when nobody told them
	// better. What cannot be read as JSON is what it says to be.
	mayHoldJSON
	// someFields: there may be JSON in it that cannot be got at.
	someFields
)

func claimOf(c httpbody.Content) claim {
	media, _ := c.Media()
	kind, _ := c.Kind()
	switch {
	case media == "":
		return unsaid
	case kind == httpbody.Multipart:
		return someFields
	case kind == httpbody.JSON, kind == httpbody.JSONLines, kind == httpbody.EventStream, strings.Contains(media, "json"):
		return isJSON
	case media == "text/plain", media == "application/octet-stream":
		return mayHoldJSON
	case strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "javascript"):
		return isPage
	}
	return noFields
}

// mayBeJSON looks at the beginning of a body without taking it: white space and
// then what an object or an array begins with, or the mark of gzip.
func mayBeJSON(body *bufio.Reader) bool {
	for n := 1; n <= body.Size(); n++ {
		begin, err := body.Peek(n)
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		switch begin[n-1] {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
		case '{', '[', 0x1f:
			return true
		default:
			return false
		}
	}
	return true
}
