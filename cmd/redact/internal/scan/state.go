package scan

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Summary counts.
type Summary struct {
	// Files are those that were scanned to their end.
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"` // searched, after decompression
	Findings int   `json:"findings"`
	// NotInspected are files, or parts of them, that could not be read or took
	// a backtracking rule too long.
	NotInspected int `json:"not_inspected"`
	// Binary, Links and Excluded are what was skipped.
	Binary     int                     `json:"skipped_binary"`
	Links      int                     `json:"skipped_links"`
	Excluded   int                     `json:"skipped_excluded"`
	ByRule     map[string]int          `json:"by_rule"`
	BySeverity map[policy.Severity]int `json:"by_severity"`
	ByFile     map[string]int          `json:"by_file"`
}

func (s *Summary) add(f Finding) {
	s.Findings++
	s.ByRule[f.Rule]++
	s.BySeverity[f.Severity]++
	s.ByFile[f.File]++
}

// stateVersion changes with whatever makes another scan of the same files: the
// sizes of units among it.
const stateVersion = 1

// State is how far a scan has come.
type State struct {
	Version int `json:"version"`
	// Scan tells one scan from another: the hash of policy, paths and options.
	Scan string `json:"scan"`
	// Done are the files that have been scanned.
	Done map[string]Stamp `json:"done"`
	// Current is the file that has been scanned in part, Units of it.
	Current string  `json:"current,omitempty"`
	Stamp   Stamp   `json:"stamp"`
	Units   int     `json:"units,omitempty"`
	Summary Summary `json:"summary"`
}

// Stamp tells whether a file has changed.
type Stamp struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

// NewState returns the state of a scan that has not begun. scan is as in [State].
func NewState(scan string) *State {
	return &State{Version: stateVersion, Scan: scan, Done: map[string]Stamp{}, Summary: Summary{
		ByRule: map[string]int{}, BySeverity: map[policy.Severity]int{}, ByFile: map[string]int{},
	}}
}

// LoadState reads the state of an interrupted scan, or begins one where there is
// no such file.
func LoadState(file, scan string) (*State, error) {
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return NewState(scan), nil
	}
	if err != nil {
		return nil, err
	}
	// What the file does not say must not look as if it did: it may be any file.
	s := &State{}
	switch err := json.Unmarshal(text, s); {
	case err != nil || s.Version == 0 || s.Done == nil || s.Summary.ByRule == nil || s.Summary.BySeverity == nil || s.Summary.ByFile == nil:
		return nil, fmt.Errorf("%s is not the state of a scan; name another file", file)
	case s.Version != stateVersion:
		return nil, fmt.Errorf("%s is of another version of redact; delete it and scan again", file)
	case s.Scan != scan:
		return nil, fmt.Errorf("%s is of another scan: the policy, the paths or an option differ; delete it or name another file", file)
	}
	return s, nil
}

// stateNext is added to the name of a state that is being written.
const stateNext = ".new"

// Save writes the state. Whoever reads the file meanwhile sees all of the old or
// all of the new.
func (s *State) Save(file string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	next := file + stateNext
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, file)
}

// resume returns what the reader has to know of the state, apart from it: both go
// on at the same time.
func (s *State) resume() resumed {
	done := make(map[string]Stamp, len(s.Done))
	for file, stamp := range s.Done {
		done[file] = stamp
	}
	return resumed{done, s.Current, s.Stamp, s.Units}
}

type resumed struct {
	done    map[string]Stamp
	current string
	stamp   Stamp
	units   int
}

// advance takes note of a unit that is done.
func (s *State) advance(u *unit) {
	s.Summary.NotInspected += len(u.problems)
	s.Summary.Bytes += int64(u.to - u.from)
	switch u.skipped {
	case skippedBinary:
		s.Summary.Binary++
	case skippedLink:
		s.Summary.Links++
	case skippedExcluded:
		s.Summary.Excluded++
	}
	if u.last {
		s.Done[u.file.path] = u.file.stamp
		s.Current, s.Units, s.Stamp = "", 0, Stamp{}
		if u.skipped == 0 && len(u.problems) == 0 {
			s.Summary.Files++
		}
		return
	}
	s.Current, s.Stamp = u.file.path, u.file.stamp
	s.Units++
}
