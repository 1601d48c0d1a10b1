package audit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"
)

// FileSettings are those of the sink that appends to a file.
type FileSettings struct {
	Path string
	// MaxBytes and MaxAge say when a new file begins.
	MaxBytes int64
	MaxAge   time.Duration
	// Keep is how many old files stay beside the current one.
	Keep int
}

// fileSink appends to a file. Old ones are named after the time when the next
// began: path.20060102T150405.000Z.
type fileSink struct {
	FileSettings
	mu   sync.Mutex
	file *os.File // nil when it could not be opened again
	size int64
	// begun is when the first line of the file was written.
	begun time.Time
	// regular tells that it is a file and no device, and can be rotated.
	regular bool
	// torn tells that the file ends in a part of a line.
	torn bool
	now  func() time.Time
}

const oldStamp = "20060102T150405.000Z"

func openFile(s FileSettings) (*fileSink, error) {
	f := &fileSink{FileSettings: s, now: time.Now}
	if info, err := os.Stat(filepath.Dir(s.Path)); err != nil || !info.IsDir() {
		return nil, &SettingError{"file.path", "is in a folder that is not there", "make the folder, owned by the user that KrakenD runs as"}
	}
	if err := f.open(); err != nil {
		return nil, &SettingError{"file.path", "cannot be opened to append: " + withoutPath(err).Error(), "check that it is a file and may be written by the user that KrakenD runs as"}
	}
	return f, nil
}

func (f *fileSink) open() error {
	file, err := os.OpenFile(f.Path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm() != 0o600 {
		err = file.Chmod(0o600)
	}
	if err != nil {
		_ = file.Close()
		return err
	}
	f.file, f.size, f.regular, f.torn, f.begun = file, info.Size(), info.Mode().IsRegular(), false, f.now()
	if f.regular && f.size > 0 {
		f.begun = beginOf(file, info)
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, f.size-1); err != nil || last[0] != '\n' {
			f.torn = true
		}
	}
	return nil
}

// beginOf returns when the first line of a file was written.
func beginOf(file *os.File, info fs.FileInfo) time.Time {
	var first Head
	line, err := bufio.NewReader(file).ReadBytes('\n')
	if err == nil && json.Unmarshal(line, &first) == nil && !first.Time.IsZero() {
		return first.Time
	}
	return info.ModTime()
}

func (f *fileSink) write(line []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil && f.regular && !f.stands() {
		_ = f.file.Close()
		f.file = nil
	}
	if f.file == nil {
		if err := f.open(); err != nil {
			return withoutPath(err)
		}
	}
	if f.regular && f.size > 0 && (f.size+int64(len(line)) > f.MaxBytes || f.now().Sub(f.begun) >= f.MaxAge) {
		f.rotate()
		if f.file == nil {
			return errNoFile
		}
	}
	if f.size == 0 {
		f.begun = f.now()
	}
	n, err := appendLine(f.file, f.size, line, &f.torn)
	f.size += n
	return err
}

// stands tells whether the file is still the one under its name, and how large it
// is: others rotate, cut and remove files, and what is written to one that is
// gone is lost without a word.
func (f *fileSink) stands() bool {
	ours, err := f.file.Stat()
	if err != nil {
		return false
	}
	f.size = ours.Size()
	named, err := os.Stat(f.Path)
	return err == nil && os.SameFile(ours, named)
}

var errNoFile = fmt.Errorf("the next file cannot be opened")

// appendLine writes a line whole or not at all. A part that could not be taken
// back is closed by a line break, once there is room for it. It returns by how
// much the file has grown.
func appendLine(file *os.File, size int64, line []byte, torn *bool) (int64, error) {
	if *torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := file.Write(line)
	if err == nil {
		*torn = false
		return int64(n), nil
	}
	if n > 0 && file.Truncate(size) != nil {
		*torn = true
		return int64(n), withoutPath(err)
	}
	return 0, withoutPath(err)
}

// rotate begins a new file. Where that fails, the old one goes on.
func (f *fileSink) rotate() {
	at := f.now().UTC()
	old := f.Path + "." + at.Format(oldStamp)
	for {
		if _, err := os.Lstat(old); err != nil {
			break
		}
		at = at.Add(time.Millisecond)
		old = f.Path + "." + at.Format(oldStamp)
	}
	if os.Rename(f.Path, old) != nil {
		f.begun = f.now() // not at every line again
		return
	}
	_ = f.file.Close()
	f.file = nil
	_ = f.open() // the next line tries again
	f.removeOld()
}

// removeOld removes the oldest files beyond those to keep. Their names sort by
// their age.
func (f *fileSink) removeOld() {
	entries, err := os.ReadDir(filepath.Dir(f.Path))
	if err != nil {
		return // the next rotation tries again
	}
	var old []string
	prefix := filepath.Base(f.Path) + "."
	for _, e := range entries {
		if name := e.Name(); len(name) == len(prefix)+len(oldStamp) && name[:len(prefix)] == prefix {
			if _, err := time.Parse(oldStamp, name[len(prefix):]); err == nil {
				old = append(old, name)
			}
		}
	}
	sort.Strings(old)
	for len(old) > f.Keep {
		_ = os.Remove(filepath.Join(filepath.Dir(f.Path), old[0]))
		old = old[1:]
	}
}
