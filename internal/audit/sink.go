package audit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// sink takes lines, each with its line break. An error means that the line is
// lost, and says why without naming a path.
type sink interface {
	write(line []byte) error
}

// channel is a sink of this process, with all that use it.
type channel struct {
	sink
	kind     string // file, stdout or console
	settings any
	// written counts the lines that were taken, and dropped those that were lost.
	written, dropped atomic.Int64
	alerts           *Alerter // of lost lines
	members          members
}

// channels are the open sinks by their names: all modifiers of a process that
// name the same file or spool share it.
var channels struct {
	sync.Mutex
	of map[string]*channel
}

// add opens a sink, or takes the one that is open under its name.
func (l *Log) add(field, name string, settings any, open func(*channel) (sink, error)) error {
	channels.Lock()
	defer channels.Unlock()
	c, known := channels.of[name]
	if !known {
		kind, _, _ := strings.Cut(name, " ")
		c = &channel{kind: kind, settings: settings}
		// What is lost here may still get through to the log's other sinks.
		c.alerts = NewAlerter(l, Conditions{Fold: sinkFold})
		s, err := open(c)
		if err != nil {
			return err
		}
		c.sink = s
		if channels.of == nil {
			channels.of = map[string]*channel{}
		}
		channels.of[name] = c
	}
	if c.settings != settings {
		return &SettingError{field, "stands in the settings of another endpoint too, which differ from these", "give both the same settings, or each a place of its own"}
	}
	l.sinks = append(l.sinks, c)
	if sender, ok := c.sink.(*console); ok && !known {
		go sender.run()
	}
	return nil
}

// lose counts lines that are lost, and alerts.
func (c *channel) lose(lines int, reason string) {
	c.dropped.Add(int64(lines))
	c.alerts.sink(lines, c.kind+": "+reason)
}

// standardOutput is the sink of that name.
type standardOutput struct{}

func (standardOutput) write(line []byte) error {
	_, err := os.Stdout.Write(line)
	return withoutPath(err)
}

func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// withoutPath returns the reason of an error of the file system, without the
// path that people configured.
func withoutPath(err error) error {
	var number syscall.Errno
	var path *fs.PathError
	switch {
	case errors.As(err, &number):
		return number
	case errors.As(err, &path):
		return path.Err
	}
	return err
}
