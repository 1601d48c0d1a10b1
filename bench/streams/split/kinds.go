package split

import (
	"fmt"
	"math/rand/v2"
)

// kind is a kind of sensitive value.
type kind struct {
	Name    string // as placeholders have it
	Pattern string
	make    func(*rand.Rand) (value, core string)
}

// kinds are what the tools under test look for. The last has characters that
// JSON escapes.
var kinds = []kind{
	{"EMAIL", `\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b`, func(random *rand.Rand) (value, core string) {
		core = fmt.Sprintf("jane.%08d", random.IntN(1e8))
		return core + "@example.com", core
	}},
	{"CC", `\b4[0-9]{15}\b`, func(random *rand.Rand) (value, core string) {
		core = fmt.Sprintf("%010d", random.IntN(1e10))
		return "411111" + core, core
	}},
	{"PASS", `pass:"[^"]{1,40}"`, func(random *rand.Rand) (value, core string) {
		core = fmt.Sprintf("Tr0ub4dor%06d", random.IntN(1e6))
		return fmt.Sprintf("pass:\"a\\b\n😀 %s\"", core), core
	}},
}

// Kinds returns the names and the patterns of the values, in turn.
func Kinds(each func(name, pattern string)) {
	for _, k := range kinds {
		each(k.Name, k.Pattern)
	}
}
