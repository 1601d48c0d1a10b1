package bodytemplate

import (
	"reflect"
	"strings"
)

// maxCount bounds the numbers that a function or a range counts up to. They
// may come from a client.
const maxCount = 1_000_000

const (
	errCount  = reason("it is asked to count further than 1,000,000")
	errLength = reason("the text would be larger than 64 MiB")
	errCycle  = reason("the value would contain itself")
)

// bounded are the functions of Sprig that make much out of a small number.
var bounded = map[string]func(args []reflect.Value){
	"until":     func(a []reflect.Value) { checkSteps(0, a[0].Int(), 1) },
	"untilStep": func(a []reflect.Value) { checkSteps(a[0].Int(), a[1].Int(), a[2].Int()) },
	"seq": func(a []reflect.Value) {
		// The arguments are end, begin and end, or begin, step and end.
		switch n := a[0]; n.Len() {
		case 1:
			checkSteps(0, n.Index(0).Int(), 1)
		case 2:
			checkSteps(n.Index(0).Int(), n.Index(1).Int(), 1)
		case 3:
			checkSteps(n.Index(0).Int(), n.Index(2).Int(), n.Index(1).Int())
		}
	},
	"repeat":       func(a []reflect.Value) { checkLength(a[0].Int(), a[1].Len()) },
	"indent":       func(a []reflect.Value) { checkLength(a[0].Int(), 1+strings.Count(a[1].String(), "\n")) },
	"nindent":      func(a []reflect.Value) { checkLength(a[0].Int(), 1+strings.Count(a[1].String(), "\n")) },
	"randAlphaNum": checkFirst,
	"randAlpha":    checkFirst,
	"randAscii":    checkFirst,
	"randNumeric":  checkFirst,
	"randBytes":    checkFirst,
}

func checkFirst(args []reflect.Value) { checkSteps(0, args[0].Int(), 1) }

// checkSteps bounds the bounds too: with them, no step can overflow.
func checkSteps(from, to, step int64) {
	const far = 1 << 40
	switch {
	case from > far || from < -far || to > far || to < -far || step > far || step < -far:
		panic(errCount)
	case step != 0 && (to-from)/step > maxCount || step != 0 && (to-from)/step < -maxCount:
		panic(errCount)
	}
}

func checkLength(count int64, size int) {
	if size > 0 && count > MaxOutput/int64(size) {
		panic(errLength)
	}
}

// rangeable returns what it is given, unless that is a number to count up to
// that is too large: clients choose what stands in their bodies.
func rangeable(v interface{}) (interface{}, error) {
	n := reflect.ValueOf(v)
	if n.CanInt() && n.Int() > maxCount || n.CanUint() && n.Uint() > maxCount {
		return nil, errCount
	}
	return v, nil
}

// changing are the functions of Sprig that write into their first argument.
var changing = []string{"set", "merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"}

// refuseCycle ends an execution that has put an object into itself: printing
// it would overflow the stack, which ends the process.
func refuseCycle(args []reflect.Value) {
	if cyclic(args[0].Interface(), map[uintptr]bool{}) {
		panic(errCycle)
	}
}

// cyclic tells whether an object contains itself. open holds true for the
// objects that are being looked at, and false for those that are done.
func cyclic(v interface{}, open map[uintptr]bool) bool {
	switch v := v.(type) {
	case map[string]interface{}:
		id := reflect.ValueOf(v).Pointer()
		if inside, seen := open[id]; seen {
			return inside
		}
		open[id] = true
		for _, inner := range v {
			if cyclic(inner, open) {
				return true
			}
		}
		open[id] = false
	case []interface{}:
		for _, inner := range v {
			if cyclic(inner, open) {
				return true
			}
		}
	}
	return false
}
