package bodytemplate

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// Bounds of the cache of patterns that a template computes from a request.
const (
	maxPatterns      = 256
	maxCachedPattern = 200      // bytes of its text
	maxCachedWeight  = 64 << 10 // bytes of its program, about
)

// patterns compiles each pattern of a template once; Sprig does it at every
// call. Constants of the template are known from the start and stay; computed
// ones are kept up to a bound, because a client may choose them.
type patterns struct {
	constant map[string]*regexp.Regexp // complete before the first execution

	mu       sync.RWMutex
	computed map[string]*regexp.Regexp
}

func newPatterns() *patterns {
	return &patterns{constant: map[string]*regexp.Regexp{}, computed: map[string]*regexp.Regexp{}}
}

// addConstant compiles a constant ahead of all executions.
func (p *patterns) addConstant(pattern string) error {
	r, err := compile(pattern)
	if err == nil {
		p.constant[pattern] = r
	}
	return err
}

func (p *patterns) get(pattern string) (*regexp.Regexp, error) {
	if r, ok := p.constant[pattern]; ok {
		return r, nil
	}
	p.mu.RLock()
	r, ok := p.computed[pattern]
	p.mu.RUnlock()
	if ok {
		return r, nil
	}
	r, err := compile(pattern)
	if err != nil || !light(pattern) {
		return r, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.computed) >= maxPatterns {
		p.computed = map[string]*regexp.Regexp{}
	}
	p.computed[pattern] = r
	return r, nil
}

// light tells whether a pattern is small enough to be kept. Few bytes can make
// a program of megabytes: x{1000}.
func light(pattern string) bool {
	if len(pattern) > maxCachedPattern {
		return false
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	return err == nil && weight(parsed) <= maxCachedWeight
}

// weight returns about how many bytes the program of a pattern takes.
func weight(r *syntax.Regexp) int {
	const instruction = 40
	total := instruction * (1 + len(r.Rune))
	if r.Op == syntax.OpCharClass {
		total = instruction + 4*len(r.Rune)
	}
	for _, part := range r.Sub {
		total += weight(part)
	}
	if r.Op == syntax.OpRepeat {
		total *= max(r.Min, r.Max, 1)
	}
	return total
}

// compile leaves the pattern out of its errors.
func compile(pattern string) (*regexp.Regexp, error) {
	r, err := regexp.Compile(pattern)
	if err == nil {
		return r, nil
	}
	var broken *syntax.Error
	if errors.As(err, &broken) {
		return nil, reason("the pattern is no valid regular expression: " + broken.Code.String())
	}
	return nil, reason("the pattern is no valid regular expression")
}

// replaceAllLiteral is ReplaceAllLiteralString within bounds.
func replaceAllLiteral(r *regexp.Regexp, s, replacement string) string {
	total := 0
	return r.ReplaceAllStringFunc(s, func(string) string {
		if total += len(replacement); total > MaxOutput {
			panic(errLength)
		}
		return replacement
	})
}

// replaceAll is ReplaceAllString within bounds. It takes each reference for as
// long as the whole match; texts that are short enough need no count.
func replaceAll(r *regexp.Regexp, s, replacement string) string {
	references := strings.Count(replacement, "$")
	if references == 0 {
		return replaceAllLiteral(r, s, replacement)
	}
	if fixed := len(replacement) + references; (len(s)+1)*fixed/fixed != len(s)+1 || (len(s)+1)*fixed > MaxOutput {
		total := 0
		r.ReplaceAllStringFunc(s, func(match string) string {
			if total += len(replacement) + references*len(match); total > MaxOutput {
				panic(errLength)
			}
			return ""
		})
	}
	return r.ReplaceAllString(s, replacement)
}

// functions returns Sprig's regex functions by name, with Sprig's arguments and
// results. As there, regexMatch alone takes a bad pattern for no match.
func (p *patterns) functions() map[string]interface{} {
	match := func(pattern, s string) (bool, error) {
		r, err := p.get(pattern)
		if err != nil {
			return false, err
		}
		return r.MatchString(s), nil
	}
	find := func(pattern, s string) (string, error) {
		r, err := p.get(pattern)
		if err != nil {
			return "", err
		}
		return r.FindString(s), nil
	}
	list := func(of func(r *regexp.Regexp, s string, n int) []string) func(string, string, int) ([]string, error) {
		return func(pattern, s string, n int) ([]string, error) {
			r, err := p.get(pattern)
			if err != nil {
				return nil, err
			}
			return of(r, s, n), nil
		}
	}
	replace := func(with func(r *regexp.Regexp, s, replacement string) string) func(string, string, string) (string, error) {
		return func(pattern, s, replacement string) (string, error) {
			r, err := p.get(pattern)
			if err != nil {
				return "", err
			}
			return with(r, s, replacement), nil
		}
	}
	findAll, split := list((*regexp.Regexp).FindAllString), list((*regexp.Regexp).Split)
	expand, literal := replace(replaceAll), replace(replaceAllLiteral)
	return map[string]interface{}{
		"regexMatch":                 func(pattern, s string) bool { ok, _ := match(pattern, s); return ok },
		"mustRegexMatch":             match,
		"regexFind":                  find,
		"mustRegexFind":              find,
		"regexFindAll":               findAll,
		"mustRegexFindAll":           findAll,
		"regexSplit":                 split,
		"mustRegexSplit":             split,
		"regexReplaceAll":            expand,
		"mustRegexReplaceAll":        expand,
		"regexReplaceAllLiteral":     literal,
		"mustRegexReplaceAllLiteral": literal,
		"regexQuoteMeta":             regexp.QuoteMeta,
	}
}
