package httpbody

import (
	"io"
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/scratch"
)

// Once hands on a body that lies in memory that is lent, and gives the memory back as
// soon as all of it has been read: from then on it is empty. Readers get copies, and
// nobody else may have kept a part of the body. Memory of a body that is not read to its
// end, or that could not be written, is left to the garbage collector, whether or not the
// body was closed: somebody may go on reading.
type Once struct {
	mu   sync.Mutex
	rest string
	room scratch.Text
}

// NewOnce takes a body, and the memory that it lies in from those who may have lent
// it.
func NewOnce(body string, lenders ...*scratch.Text) *Once {
	o := &Once{rest: body}
	for _, lender := range lenders {
		if lender.Holds(body) {
			lender.Pass(&o.room)
		}
	}
	return o
}

// Read implements [io.Reader].
func (o *Once) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.rest == "" {
		return 0, io.EOF
	}
	n := copy(p, o.rest)
	o.pass(n)
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (o *Once) WriteTo(w io.Writer) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.rest == "" {
		return 0, nil
	}
	size := len(o.rest)
	n, err := o.room.Write(w, o.rest)
	if err == nil && n < size {
		err = io.ErrShortWrite
	}
	if err != nil {
		// Some writers that fail still have the bytes, as that of HTTP/2 has when its
		// stream ends while a frame waits.
		o.room.Forget()
	}
	o.pass(n)
	return int64(n), err
}

// pass takes note of what has been read.
func (o *Once) pass(n int) {
	if o.rest = o.rest[n:]; o.rest == "" {
		o.room.Release()
	}
}

// Close implements [io.Closer].
func (o *Once) Close() error { return nil }

var _ io.WriterTo = (*Once)(nil)
