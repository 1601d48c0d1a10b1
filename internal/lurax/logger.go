package lurax

import (
	"fmt"
	"os"
	"sync/atomic"
)

// Logger is the part of KrakenD's logger that modifiers use.
type Logger interface {
	Debug(v ...interface{})
	Info(v ...interface{})
	Warning(v ...interface{})
	Error(v ...interface{})
	Critical(v ...interface{})
}

// Lazy is a message that is put together when a logger writes it: KrakenD's leave
// out what is below their level before they format anything.
type Lazy func() string

// String returns the message.
func (l Lazy) String() string { return l() }

// LogHolder keeps the logger that KrakenD registers, and writes to standard
// error until then: a message about a bad configuration must not get lost.
type LogHolder struct{ logger atomic.Pointer[Logger] }

// RegisterLogger takes KrakenD's logger; anything else is ignored.
func (h *LogHolder) RegisterLogger(v interface{}) {
	if l, ok := v.(Logger); ok {
		h.logger.Store(&l)
	}
}

// Logger returns the registered logger or the one on standard error.
func (h *LogHolder) Logger() Logger {
	if l := h.logger.Load(); l != nil {
		return *l
	}
	return stderrLogger{}
}

// stderrLogger leaves out DEBUG, which KrakenD shows only on request.
type stderrLogger struct{}

func (stderrLogger) Debug(...interface{})      {}
func (stderrLogger) Info(v ...interface{})     { printLine("INFO", v) }
func (stderrLogger) Warning(v ...interface{})  { printLine("WARNING", v) }
func (stderrLogger) Error(v ...interface{})    { printLine("ERROR", v) }
func (stderrLogger) Critical(v ...interface{}) { printLine("CRITICAL", v) }

func printLine(level string, v []interface{}) {
	fmt.Fprint(os.Stderr, level, ": ", fmt.Sprintln(v...))
}
