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
	"repeat":  func(a []reflect.Value) { checkLength(a[0].Int(), a[1].Len()) },
	"indent":  func(a []reflect.Value) { checkLength(a[0].Int(), 1+strings.Count(a[1].String(), "\n")) },
	"nindent": func(a []reflect.Value) { checkLength(a[0].Int(), 1+strings.Count(a[1].String(), "\n")) },
	"replace": func(a []reflect.Value) {
		old, replacement, text := a[0].String(), a[1].Len(), a[2].String()
		checkTotal(strings.Count(text, old), replacement-len(old), len(text))
	},
	"join": func(a []reflect.Value) {
		m := meter{left: MaxOutput}
		m.add(a[1].Interface(), 0)
		checkTotal(m.nodes, a[0].Len(), MaxOutput-m.left)
	},
	"wrapWith": func(a []reflect.Value) {
		// Any two breaks are at least a line apart.
		length := a[2].Len()
		line := int(min(max(a[0].Int(), 1), int64(length)+1))
		checkTotal(min(length, 2*length/line+2), a[1].Len(), length)
	},
	"concat": func(a []reflect.Value) {
		// Each element takes 16 bytes.
		total := 0
		for i := 0; i < a[0].Len(); i++ {
			if list := a[0].Index(i).Elem(); list.Kind() == reflect.Slice || list.Kind() == reflect.Array {
				total += list.Len()
			}
		}
		checkTotal(total, 16, 0)
	},
	// Both make a map with an entry for each part.
	"split":            func(a []reflect.Value) { checkParts(a[0].String(), -1, a[1].String()) },
	"splitn":           func(a []reflect.Value) { checkParts(a[0].String(), a[1].Int(), a[2].String()) },
	"toPrettyJson":     checkPretty,
	"mustToPrettyJson": checkPretty,
	"randAlphaNum":     checkFirst,
	"randAlpha":        checkFirst,
	"randAscii":        checkFirst,
	"randNumeric":      checkFirst,
	"randBytes":        checkFirst,
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

// checkTotal bounds count texts of a size that come to a text of a length.
func checkTotal(count, size, length int) {
	if length > MaxOutput || size > 0 && count > (MaxOutput-length)/size {
		panic(errLength)
	}
}

func checkParts(separator string, n int64, text string) {
	if parts := strings.Count(text, separator) + 1; (n < 0 || n > maxCount) && parts > maxCount {
		panic(errCount)
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
// Printing an object that has been put into itself would overflow the stack,
// which ends the process.
var changing = map[string]func(args []reflect.Value){
	// Only the new value is looked through: the object may be large, and set
	// stands in loops.
	"set": func(a []reflect.Value) {
		if contains(a[2], a[0].Pointer()) {
			panic(errCycle)
		}
	},
	// These write into objects inside of the first one, too.
	"merge":              refuseCycle,
	"mergeOverwrite":     refuseCycle,
	"mustMerge":          refuseCycle,
	"mustMergeOverwrite": refuseCycle,
}

func refuseCycle(args []reflect.Value) {
	if cyclic(args[0], map[container]bool{}, 0) {
		panic(errCycle)
	}
}

// container identifies a map, a slice or what a pointer points to.
type container struct {
	kind   reflect.Kind
	at     uintptr
	length int
}

// containerOf looks into interfaces. It returns false for values that nothing
// can be put into.
func containerOf(v reflect.Value) (reflect.Value, container, bool) {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	c := container{kind: v.Kind()}
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		c.length = v.Len()
	case reflect.Pointer:
		c.length = 1
	default:
		return v, c, false
	}
	switch v.Type().Elem().Kind() {
	case reflect.Interface, reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer:
	default:
		return v, c, false
	}
	c.at = v.Pointer()
	return v, c, !v.IsNil()
}

// each calls fn for what stands in a container until it returns true.
func each(v reflect.Value, fn func(reflect.Value) bool) bool {
	switch v.Kind() {
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			if fn(entries.Value()) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len(); i++ {
			if fn(v.Index(i)) {
				return true
			}
		}
	case reflect.Pointer:
		return fn(v.Elem())
	}
	return false
}

// contains tells whether the map at an address is a value or stands in it.
func contains(v reflect.Value, address uintptr) bool {
	seen := map[container]bool{}
	open := []reflect.Value{v}
	for len(open) > 0 {
		last := len(open) - 1
		inside, c, ok := containerOf(open[last])
		open = open[:last]
		switch {
		case inside.Kind() == reflect.Map && inside.Pointer() == address:
			return true
		case ok && !seen[c]:
			seen[c] = true
		case inside.Kind() != reflect.Array:
			continue
		}
		each(inside, func(v reflect.Value) bool { open = append(open, v); return false })
	}
	return false
}

// cyclic tells whether a value contains itself. open holds true for the
// containers that are being looked at, and false for those that are done.
func cyclic(v reflect.Value, open map[container]bool, depth int) bool {
	v, c, ok := containerOf(v)
	if !ok && v.Kind() != reflect.Array {
		return false
	}
	if depth > maxDepth {
		panic(errDeep)
	}
	if ok {
		if inside, seen := open[c]; seen {
			// An empty slice or map may share its address with another.
			return inside && c.length > 0
		}
		open[c] = true
	}
	if each(v, func(v reflect.Value) bool { return cyclic(v, open, depth+1) }) {
		return true
	}
	if ok {
		open[c] = false
	}
	return false
}
