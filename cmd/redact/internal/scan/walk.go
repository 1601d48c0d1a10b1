package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Why a file was not scanned, 0 for one that was.
const (
	skippedBinary = iota + 1
	skippedLink
	skippedExcluded
)

// file is a file that is being scanned.
type file struct {
	path  string
	stamp Stamp
}

// reader reads files and cuts them into units, in one order only: what a scan
// counts and when it stops depends on nothing else.
type reader struct {
	scanner *Scanner
	state   resumed
	// emit hands on a unit. It returns false when the scan is to stop.
	emit func(*unit) bool
}

// errStopped ends reading without a reason of its own.
var errStopped = errors.New("stopped")

// run reads all files. It returns an error of the scan, not of single files.
func (r *reader) run(ctx context.Context) error {
	for _, path := range r.scanner.options.Paths {
		err := r.scanner.options.walk(path, func(path string, info fs.FileInfo, skipped int, err error) error {
			if ctx.Err() != nil {
				return errStopped
			}
			return r.read(path, info, skipped, err)
		})
		if errors.Is(err, errStopped) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Size returns how many bytes there are to read in all files, as they are stored.
func (o Options) Size(ctx context.Context) int64 {
	var total int64
	for _, path := range o.Paths {
		// Whoever reads the files says what is wrong with them.
		_ = o.walk(path, func(_ string, info fs.FileInfo, skipped int, err error) error {
			if err == nil && skipped == 0 {
				total += info.Size()
			}
			return ctx.Err()
		})
	}
	return total
}

// walk visits a file or the files in a folder, in lexical order. Links in a
// folder are not followed.
func (o Options) walk(root string, visit func(path string, info fs.FileInfo, skipped int, err error) error) error {
	info, err := os.Stat(root)
	if err != nil || !info.IsDir() {
		return visit(root, info, 0, err)
	}
	if resolved, err := filepath.EvalSymlinks(root); err == nil && resolved != root {
		// WalkDir does not follow a root that is a link, unless it ends like a folder.
		root += string(filepath.Separator)
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return visit(path, nil, 0, err)
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return visit(path, nil, 0, err)
		}
		relative = filepath.ToSlash(relative)
		excluded := relative != "." && matchesAny(o.Exclude, relative)
		if d.IsDir() {
			if excluded {
				if err := visit(path, nil, skippedExcluded, nil); err != nil {
					return err
				}
				return filepath.SkipDir
			}
			return nil
		}
		if o.isState(path) {
			return nil
		}
		if d.Type()&fs.ModeSymlink != 0 {
			return visit(path, nil, skippedLink, nil)
		}
		if excluded || len(o.Include) > 0 && !matchesAny(o.Include, relative) {
			return visit(path, nil, skippedExcluded, nil)
		}
		if !d.Type().IsRegular() {
			return visit(path, nil, skippedBinary, nil)
		}
		info, err := d.Info()
		return visit(path, info, 0, err)
	})
}

// isState tells whether a file is the one that keeps the state, or is about to be.
func (o Options) isState(path string) bool {
	if o.State == "" || strings.TrimSuffix(filepath.Base(path), stateNext) != filepath.Base(o.State) {
		return false
	}
	here, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return false
	}
	there, err := os.Stat(filepath.Dir(o.State))
	return err == nil && os.SameFile(here, there)
}

// matchesAny tells whether a glob describes a path: its last element where the
// glob has no slash, else all of it. A star stands for anything but a slash, two
// stars for anything.
func matchesAny(globs []string, path string) bool {
	for _, glob := range globs {
		name := path
		if !strings.Contains(glob, "/") {
			name = path[strings.LastIndexByte(path, '/')+1:]
		}
		if expression(glob).MatchString(name) {
			return true
		}
	}
	return false
}

func expression(glob string) *regexp.Regexp {
	return regexp.MustCompile("^" + globSyntax.Replace(regexp.QuoteMeta(strings.TrimPrefix(glob, "/"))) + "$")
}

// globSyntax turns a quoted glob into an expression; the first that fits counts.
var globSyntax = strings.NewReplacer(`\*\*/`, `(?:.*/)?`, `\*\*`, `.*`, `\*`, `[^/]*`, `\?`, `[^/]`)

// checkGlobs refuses what is no glob here but is elsewhere.
func (o Options) checkGlobs() error {
	for _, glob := range append(o.Include[:len(o.Include):len(o.Include)], o.Exclude...) {
		if glob == "" || strings.ContainsAny(glob, "[]{}\\") {
			return fmt.Errorf("the glob %q cannot be read; it can have *, ** and ?", glob)
		}
	}
	return nil
}

// read reads one file.
func (r *reader) read(path string, info fs.FileInfo, skipped int, err error) error {
	f := &file{path: path}
	if info != nil {
		f.stamp = Stamp{info.Size(), info.ModTime()}
	}
	if known, done := r.state.done[path]; done {
		if !known.same(f.stamp) {
			return errChanged(path)
		}
		return nil
	}
	r.state.done[path] = f.stamp
	skip := 0
	if path == r.state.current {
		if !r.state.stamp.same(f.stamp) {
			return errChanged(path)
		}
		skip = r.state.units
	}
	stopped := false
	emit := func(u *unit) bool {
		if skip > 0 {
			skip--
			return true
		}
		u.file = f
		stopped = stopped || !r.emit(u)
		return !stopped
	}
	if err == nil && skipped == 0 {
		err = r.cut(f, emit)
	}
	switch {
	case stopped:
		return errStopped
	case errors.Is(err, errBinary) && !slices.Contains(r.scanner.options.Paths, path):
		// A file that somebody has named is not skipped as easily as those around it.
		skipped, err = skippedBinary, nil
	}
	end := &unit{last: true, skipped: skipped}
	if err != nil {
		end.problems = []string{reasonOf(err)}
	}
	if !emit(end) {
		return errStopped
	}
	return nil
}

func (s Stamp) same(other Stamp) bool {
	return s.Size == other.Size && s.Modified.Equal(other.Modified)
}

// reasonOf leaves out the path, which is told beside it, and every part of the
// file.
func reasonOf(err error) string {
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "ends too early"
	}
	return err.Error()
}
