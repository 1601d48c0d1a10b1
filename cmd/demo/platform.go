//go:build linux || darwin || freebsd

// Go plugins, and with them the demo, exist on these systems only.

package main

import (
	"os"
	"os/exec"
	"syscall"
	"unsafe"
)

// defaultWidth is assumed where there is no terminal to ask.
const defaultWidth = 80

// terminalWidth returns the columns of the terminal behind f, and whether there is
// one.
func terminalWidth(f *os.File) (columns int, isTerminal bool) {
	var size struct{ rows, columns, x, y uint16 }
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return defaultWidth, false
	}
	if size.columns == 0 {
		return defaultWidth, true
	}
	return int(size.columns), true
}

// ownGroup keeps the terminal's Ctrl-C away from the process: the demo stops it
// in its own order, and can tell an interrupt from a crash.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
