package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

var templatePlace = regexp.MustCompile(`template: ([^:\s]+):(\d+)(?::(\d+))?`)

// placeInTemplate finds the place that an error of text/template names, if it is
// in the file itself.
func placeInTemplate(message, path string) (config.Place, bool) {
	found := templatePlace.FindStringSubmatch(message)
	if found == nil || found[1] != filepath.Base(path) {
		return config.Place{}, false
	}
	line, _ := strconv.Atoi(found[2])
	column, _ := strconv.Atoi(found[3]) // counts from 0 there, and may be missing
	return config.Place{File: path, Line: line, Column: column + 1}, true
}

// minSecret is how long what the environment holds must be for its value to be
// told from ordinary text, in bytes.
const minSecret = 6

// withoutSecrets hides what the environment holds under a name that tells of a
// secret: text/template quotes values in its errors.
func withoutSecrets(message string) string {
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		for _, word := range []string{"KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL"} {
			if strings.Contains(strings.ToUpper(name), word) && len(value) >= minSecret {
				message = strings.ReplaceAll(message, value, "[hidden]")
			}
		}
	}
	return strings.Join(strings.Fields(message), " ")
}

// reasonOf leaves out what is told as the place, and of a template that gives up
// by itself, all but what it says.
func reasonOf(message string) string {
	if _, said, ok := strings.Cut(message, "error calling fail: "); ok {
		return said
	}
	if at := templatePlace.FindStringIndex(message); at != nil {
		return strings.TrimPrefix(message[at[1]:], ": ")
	}
	return message
}
