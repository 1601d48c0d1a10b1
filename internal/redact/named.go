package redact

// Bounds in bytes of what is looked into together with its name: a value that
// its name tells about is short, and so is the name.
const (
	maxNamed = 512
	maxName  = 64
)

// tells tells whether a name may tell something about a value. Those that all chat
// formats have do not; leaving them out saves time.
func tells(name string) bool {
	switch name {
	case "", "content", "text", "input", "prompt", "role", "type":
		return false
	}
	return len(name) <= maxName
}

// named makes name the one of the texts that are scanned until it is called
// again. "" is none.
func (r *Request) named(name string) {
	if !tells(name) {
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
