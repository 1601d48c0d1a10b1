package redact

import (
	"bufio"
	"mime"
	"net/textproto"
	"strings"
)

// maxMultipart bounds how deep multipart bodies may be nested.
const maxMultipart = 3

// scanMultipart scans the parts of a multipart body (RFC 2046, 5.1), each by
// its own type. Everything between the parts stays as it is.
func (r *Request) scanMultipart(doc, boundary string, level int) (Part, error) {
	whole := Part{doc: doc}
	if boundary == "" || level == maxMultipart {
		return Part{}, ErrBrokenParts
	}
	delimiter := "\r\n--" + boundary
	// The first delimiter may stand at the very beginning, without a line
	// break; nothing else may precede it, or it would go unseen.
	if !strings.HasPrefix(doc, delimiter[2:]) {
		return Part{}, ErrBrokenParts
	}
	at := len(delimiter) - 2
	for {
		if strings.HasPrefix(doc[at:], "--") {
			if strings.TrimSpace(doc[at+2:]) != "" {
				return Part{}, ErrBrokenParts
			}
			return whole, nil
		}
		lineEnd := strings.Index(doc[at:], "\r\n")
		if lineEnd < 0 || strings.Trim(doc[at:at+lineEnd], " \t") != "" {
			return Part{}, ErrBrokenParts
		}
		at += lineEnd + 2
		length := strings.Index(doc[at:], delimiter)
		if length < 0 {
			return Part{}, ErrBrokenParts
		}
		if err := r.scanPart(&whole, at, doc[at:at+length], level); err != nil {
			return Part{}, err
		}
		at += length + len(delimiter)
	}
}

// scanPart scans the header and the content of one part, which begins at start
// in the whole body.
func (r *Request) scanPart(whole *Part, start int, part string, level int) error {
	header, content := "", part
	if rest, none := strings.CutPrefix(part, "\r\n"); none {
		content = rest
	} else if end := strings.Index(part, "\r\n\r\n"); end >= 0 {
		header, content = part[:end], part[end+4:]
	} else {
		return ErrBrokenParts
	}
	fields, err := textproto.NewReader(bufio.NewReader(strings.NewReader(header + "\r\n\r\n"))).ReadMIMEHeader()
	// Of fields that stand twice readers choose differently.
	if err != nil || len(fields["Content-Type"]) > 1 || len(fields["Content-Transfer-Encoding"]) > 1 {
		return ErrBrokenParts
	}
	whole.add(r.scanText(header), start)

	contentStart := start + len(part) - len(content)
	switch strings.ToLower(fields.Get("Content-Transfer-Encoding")) {
	case "", "7bit", "8bit", "binary":
	default:
		if r.masker.options.AllowBinary {
			return nil
		}
		return ErrEncoding
	}
	if content == "" {
		return nil
	}
	// A name that cannot be read tells nothing.
	_, disposition, _ := mime.ParseMediaType(fields.Get("Content-Disposition"))
	r.named(disposition["name"])
	scanned, err := r.scanBody(content, Content{Type: fields.Get("Content-Type")}, level+1)
	r.named("")
	if err != nil {
		return err
	}
	whole.add(scanned, contentStart)
	return nil
}

// add takes the marks of an inner part that begins at start.
func (p *Part) add(inner Part, start int) {
	for _, m := range inner.marks {
		m.start, m.end = m.start+start, m.end+start
		p.marks = append(p.marks, m)
	}
}
