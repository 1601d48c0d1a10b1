package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func fileSettings(t *testing.T) FileSettings {
	return FileSettings{Path: filepath.Join(t.TempDir(), "audit.jsonl"), MaxBytes: 1 << 20, MaxAge: time.Hour, Keep: 2}
}

func quiet(string) {}

// A file that others could read and that a crash has cut off goes on as it should.
func TestAFileGoesOn(t *testing.T) {
	s := fileSettings(t)
	if err := os.WriteFile(s.Path, []byte(`{"schema":1}`+"\n"+`{"cut`), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := Open(Settings{File: &s}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		if err := l.Event(event("x")); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(readFile(t, s.Path), "\n")
	if len(lines) != 5 || lines[1] != `{"cut` || !strings.HasPrefix(lines[2], `{"schema":1,"kind":"event"`) || !strings.HasPrefix(lines[3], `{"schema":1,"kind":"event"`) {
		t.Errorf("%q", lines)
	}
	if info, err := os.Stat(s.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// All modifiers of a process that name a file share one writer, at every size of
// which whole lines only are found.
func TestAFileIsShared(t *testing.T) {
	s := fileSettings(t)
	s.MaxBytes, s.Keep = minLine, 1000
	const writers, lines = 8, 50
	var all sync.WaitGroup
	for w := 0; w < writers; w++ {
		l, err := Open(Settings{Gateway: fmt.Sprint(w), File: &s}, quiet)
		if err != nil {
			t.Fatal(err)
		}
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < lines; i++ {
				if err := l.Event(event(fmt.Sprint(l.gateway, " ", i))); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	files, err := filepath.Glob(s.Path + "*")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	seen := map[any]bool{}
	for _, file := range files {
		text := readFile(t, file)
		if len(text) > minLine {
			t.Errorf("%s has %d bytes", file, len(text))
		}
		for _, r := range decodeLines(t, text) {
			seen[r["id"]] = true
		}
	}
	if len(seen) != writers*lines {
		t.Errorf("%d of %d lines", len(seen), writers*lines)
	}
}

// minLine is a size that a few lines of these tests have.
const minLine = 2000

func TestRotation(t *testing.T) {
	s := fileSettings(t)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f, err := openFile(s)
	if err != nil {
		t.Fatal(err)
	}
	f.now = func() time.Time { return now }
	f.begun = now
	write := func() {
		t.Helper()
		if err := f.write([]byte("{}\n")); err != nil {
			t.Fatal(err)
		}
	}
	names := func() string {
		entries, err := os.ReadDir(filepath.Dir(s.Path))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return strings.Join(all, " ")
	}
	write()
	now = now.Add(time.Hour - 1)
	write()
	if got := names(); got != "audit.jsonl" {
		t.Errorf("before its time: %s", got)
	}
	// What looks like one of ours and is none stays.
	if err := os.WriteFile(s.Path+".20260102T0304", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 4; i++ {
		now = now.Add(time.Hour)
		write()
	}
	if got, want := names(), "audit.jsonl audit.jsonl.20260102T0304 audit.jsonl.20260102T070404.999Z audit.jsonl.20260102T080404.999Z"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := readFile(t, s.Path); got != "{}\n" {
		t.Errorf("the new file has %q", got)
	}
	// The age of a file outlives the process.
	again, err := openFile(s)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.Path); err != nil || !again.begun.Equal(info.ModTime()) {
		t.Errorf("begun %s, %v", again.begun, err)
	}
	now = time.Now()
	first, err := encode(&Event{Head: Head{Schema: 1, Time: now.Add(-2 * time.Hour).UTC()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path, first, 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err = openFile(s); err != nil || again.begun.Unix() != now.Add(-2*time.Hour).Unix() {
		t.Errorf("begun %s, %v", again.begun, err)
	}
}

// Others move, remove and empty the file, as logrotate does: no line goes where
// nobody finds it.
func TestAFileThatOthersTakeAway(t *testing.T) {
	s := fileSettings(t)
	f, err := openFile(s)
	if err != nil {
		t.Fatal(err)
	}
	write := func(line string) {
		t.Helper()
		if err := f.write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	has := func(path, want string) {
		t.Helper()
		if got := readFile(t, path); got != want {
			t.Errorf("%s has %q, want %q", filepath.Base(path), got, want)
		}
	}
	write("1")
	if err := os.Rename(s.Path, s.Path+".1"); err != nil {
		t.Fatal(err)
	}
	write("2")
	has(s.Path+".1", "1\n")
	has(s.Path, "2\n")
	if err := os.Remove(s.Path); err != nil {
		t.Fatal(err)
	}
	write("3")
	has(s.Path, "3\n")
	if err := os.Truncate(s.Path, 0); err != nil {
		t.Fatal(err)
	}
	write("4")
	has(s.Path, "4\n")
	if f.size != 2 {
		t.Errorf("the file is thought to have %d bytes", f.size)
	}
}

func TestSinksThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	shared := FileSettings{Path: filepath.Join(dir, "shared"), MaxBytes: 1 << 20, MaxAge: time.Hour, Keep: 1}
	if _, err := Open(Settings{File: &shared}, quiet); err != nil {
		t.Fatal(err)
	}
	other := shared
	other.Keep = 2
	for name, tt := range map[string]struct {
		s    Settings
		want string
	}{
		"no folder":      {Settings{File: &FileSettings{Path: dir + "/none/x"}}, "file.path: is in a folder that is not there; make the folder, owned by the user that KrakenD runs as"},
		"a folder":       {Settings{File: &FileSettings{Path: dir}}, "file.path: cannot be opened to append: is a directory; check that it is a file and may be written by the user that KrakenD runs as"},
		"other settings": {Settings{File: &other}, "file.path: stands in the settings of another endpoint too, which differ from these; give both the same settings, or each a place of its own"},
		"no token":       {Settings{Console: &ConsoleSettings{URL: "http://console", TokenEnv: "NO_SUCH_TOKEN"}}, "console.token_env: leads to no token"},
		"no token file":  {Settings{Console: &ConsoleSettings{URL: "http://console", TokenFile: dir + "/none"}}, "console.token_file: leads to no token"},
	} {
		_, err := Open(tt.s, quiet)
		if wrong := (*SettingError)(nil); !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v\nwant %s", name, err, tt.want)
		}
	}
}

// A full disk loses lines, which is counted and told, and blocks nobody.
func TestAFullDisk(t *testing.T) {
	w := &warnings{}
	l, err := Open(Settings{File: &FileSettings{Path: "/dev/full", MaxBytes: 1 << 20, MaxAge: time.Hour}}, w.add)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 3; i++ {
		if err := l.Event(event("x")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%v", err)
		}
	}
	if n := l.sinks[0].dropped.Load(); n != 4 {
		t.Errorf("%d lines are counted as lost", n)
	}
	if got := w.text(); strings.Count(got, "\n") != 0 || !strings.Contains(got, "file: no space left on device") {
		t.Errorf("told %q", got)
	}
}

// Where a disk is full for a while, no line is torn.
func TestADiskThatIsFullForAWhile(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skip("needs the right to mount a small disk:", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	if err := os.WriteFile(dir+"/other", make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	spool, err := openSpool(dir+"/spool", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	file, err := openFile(FileSettings{Path: dir + "/audit.jsonl", MaxBytes: 1 << 20, MaxAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(`"` + strings.Repeat("x", 3000) + `"` + "\n")
	kept := 0
	for _, s := range []sink{file, spool} {
		lost := 0
		for i := 0; i < 5; i++ {
			if err := s.write(line); err == nil {
				kept++
			} else if lost++; !errors.Is(err, syscall.ENOSPC) {
				t.Error(err)
			}
		}
		if lost == 0 {
			t.Error("the disk is not full")
		}
	}
	if err := os.Remove(dir + "/other"); err != nil {
		t.Fatal(err)
	}
	if err := file.write([]byte("{}\n")); err != nil {
		t.Error(err)
	}
	if err := spool.write([]byte("{}\n")); err != nil {
		t.Error(err)
	}
	found := 0
	for _, path := range []string{dir + "/audit.jsonl", spool.active.path} {
		for _, l := range strings.SplitAfter(readFile(t, path), "\n") {
			switch l {
			case string(line):
				found++
			case "{}\n", "":
			default:
				t.Errorf("%s has a torn line of %d bytes", path, len(l))
			}
		}
	}
	if found != kept {
		t.Errorf("%d of %d lines", found, kept)
	}
}
