package cli

import "errors"

// Exit codes.
const (
	exitFine     = 0
	exitFindings = 1 // findings or failures
	exitUsage    = 2 // wrong use
)

// errFindings ends a command that has printed what it found.
var errFindings = errors.New("findings")

// failure ends a command that was used as it should be, and could not do its
// work. Every other error is wrong use.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// exitCode returns the exit code for what a command returned, and the error that
// has yet to be printed, if there is one.
func exitCode(err error) (int, error) {
	switch {
	case err == nil:
		return exitFine, nil
	case errors.Is(err, errFindings):
		return exitFindings, nil
	case errors.As(err, &failure{}):
		return exitFindings, err
	}
	return exitUsage, err
}
