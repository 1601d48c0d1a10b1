package audit

import "strings"

// SinkState tells how the sinks of a kind have fared since the start.
type SinkState struct {
	// Written are the lines that they took, and Dropped those that were lost.
	Written, Dropped int64
	// Spooled are the bytes that wait on disk for the console.
	Spooled int64
}

// Sinks returns the state of the process' sinks by their kinds: "file",
// "stdout" and "console".
func Sinks() map[string]SinkState {
	channels.Lock()
	defer channels.Unlock()
	states := map[string]SinkState{}
	for name, c := range channels.of {
		kind, _, _ := strings.Cut(name, " ")
		console, isConsole := c.sink.(*console)
		if isConsole {
			kind = "console"
		}
		state := states[kind]
		state.Written += c.written.Load()
		state.Dropped += c.dropped.Load()
		if isConsole {
			state.Spooled += console.size()
		}
		states[kind] = state
	}
	return states
}

// size returns the bytes of all segments.
func (s *spool) size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}
