package redact

// Bounds in bytes of what is looked into together with its name: a value that
// its name tells about is short, and so is the name.
const (
	maxNamed = 512
	maxName  = 64
)

// untelling are the names that all chat formats have and that tell nothing about
// a value. Leaving them out saves time.
var untelling = map[string]bool{"content": true, "text": true, "input": true, "prompt": true, "role": true, "type": true}

// named makes name the one of the texts that are scanned until it is called
// again. "" is none.
func (r *Request) named(name string) {
	if len(name) > maxName || untelling[name] {
		name = ""
	}
	r.name = name
}

// scanNamed returns what is found in a text behind the name of its field, as in
// {"password": "…"}: many values can only be told by the word in front of them.
func (r *Request) scanNamed(text string) []mark {
	if r.name == "" || text == "" || len(text) > maxNamed {
		return nil
	}
	r.before = r.name + ": "
	found := r.find(r.before + text)
	kept := found[:0]
	for _, f := range found {
		if f.Start >= len(r.before) {
			f.Start, f.End = f.Start-len(r.before), f.End-len(r.before)
			kept = append(kept, f)
		}
	}
	r.before = ""
	return marksOf(text, kept)
}
