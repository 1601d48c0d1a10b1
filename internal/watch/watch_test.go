package watch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watched is a set of one file, and of a second one that the first names.
type watched struct {
	t     *testing.T
	file  string
	set   *set
	reads int
	taken []string
	later time.Duration // how far the clock has been put on
}

func newWatched(t *testing.T) *watched {
	w := &watched{t: t, file: filepath.Join(t.TempDir(), "file")}
	w.set = &set{every: 5 * time.Second, read: w.read}
	return w
}

func (w *watched) read() Reading {
	w.reads++
	held, err := os.ReadFile(w.file)
	if err != nil {
		return Reading{Digest: "absent", Files: []string{w.file}, Take: func() { w.taken = append(w.taken, "absent") }}
	}
	files := []string{w.file}
	if name, names := strings.CutPrefix(string(held), "see "); names {
		files = append(files, name)
		other, _ := os.ReadFile(name)
		held = append(held, other...)
	}
	return Reading{Digest: string(held), Files: files, Take: func() { w.taken = append(w.taken, string(held)) }}
}

func (w *watched) write(text string) {
	w.t.Helper()
	if err := os.WriteFile(w.file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// age makes a file look as if it had been written long ago.
func (w *watched) age(file string) {
	w.t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, old, old); err != nil {
		w.t.Fatal(err)
	}
}

// look looks once, and wants this to be taken in all so far, and to be read.
func (w *watched) look(step string, reads int, taken ...string) time.Duration {
	w.t.Helper()
	next := w.set.look(time.Now().Add(w.later))
	if got, want := strings.Join(w.taken, ","), strings.Join(taken, ","); got != want {
		w.t.Errorf("%s: took %q, want %q", step, got, want)
	}
	if w.reads != reads {
		w.t.Errorf("%s: read %d times, want %d", step, w.reads, reads)
	}
	return next
}

func TestTwoLooksMustAgree(t *testing.T) {
	w := newWatched(t)
	w.write("one")
	if next := w.look("seen once", 1); next != settle {
		t.Errorf("looks again in %v", next)
	}
	w.write("one and a h")
	w.look("half written", 2)
	w.write("one and a half")
	w.look("all of it", 3)
	if next := w.look("twice the same", 4, "one and a half"); next != w.set.every {
		t.Errorf("looks again in %v", next)
	}
	w.write("two")
	w.look("another", 5, "one and a half")
	w.write("one and a half")
	w.look("taken back", 6, "one and a half")
	w.write("two")
	w.look("and once more", 7, "one and a half")
	w.look("settled", 8, "one and a half", "two")
}

func TestFilesAreReadOnlyWhenTheirMarksChange(t *testing.T) {
	w := newWatched(t)
	w.write("one")
	w.age(w.file)
	w.look("new", 1)
	w.look("taken", 2, "one")
	w.look("marked", 3, "one")
	w.look("unchanged", 3, "one")
	w.look("unchanged", 3, "one")
	w.write("two")
	w.look("changed", 4, "one")
	w.look("settled", 5, "one", "two")
	// What was written a moment ago may change and keep its mark.
	w.look("not marked yet", 6, "one", "two")
	w.look("not marked yet", 7, "one", "two")
	w.age(w.file)
	w.look("marked", 8, "one", "two")
	w.look("unchanged", 8, "one", "two")
}

// Some tools put the old time on a file that they have changed: its mark stays
// the same, and it is read now and then all the same.
func TestAChangeThatNoMarkShows(t *testing.T) {
	w := newWatched(t)
	w.write("one")
	w.age(w.file)
	mark, err := os.Stat(w.file)
	if err != nil {
		t.Fatal(err)
	}
	w.set.taken = "one"
	w.look("read", 1)
	w.look("marked", 2)
	w.write("two")
	if err := os.Chtimes(w.file, mark.ModTime(), mark.ModTime()); err != nil {
		t.Fatal(err)
	}
	w.look("looks unchanged", 2)
	w.later = trust + time.Second
	w.look("seen", 3)
	w.look("settled", 4, "two")
	w.look("marked", 5, "two")
	w.look("unchanged", 5, "two")
	w.later += trust
	w.look("read again", 6, "two")
}

func TestAFileThatGoesAndComesBack(t *testing.T) {
	w := newWatched(t)
	w.set.taken = "one"
	w.look("absent", 1)
	w.look("still absent", 2, "absent")
	w.look("marked", 3, "absent")
	w.look("no news", 3, "absent")
	w.write("one")
	w.look("back", 4, "absent")
	w.look("settled", 5, "absent", "one")
}

// Kubernetes mounts a ConfigMap as links through a folder "..data", which is a
// link to the folder of a version and is replaced as a whole.
func TestLinksThatAreSwapped(t *testing.T) {
	w := newWatched(t)
	dir := filepath.Dir(w.file)
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, "tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "tmp"), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, version := range []string{"v1", "v2"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		held := filepath.Join(dir, version, "file")
		if err := os.WriteFile(held, []byte(version), 0o600); err != nil {
			t.Fatal(err)
		}
		w.age(held)
	}
	link("v1", "..data")
	link("..data/file", "file")
	w.look("first", 1)
	w.look("taken", 2, "v1")
	w.look("marked", 3, "v1")
	link("v2", "..data")
	w.look("swapped", 4, "v1")
	w.look("settled", 5, "v1", "v2")
}

func TestFilesThatFilesName(t *testing.T) {
	w := newWatched(t)
	other := filepath.Join(filepath.Dir(w.file), "other")
	w.write("see " + other)
	w.age(w.file)
	w.look("named, absent", 1)
	w.look("taken", 2, "see "+other)
	w.look("marked", 3, "see "+other)
	w.look("unchanged", 3, "see "+other)
	if err := os.WriteFile(other, []byte(":x"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.look("the named file came", 4, "see "+other)
	w.look("settled", 5, "see "+other, "see "+other+":x")
}

func TestOneGoroutineLooksAtAll(t *testing.T) {
	var w Watcher
	took := make(chan string)
	for _, name := range []string{"a", "b"} {
		w.Watch(time.Millisecond, Reading{Digest: "old"}, func() Reading {
			return Reading{Digest: "new", Take: func() { took <- name }}
		})
	}
	if first, second := <-took, <-took; first == second {
		t.Errorf("took %s twice", first)
	}
}
