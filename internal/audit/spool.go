package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// spool keeps lines on disk until they have been sent. It is a folder of files
// that are appended to, and are removed when all of their lines have arrived.
type spool struct {
	dir string
	max int64 // bytes of all segments
	mu  sync.Mutex
	// total are the bytes of all segments.
	total int64
	// sealed are the segments that nothing is appended to any more, oldest first.
	sealed []segment
	// active is the one that is appended to; its file is nil before the first line.
	active segment
	file   *os.File
	torn   bool
	next   int64
	lock   *os.File
	// filled is told when there is something to send.
	filled chan struct{}
}

type segment struct {
	path string
	size int64
}

// segmentSize is how large in bytes a segment becomes, unless one line is larger.
const segmentSize = 256 << 10

const segmentEnding = ".jsonl"

var errSpoolFull = errors.New("the spool is full")

func openSpool(dir string, maxBytes int64) (*spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot be made: %w", withoutPath(err))
	}
	s := &spool{dir: dir, max: maxBytes, filled: make(chan struct{}, 1)}
	var err error
	if s.lock, err = os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("cannot be written to: %w", withoutPath(err))
	}
	if err := lockFile(s.lock); err != nil {
		_ = s.lock.Close()
		return nil, fmt.Errorf("is in use by another process: %w", err)
	}
	if err := s.adopt(); err != nil {
		_ = s.lock.Close()
		return nil, fmt.Errorf("cannot be read: %w", withoutPath(err))
	}
	return s, nil
}

// adopt takes over what an earlier process has left.
func (s *spool) adopt() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		number, err := strconv.ParseInt(strings.TrimSuffix(e.Name(), segmentEnding), 10, 64)
		if err != nil || !strings.HasSuffix(e.Name(), segmentEnding) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		s.next = max(s.next, number+1)
		s.total += info.Size()
		s.sealed = append(s.sealed, segment{filepath.Join(s.dir, e.Name()), info.Size()})
	}
	sort.Slice(s.sealed, func(i, j int) bool { return s.sealed[i].path < s.sealed[j].path })
	if len(s.sealed) > 0 {
		s.filled <- struct{}{}
	}
	return nil
}

// write appends a line.
func (s *spool) write(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total+int64(len(line)) > s.max {
		return errSpoolFull
	}
	if s.file != nil && s.active.size > 0 && s.active.size+int64(len(line)) > segmentSize {
		s.seal()
	}
	if s.file == nil {
		s.active = segment{path: filepath.Join(s.dir, fmt.Sprintf("%020d%s", s.next, segmentEnding))}
		file, err := os.OpenFile(s.active.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return withoutPath(err)
		}
		s.file, s.torn = file, false
		s.next++
	}
	n, err := appendLine(s.file, s.active.size, line, &s.torn)
	s.active.size += n
	s.total += n
	if err == nil {
		select {
		case s.filled <- struct{}{}:
		default:
		}
	}
	return err
}

// seal ends the active segment.
func (s *spool) seal() {
	_ = s.file.Close()
	s.file = nil
	s.sealed = append(s.sealed, s.active)
}

// oldest returns the segment to send next, false when all is sent.
func (s *spool) oldest() (segment, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sealed) == 0 && s.file != nil && s.active.size > 0 {
		s.seal()
	}
	if len(s.sealed) == 0 {
		return segment{}, false
	}
	return s.sealed[0], true
}

// done removes the oldest segment.
func (s *spool) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := s.sealed[0]
	s.sealed = s.sealed[1:]
	s.total -= oldest.size
	// Should it stay, it is sent again after the next start, and known there.
	_ = os.Remove(oldest.path)
}

// linesOf returns the lines of a segment. What is no record, because a crash or
// a full disk cut it off, is left out.
func linesOf(text []byte) (lines [][]byte) {
	for _, line := range bytes.SplitAfter(text, []byte{'\n'}) {
		if line = bytes.TrimSuffix(line, []byte{'\n'}); len(line) > 0 && json.Valid(line) {
			lines = append(lines, line)
		}
	}
	return lines
}
