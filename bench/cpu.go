package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the times in /proc/<pid>/stat. Linux shows hundredths of a
// second on every architecture that Go supports.
const tick = 10 * time.Millisecond

// cpuTime returns the CPU time that a process has used, user and system; false
// where there is no /proc to ask.
func cpuTime(pid int) (time.Duration, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	return parseStat(string(stat))
}

func parseStat(stat string) (time.Duration, bool) {
	// The second field is the program's name in parentheses, which may contain
	// anything. Behind it, utime and stime are the 12th and 13th.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, false
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, err == nil
}
