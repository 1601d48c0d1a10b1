package audit

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
	for _, c := range channels.of {
		state := states[c.kind]
		state.Written += c.written.Load()
		state.Dropped += c.dropped.Load()
		if console, ok := c.sink.(*console); ok {
			state.Spooled += console.size()
		}
		states[c.kind] = state
	}
	return states
}

// size returns the bytes of all segments.
func (s *spool) size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}
