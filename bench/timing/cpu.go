package timing

import (
	"syscall"
	"time"
)

// CPU returns the CPU time that this process has used. Unlike the time of
// day it does not count what else the machine does.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
