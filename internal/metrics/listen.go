package metrics

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// listeners are the open ones by their addresses: all endpoints of a process
// that name the same address share it.
var listeners struct {
	sync.Mutex
	of map[string]*listener
}

type listener struct {
	path string
	set  *Set
}

// ErrPath is an address that another endpoint has opened with another path.
var ErrPath = errors.New("another endpoint gives this address another path")

// Listen opens a listener for the process, or takes the one that is open at the
// address, and returns what it tells.
func Listen(address, path string) (*Set, error) {
	listeners.Lock()
	defer listeners.Unlock()
	if l := listeners.of[address]; l != nil {
		if l.path != path {
			return nil, ErrPath
		}
		return l.set, nil
	}
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return nil, reasonOf(err)
	}
	set := newSet()
	server := &http.Server{
		Handler:     handler(path, set),
		ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	go func() { _ = server.Serve(socket) }()
	if listeners.of == nil {
		listeners.of = map[string]*listener{}
	}
	listeners.of[address] = &listener{path, set}
	return set, nil
}

// reasonOf leaves out the address, which the message names already.
func reasonOf(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return errors.New("it is not an address of this host")
}

// handler answers a scrape, and nothing else.
func handler(path string, set *Set) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != path:
			http.NotFound(w, r)
		case r.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "only GET is answered here", http.StatusMethodNotAllowed)
		default:
			var body bytes.Buffer
			set.writeTo(&body)
			w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
			_, _ = body.WriteTo(w)
		}
	})
}
