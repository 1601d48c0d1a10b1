package placeholder

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Glance is a first look at the texts of a JSON document, in their order: most have
// no placeholder, and it tells without a closer look at each.
type Glance struct {
	reader *Reader
	doc    string
	core   int // where the next core begins, -1 for not known, the document's length for none
}

// Glance begins a look at a document.
func (r *Restorer) Glance(doc string) Glance { return Glance{r.Reader, doc, -1} }

// Sees tells whether a placeholder may stand in a text of the document, also in what
// its escapes stand for. Letters have only one escape, by their number.
func (g *Glance) Sees(t jsonedit.Text) bool {
	c := g.reader.core
	if c == nil {
		return len(g.reader.groups) > 0
	}
	if g.core < t.Start {
		if g.core = c.index(g.doc, t.Start); g.core < 0 {
			g.core = len(g.doc)
		}
	}
	// A core is all letters, so one that begins in the text also ends there.
	return g.core < t.End || t.Escaped && strings.Contains(t.Raw, `\u`)
}
