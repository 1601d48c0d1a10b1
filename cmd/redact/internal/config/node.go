// Package config reads JSON so that everything in it has a place: file, line,
// column and JSON pointer. It also renders KrakenD's templates, and leads from
// what was rendered back to where it was written.
//
// It knows nothing of what a configuration means.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is what a node is.
type Kind byte

// The kinds. Scalar is a number, true, false or null.
const (
	Object Kind = iota
	Array
	String
	Scalar
)

// maxDepth bounds how deeply a document may be nested.
const maxDepth = 1000

// Node is a value of a JSON document. The methods that look into it take nil, and
// find nothing there.
type Node struct {
	Kind Kind
	// Start and End are where it stands, in bytes.
	Start, End int
	// Key is its name in the object that it stands in, and KeyStart where that
	// stands. Of a list's elements, Index is the number.
	Key      string
	KeyStart int
	Index    int
	// Text is the value of a string, and what is written for a scalar.
	Text string
	// Children are the fields of an object or the elements of a list.
	Children []*Node
	Parent   *Node
	instead  string // of what is written, if not empty
}

// Get returns a field of an object, nil if there is none. Of several it is the
// last, which is the one that KrakenD takes.
func (n *Node) Get(path ...string) *Node {
	for _, name := range path {
		if n == nil || n.Kind != Object {
			return nil
		}
		found := (*Node)(nil)
		for _, c := range n.Children {
			if c.Key == name {
				found = c
			}
		}
		n = found
	}
	return n
}

// List returns the elements of a list, nil if it is none.
func (n *Node) List() []*Node {
	if n == nil || n.Kind != Array {
		return nil
	}
	return n.Children
}

// Fields returns the fields of an object, nil if it is none.
func (n *Node) Fields() []*Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	return n.Children
}

// Str returns the value of a string, empty if it is none.
func (n *Node) Str() string {
	if n == nil || n.Kind != String {
		return ""
	}
	return n.Text
}

// Strings returns the texts in a list.
func (n *Node) Strings() []string {
	var list []string
	for _, c := range n.List() {
		if c.Kind == String {
			list = append(list, c.Text)
		}
	}
	return list
}

// True tells whether the value is true.
func (n *Node) True() bool { return n != nil && n.Kind == Scalar && n.Text == "true" }

// Int returns the value of a whole number.
func (n *Node) Int() (int64, bool) {
	if n == nil || n.Kind != Scalar {
		return 0, false
	}
	i, err := strconv.ParseInt(n.Text, 10, 64)
	return i, err == nil
}

// Walk calls f with a node and all below it.
func (n *Node) Walk(f func(*Node)) {
	if n == nil {
		return
	}
	f(n)
	for _, c := range n.Children {
		c.Walk(f)
	}
}

// Pointer returns the JSON pointer to the node (RFC 6901), empty for the root.
func (n *Node) Pointer() string {
	if n == nil || n.Parent == nil {
		return ""
	}
	step := strconv.Itoa(n.Index)
	if n.Parent.Kind == Object {
		step = strings.NewReplacer("~", "~0", "/", "~1").Replace(n.Key)
	}
	return n.Parent.Pointer() + "/" + step
}

// Find returns the node that a path such as redaction_rules[2].pattern leads to,
// or the deepest one on the way there. Names may hold dots themselves.
func (n *Node) Find(path string) *Node {
	for path != "" && n != nil {
		next, rest := n.step(path)
		if next == nil {
			return n
		}
		n, path = next, rest
	}
	return n
}

func (n *Node) step(path string) (next *Node, rest string) {
	path = strings.TrimPrefix(path, ".")
	if n.Kind == Array && strings.HasPrefix(path, "[") {
		number, rest, _ := strings.Cut(path[1:], "]")
		if i, err := strconv.Atoi(number); err == nil && i < len(n.Children) {
			return n.Children[i], rest
		}
		return nil, ""
	}
	for _, c := range n.Fields() {
		after, ok := strings.CutPrefix(path, c.Key)
		if ok && (after == "" || after[0] == '.' || after[0] == '[') && (next == nil || len(c.Key) >= len(next.Key)) {
			next, rest = c, after
		}
	}
	return next, rest
}

// SyntaxError tells where a text stops being JSON.
type SyntaxError struct {
	// Offset is the place in bytes.
	Offset int
	Reason string
}

func (e *SyntaxError) Error() string { return e.Reason }

// Document is a JSON document.
type Document struct {
	// File is what places name.
	File string
	Text []byte
	Root *Node
	// Rendered is what the text was rendered from, nil for a plain file.
	Rendered *Rendered
	lines    []int // where lines begin
}

// bom is the mark that some editors put in front of a text. Policies may have it.
var bom = []byte("\xef\xbb\xbf")

// Parse reads a document. Its errors are of type [*SyntaxError].
func Parse(file string, text []byte) (*Document, error) {
	if bytes.HasPrefix(text, bom) {
		text = append([]byte("   "), text[len(bom):]...)
	}
	d := &Document{File: file, Text: text}
	p := parser{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	if !utf8.Valid(text) {
		return d, &SyntaxError{0, "is not UTF-8 text"}
	}
	p.dec.UseNumber()
	var whole json.RawMessage
	var syntax *json.SyntaxError
	// The decoder of tokens tells the place of a mistake only in part. No JSON
	// text goes on with a NUL, so that one that ends too early breaks at its end.
	if errors.As(json.Unmarshal(append(bytes.Clone(text), 0), &whole), &syntax) {
		if at := int(syntax.Offset) - 1; at < len(text) || json.Unmarshal(text, &whole) != nil {
			return d, &SyntaxError{min(at, len(text)), "is not valid JSON"}
		}
	}
	root, err := p.value(nil, 0)
	if err != nil {
		return d, err
	}
	d.Root = root
	return d, nil
}

type parser struct {
	text []byte
	dec  *json.Decoder
	last int // where the last token ends
}

// token returns the next token and where it stands.
func (p *parser) token() (t json.Token, start int, err error) {
	start = p.last
	t, err = p.dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, start, &SyntaxError{len(p.text), "ends too early"}
	}
	if err != nil {
		return nil, start, &SyntaxError{start, "is not valid JSON"}
	}
	p.last = int(p.dec.InputOffset())
	for start < p.last && strings.IndexByte(" \t\r\n,:", p.text[start]) >= 0 {
		start++
	}
	return t, start, nil
}

func (p *parser) value(parent *Node, depth int) (*Node, error) {
	t, start, err := p.token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, &SyntaxError{start, fmt.Sprintf("is nested more than %d levels deep", maxDepth)}
	}
	n := &Node{Start: start, End: p.last, Parent: parent, Kind: Scalar}
	switch t := t.(type) {
	case json.Delim:
		n.Kind = Object
		if t == '[' {
			n.Kind = Array
		}
		for p.dec.More() {
			var key json.Token
			var at int
			if n.Kind == Object {
				if key, at, err = p.token(); err != nil {
					return nil, err
				}
			}
			c, err := p.value(n, depth+1)
			if err != nil {
				return nil, err
			}
			c.Key, _ = key.(string)
			c.KeyStart, c.Index = at, len(n.Children)
			n.Children = append(n.Children, c)
		}
		if _, _, err := p.token(); err != nil {
			return nil, err
		}
		n.End = p.last
	case string:
		n.Kind, n.Text = String, t
	default:
		n.Text = string(p.text[start:p.last])
	}
	return n, nil
}

// Place is a place in a file. Lines and columns count from 1, columns in
// characters.
type Place struct {
	File         string
	Line, Column int
}

// At returns the place of a byte.
func (d *Document) At(offset int) Place {
	if d.lines == nil {
		d.lines = lineStarts(d.Text)
	}
	line := sort.SearchInts(d.lines, offset+1) - 1
	return Place{d.File, line + 1, utf8.RuneCount(d.Text[d.lines[line]:min(offset, len(d.Text))]) + 1}
}

// PlaceOf returns the place of a node: of its key if it has one. What was
// rendered is placed in its template where that can be told.
func (d *Document) PlaceOf(n *Node) Place {
	at := 0
	switch {
	case n == nil:
	case n.Parent != nil && n.Parent.Kind == Object:
		at = n.KeyStart
	default:
		at = n.Start
	}
	return d.OriginOf(at)
}

// OriginOf returns the place of a byte, in the template where that can be told.
func (d *Document) OriginOf(offset int) Place {
	if d.Rendered != nil {
		return d.Rendered.origin(d.At(offset))
	}
	return d.At(offset)
}

func lineStarts(text []byte) []int {
	starts := []int{0}
	for i, b := range text {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// Write returns the JSON text of a node as it is now.
func (d *Document) Write(n *Node) []byte {
	var b bytes.Buffer
	d.write(&b, n)
	return b.Bytes()
}

func (d *Document) write(b *bytes.Buffer, n *Node) {
	if n.Kind == String || n.Kind == Scalar {
		if n.instead != "" {
			b.WriteString(n.instead)
		} else {
			b.Write(d.Text[n.Start:n.End])
		}
		return
	}
	b.WriteByte(d.Text[n.Start])
	for i, c := range n.Children {
		if i > 0 {
			b.WriteByte(',')
		}
		if n.Kind == Object {
			b.Write(quote(c.Key))
			b.WriteByte(':')
		}
		d.write(b, c)
	}
	b.WriteByte(d.Text[n.End-1])
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // a string cannot fail
	return quoted
}

// Clone returns a copy of the node and of all below it, which keeps its place.
func (n *Node) Clone() *Node {
	c := *n
	c.Children = make([]*Node, len(n.Children))
	for i, child := range n.Children {
		c.Children[i] = child.Clone()
		c.Children[i].Parent = &c
	}
	return &c
}

// Detach takes the node out of its parent. The nodes beside it keep their places
// and pointers.
func (n *Node) Detach() {
	n.Parent.Children = slices.DeleteFunc(n.Parent.Children, func(c *Node) bool { return c == n })
}

// SetString makes a node a string with another value.
func (n *Node) SetString(text string) { n.SetJSON(string(quote(text))) }

// SetJSON makes a node be written as another JSON text.
func (n *Node) SetJSON(text string) { n.Kind, n.Children, n.instead = Scalar, nil, text }
