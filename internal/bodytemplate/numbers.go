package bodytemplate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/filled"
)

// arithmetic are the functions of Sprig that take numbers of any type. They
// know json.Number, but take one with a fraction or an exponent for 0.
var arithmetic = []string{
	"int", "int64", "float64", "add", "add1", "sub", "mul", "div", "mod", "max", "biggest", "min",
	"add1f", "addf", "subf", "mulf", "divf", "maxf", "minf", "ceil", "floor", "round",
}

const errRange = reason("a number is too large for whole-number arithmetic")

// plainNumbers returns the step that gives fn its numbers as int64 or float64.
func plainNumbers(fn interface{}) func(args []reflect.Value) {
	whole := reflect.TypeOf(fn).Out(0).Kind() != reflect.Float64
	plain := func(v reflect.Value) {
		n, ok := v.Interface().(json.Number)
		if !ok {
			return
		}
		f, _ := strconv.ParseFloat(string(n), 64)
		if whole && math.Abs(f) >= 1<<63 {
			panic(errRange)
		}
		v.Set(reflect.ValueOf(f))
	}
	return func(args []reflect.Value) {
		for i, arg := range args {
			switch {
			case arg.Kind() == reflect.Interface:
				own := reflect.New(arg.Type()).Elem()
				own.Set(arg)
				plain(own)
				args[i] = own
			case arg.Kind() == reflect.Slice && arg.Type().Elem().Kind() == reflect.Interface:
				for j := 0; j < arg.Len(); j++ {
					plain(arg.Index(j))
				}
			}
		}
	}
}

// comparisons replace text/template's, which fail when a whole number meets one
// with a fraction: in a request, either may come.
var comparisons = filled.Map(map[string]interface{}{
	"eq": func(a interface{}, others ...interface{}) (bool, error) {
		if len(others) == 0 {
			return false, errOperands
		}
		for _, b := range others {
			if same, err := equal(a, b); same || err != nil {
				return same, err
			}
		}
		return false, nil
	},
	"ne": func(a, b interface{}) (bool, error) { same, err := equal(a, b); return !same && err == nil, err },
	"lt": func(a, b interface{}) (bool, error) { c, err := order(a, b); return c < 0, err },
	"le": func(a, b interface{}) (bool, error) { c, err := order(a, b); return c <= 0 && err == nil, err },
	"gt": func(a, b interface{}) (bool, error) { c, err := order(a, b); return c > 0, err },
	"ge": func(a, b interface{}) (bool, error) { c, err := order(a, b); return c >= 0 && err == nil, err },
})

const errOperands = reason("it cannot compare values of these types")

// equal compares as text/template does, but for numbers.
func equal(a, b interface{}) (bool, error) {
	if a == nil || b == nil {
		return a == nil && b == nil, nil
	}
	m, n, numbers, err := operands(a, b)
	if numbers || err != nil {
		return err == nil && m.compare(n) == 0, err
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case x.Kind() == reflect.String && y.Kind() == reflect.String:
		return x.String() == y.String(), nil
	case x.Kind() != y.Kind(), !x.Comparable(), !y.Comparable():
		return false, errOperands
	}
	return a == b, nil
}

// order compares numbers with numbers and texts with texts.
func order(a, b interface{}) (int, error) {
	m, n, numbers, err := operands(a, b)
	if numbers || err != nil {
		return m.compare(n), err
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Kind() != reflect.String || y.Kind() != reflect.String {
		return 0, errOperands
	}
	return cmp.Compare(x.String(), y.String()), nil
}

// operand is a number in the forms that it can be compared in.
type operand struct {
	digits string // of a whole number, with its sign; empty for others
	value  float64
}

// operands tells whether two values are numbers; one alone is an error.
func operands(a, b interface{}) (x, y operand, numbers bool, err error) {
	x, first := numberOf(a)
	y, second := numberOf(b)
	if first != second {
		err = errOperands
	}
	return x, y, first && second, err
}

func numberOf(v interface{}) (operand, bool) {
	if n, ok := v.(json.Number); ok {
		digits := string(n)
		value, _ := strconv.ParseFloat(digits, 64)
		if strings.ContainsAny(digits, ".eE") || digits == "-0" {
			digits = ""
		}
		return operand{digits, value}, true
	}
	n := reflect.ValueOf(v)
	switch {
	case n.CanInt():
		return operand{strconv.FormatInt(n.Int(), 10), float64(n.Int())}, true
	case n.CanUint():
		return operand{strconv.FormatUint(n.Uint(), 10), float64(n.Uint())}, true
	case n.CanFloat():
		return operand{"", n.Float()}, true
	}
	return operand{}, false
}

// compare is exact for whole numbers of any length. An exponent is never
// written out: a short number would become gigabytes of digits.
func (a operand) compare(b operand) int {
	if a.digits == "" || b.digits == "" {
		return cmp.Compare(a.value, b.value)
	}
	x, negative := strings.CutPrefix(a.digits, "-")
	y, other := strings.CutPrefix(b.digits, "-")
	switch {
	case negative && !other:
		return -1
	case other && !negative:
		return 1
	case negative:
		x, y = y, x
	}
	if len(x) != len(y) {
		return cmp.Compare(len(x), len(y))
	}
	return cmp.Compare(x, y)
}

// sprintf is text/template's printf, in which the numbers of a request fit
// every verb for numbers.
func sprintf(format string, args ...interface{}) string {
	checkFormat(format, args)
	for i, arg := range args {
		switch n := arg.(type) {
		case int64:
			args[i] = wholeNumber(n)
		case json.Number:
			args[i] = spelledNumber(n)
		}
	}
	return fmt.Sprintf(format, args...)
}

// wholeNumber prints as an int64, a float64 or a text. It is an integer type so
// that it can also be a width (%*d).
type wholeNumber int64

// Format implements [fmt.Formatter].
func (n wholeNumber) Format(s fmt.State, verb rune) {
	switch verb {
	case 'e', 'E', 'f', 'F', 'g', 'G':
		fmt.Fprintf(s, fmt.FormatString(s, verb), float64(n))
	case 's', 'q':
		fmt.Fprintf(s, fmt.FormatString(s, verb), strconv.FormatInt(int64(n), 10))
	default:
		fmt.Fprintf(s, fmt.FormatString(s, verb), int64(n))
	}
}

// spelledNumber prints as a float64 or as it is spelled, and as an int64 when
// it is a whole number in another spelling.
type spelledNumber json.Number

// Format implements [fmt.Formatter].
func (n spelledNumber) Format(s fmt.State, verb rune) {
	value, _ := strconv.ParseFloat(string(n), 64)
	switch verb {
	case 'e', 'E', 'f', 'F', 'g', 'G':
		fmt.Fprintf(s, fmt.FormatString(s, verb), value)
	case 'b', 'c', 'd', 'o', 'O', 'x', 'X', 'U':
		switch {
		case value == math.Trunc(value) && math.Abs(value) < 1<<63:
			fmt.Fprintf(s, fmt.FormatString(s, verb), int64(value))
		case verb == 'd':
			fmt.Fprintf(s, fmt.FormatString(s, 's'), string(n))
		default:
			fmt.Fprintf(s, fmt.FormatString(s, verb), value)
		}
	default:
		fmt.Fprintf(s, fmt.FormatString(s, verb), string(n))
	}
}
