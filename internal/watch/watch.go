// Package watch looks at files now and then and tells when they have settled on
// something new.
//
// It polls: network file systems tell nobody of changes, Kubernetes swaps a
// symbolic link far away from the file, editors put another file in its place,
// and all of that is seen by looking. It knows nothing of what files hold.
package watch

import (
	"os"
	"slices"
	"sync"
	"time"
)

// Reading is what one look at files has read.
type Reading struct {
	// Digest differs when something else was read.
	Digest string
	// Files are the paths that were read, or could not be.
	Files []string
	// Take is called when the next look reads the same: what is being written
	// right now does not.
	Take func()
}

// Watcher looks at any number of sets of files in one goroutine, which begins
// with the first of them. The zero value is ready to use.
type Watcher struct {
	mu   sync.Mutex
	sets []*set
	wake chan struct{} // nil while there is no goroutine
}

// settle is the time between the two looks that must agree, unless the interval
// is shorter.
const settle = time.Second

// Watch looks at files until the process ends, at an interval. last is what has
// been taken already. read and its readings' Take are called in one goroutine.
func (w *Watcher) Watch(every time.Duration, last Reading, read func() Reading) {
	s := &set{every: every, read: read, taken: last.Digest, files: last.Files, due: time.Now().Add(every)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sets = append(w.sets, s)
	if w.wake == nil {
		w.wake = make(chan struct{}, 1)
		go w.run()
	}
	select {
	case w.wake <- struct{}{}:
	default: // it is about to look at the list anyway
	}
}

func (w *Watcher) run() {
	for {
		next := w.next()
		timer := time.NewTimer(time.Until(next.due))
		select {
		case <-timer.C:
			next.due = time.Now().Add(next.look(time.Now()))
		case <-w.wake:
			timer.Stop()
		}
	}
}

// next returns the set that is to be looked at first.
func (w *Watcher) next() *set {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.MinFunc(w.sets, func(a, b *set) int { return a.due.Compare(b.due) })
}

// set are files that are read together.
type set struct {
	every time.Duration
	read  func() Reading
	due   time.Time // of the next look
	files []string
	// marks are those that the files had when they were read and held what was
	// taken; nil when they must be read again, as they must after trusted.
	marks   []os.FileInfo
	trusted time.Time
	// taken and pending are the digests of what was taken, and of something new
	// that was seen once.
	taken, pending string
}

// look looks at the files, and returns when to look again.
func (s *set) look(now time.Time) time.Duration {
	marks := marksOf(s.files)
	if s.marks != nil && now.Before(s.trusted) && slices.EqualFunc(marks, s.marks, sameMark) {
		return s.every
	}
	s.marks = nil
	r := s.read()
	sameFiles := slices.Equal(s.files, r.Files)
	s.files = r.Files
	switch {
	case r.Digest == s.taken:
		s.pending = ""
		if sameFiles && allOld(marks, now) {
			s.marks, s.trusted = marks, now.Add(trust)
		}
	case r.Digest != s.pending:
		s.pending = r.Digest
		return min(s.every, settle)
	default:
		s.taken, s.pending = r.Digest, ""
		r.Take()
	}
	return s.every
}

// marksOf returns what file systems tell of files, nil for one that is not there.
func marksOf(files []string) []os.FileInfo {
	marks := make([]os.FileInfo, len(files))
	for i, file := range files {
		marks[i], _ = os.Stat(file)
	}
	return marks
}

func sameMark(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// coarse is the coarsest that file systems tell times, that of FAT: what changes
// within it may keep its mark.
const coarse = 2 * time.Second

// trust is how long files whose marks stay the same are not read: some tools put
// the old time on a file that they have changed.
const trust = time.Minute

func allOld(marks []os.FileInfo, now time.Time) bool {
	return !slices.ContainsFunc(marks, func(mark os.FileInfo) bool {
		return mark != nil && now.Sub(mark.ModTime()) < coarse
	})
}
