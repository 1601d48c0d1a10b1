package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Settings say where a [Log] writes to.
type Settings struct {
	// Gateway is the name of the gateway instance in all lines.
	Gateway string
	// File, Stdout and Console are the sinks. Nil and false: not there.
	File    *FileSettings
	Stdout  bool
	Console *ConsoleSettings
}

// Log writes records to its sinks. It is safe for concurrent use, and several
// logs may share a sink: there is one writer for each in a process.
type Log struct {
	gateway string
	sinks   []*channel
	warn    func(string)
}

// SettingError is a sink that cannot be opened. It holds no value.
type SettingError struct {
	// Field is the path of the setting, such as "file.path".
	Field string
	// Reason says what is wrong, and Remedy how to mend it.
	Reason, Remedy string
}

func (e *SettingError) Error() string { return e.Field + ": " + e.Reason + "; " + e.Remedy }

// Open opens a log with its sinks, or fails with a [*SettingError]. warn is
// called for what people should read in the gateway's own log.
func Open(s Settings, warn func(string)) (*Log, error) {
	l := &Log{gateway: s.Gateway, warn: warn}
	if s.File != nil {
		file := *s.File
		file.Path = absolute(file.Path)
		if err := l.add("file.path", "file "+file.Path, file, func(*channel) (sink, error) { return openFile(file) }); err != nil {
			return nil, err
		}
	}
	if s.Stdout {
		if err := l.add("stdout", "stdout", nil, func(*channel) (sink, error) { return standardOutput{}, nil }); err != nil {
			return nil, err
		}
	}
	if s.Console != nil {
		console := *s.Console
		console.Spool = absolute(console.Spool)
		if err := l.add("console.spool", "console "+console.Spool, console, func(c *channel) (sink, error) { return openConsole(console, c) }); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Gateway returns the name of the gateway instance.
func (l *Log) Gateway() string { return l.gateway }

// HasSinks tells whether lines are written anywhere.
func (l *Log) HasSinks() bool { return len(l.sinks) > 0 }

// Event writes an event, whose ID and Time its maker has set. An error means
// that a sink has lost it, which is counted and told already.
func (l *Log) Event(e *Event) error {
	e.Head = l.head(KindEvent, e.ID, e.Time)
	return l.write(e)
}

func (l *Log) head(kind, id string, at time.Time) Head {
	return Head{Schema: Schema, Kind: kind, ID: id, Time: stamp(at), Gateway: l.gateway}
}

// write writes a record to all sinks and returns the first error.
func (l *Log) write(record any) error {
	line, err := encode(record)
	if err != nil {
		return err
	}
	for _, c := range l.sinks {
		lost := c.write(line)
		if lost == nil {
			c.written.Add(1)
			continue
		}
		c.lose(1, lost.Error())
		if err == nil {
			err = lost
		}
	}
	return err
}

// encode returns a record as a line.
func encode(record any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(record); err != nil {
		return nil, fmt.Errorf("audit: a record cannot be written: %w", err)
	}
	return b.Bytes(), nil
}
