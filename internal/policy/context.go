package policy

import (
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Bounds of a context's window in bytes: a streamed answer has to hold back
// that much behind a match.
const (
	defaultWindow = 64
	maxWindow     = 512
)

// readContext reads what must and must not stand near a match. It takes the
// place of a detector's own.
func readContext(o *strictjson.Object, rule *Rule) {
	c := o.Object("context")
	if c == nil {
		return
	}
	window := int64(defaultWindow)
	context := &detector.Context{}
	c.Strings("require", &context.Words)
	c.Strings("forbid", &context.Forbid)
	c.Int("window", &window, 1)
	if window > maxWindow {
		c.Fail("window", fmt.Sprintf("must be at most %d bytes", maxWindow), "make it smaller")
	}
	if len(context.Words)+len(context.Forbid) == 0 {
		c.Fail("", "has no words", `name some words under "require" or "forbid"`)
	}
	for _, word := range append(context.Words[:len(context.Words):len(context.Words)], context.Forbid...) {
		if strings.TrimSpace(word) == "" {
			c.Fail("", "holds a word of white space", "remove it")
		}
	}
	_ = c.Close()
	context.Before, context.After = int(window), int(window)
	rule.Context = context
}
