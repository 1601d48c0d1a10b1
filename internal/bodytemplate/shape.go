package bodytemplate

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// Bounds of what Shape shows: keys may come from a client.
const (
	maxShapeDepth   = 8
	maxShapeEntries = 50
	maxShapeKey     = 64
)

// Shape describes a value by its keys and lengths, without any value.
func Shape(v interface{}) string {
	var b strings.Builder
	shape(&b, v, 1)
	return b.String()
}

func shape(b *strings.Builder, v interface{}, depth int) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case string:
		fmt.Fprintf(b, "text of %d bytes", len(v))
	case bool:
		b.WriteString("boolean")
	case []string:
		lengths := make([]string, 0, len(v))
		for _, s := range v {
			lengths = append(lengths, fmt.Sprint(len(s)))
		}
		fmt.Fprintf(b, "list of %d texts of %s bytes", len(v), strings.Join(lengths, ", "))
	case []interface{}:
		fmt.Fprintf(b, "list of %d", len(v))
		for i := 0; i < len(v) && i < maxShapeEntries && depth < maxShapeDepth; i++ {
			entry(b, depth, fmt.Sprint(i), v[i])
		}
	case map[string]interface{}:
		fmt.Fprintf(b, "object of %d", len(v))
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		for i := 0; i < len(names) && i < maxShapeEntries && depth < maxShapeDepth; i++ {
			entry(b, depth, shownKey(names[i]), v[names[i]])
		}
	default:
		if _, ok := numberOf(v); ok {
			b.WriteString("number")
			return
		}
		fmt.Fprintf(b, "value of type %T", v)
	}
}

// identifier matches the keys that are shown. A client can send anything as a
// key: a whole text, sent as a form, is one.
var identifier = regexp.MustCompile(`^[A-Za-z_$][\w.$-]*$`)

func shownKey(key string) string {
	if len(key) > maxShapeKey || !identifier.MatchString(key) {
		return fmt.Sprintf("key of %d bytes", len(key))
	}
	return `"` + key + `"`
}

func entry(b *strings.Builder, depth int, name string, v interface{}) {
	fmt.Fprintf(b, "\n%s%s: ", strings.Repeat("  ", depth), name)
	shape(b, v, depth+1)
}
