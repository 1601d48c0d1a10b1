package bodytemplate

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"sync"
)

// Bounds of the cache of patterns that a template computes from a request.
const (
	maxPatterns      = 256
	maxCachedPattern = 4 << 10
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
	if err != nil || len(pattern) > maxCachedPattern {
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
	expand, literal := replace((*regexp.Regexp).ReplaceAllString), replace((*regexp.Regexp).ReplaceAllLiteralString)
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
