package check

import (
	"context"
	"fmt"
	"strings"

	cel "github.com/krakend/krakend-cel/v2"
	luraconfig "github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/proxy"
)

// celNamespace is what lura makes of "validation/cel".
const celNamespace = "github.com/devopsfaith/krakend-cel"

// celLog is a logger of KrakenD's that keeps what CEL says about an expression
// that it drops.
type celLog struct{ syntax, types string }

func (l *celLog) Debug(v ...interface{}) {
	if _, why, ok := strings.Cut(fmt.Sprintln(v...), "[CEL] error parsing the expression "); ok {
		l.types = why
	}
}

func (l *celLog) Warning(v ...interface{}) {
	if _, why, ok := strings.Cut(fmt.Sprintln(v...), "error parsing the expression "); ok {
		l.syntax = why
	}
}
func (l *celLog) Info(...interface{})     {}
func (l *celLog) Error(...interface{})    {}
func (l *celLog) Critical(...interface{}) {}
func (l *celLog) Fatal(...interface{})    {}

// droppedExpression has KrakenD's own CEL compile an expression, and tells why it
// would be dropped.
func droppedExpression(expression string) string {
	var log celLog
	cel.BackendFactory(&log, func(*luraconfig.Backend) proxy.Proxy {
		return func(context.Context, *proxy.Request) (*proxy.Response, error) { return nil, nil }
	})(&luraconfig.Backend{ExtraConfig: luraconfig.ExtraConfig{
		celNamespace: []interface{}{map[string]interface{}{"check_expr": expression}},
	}})
	switch {
	case log.syntax != "":
		return "KrakenD drops all expressions of the list because this one has a syntax error: " + firstLine(log.syntax)
	case log.types != "":
		return "KrakenD drops the expression: " + firstLine(log.types)
	}
	return ""
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimPrefix(strings.TrimSpace(line), "ERROR: <input>:")
}

// expressions reports what KrakenD drops from the lists of a route that our
// modifiers work on.
func (k *krakendCheck) expressions(r route) {
	for _, s := range r.all() {
		for _, item := range s.extra.Get("validation/cel").List() {
			expression := item.Get("check_expr")
			if reason := droppedExpression(expression.Str()); expression != nil && reason != "" {
				k.at("KR048", k.doc, expression, reason, "correct the expression; see https://www.krakend.io/docs/endpoints/common-expression-language-cel/")
			}
		}
	}
}
