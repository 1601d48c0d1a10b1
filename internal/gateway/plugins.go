package gateway

import (
	"context"

	"github.com/luraproject/lura/v2/logging"
	modifier "github.com/luraproject/lura/v2/proxy/plugin"
	executor "github.com/luraproject/lura/v2/transport/http/client/plugin"
	handler "github.com/luraproject/lura/v2/transport/http/server/plugin"
)

// pluginKind is one of the three interfaces that a .so may export.
type pluginKind struct {
	label  string
	logTag string
	symbol string
	load   func(ctx context.Context, folder, pattern string, logger logging.Logger) (int, error)
}

var (
	clientPlugins = pluginKind{
		label:  "CLIENT",
		logTag: "[SERVICE: Executor Plugin]",
		symbol: "ClientRegisterer",
		load: func(_ context.Context, folder, pattern string, l logging.Logger) (int, error) {
			return executor.LoadWithLogger(folder, pattern, executor.RegisterClient, l)
		},
	}
	serverPlugins = pluginKind{
		label:  "SERVER",
		logTag: "[SERVICE: Handler Plugin]",
		symbol: "HandlerRegisterer",
		load: func(_ context.Context, folder, pattern string, l logging.Logger) (int, error) {
			return handler.LoadWithLogger(folder, pattern, handler.RegisterHandler, l)
		},
	}
	modifierPlugins = pluginKind{
		label:  "MODIFIER",
		logTag: "[SERVICE: Modifier Plugin]",
		symbol: "ModifierRegisterer",
		load: func(ctx context.Context, folder, pattern string, l logging.Logger) (int, error) {
			return modifier.LoadWithLoggerAndContext(ctx, folder, pattern, modifier.RegisterModifier, l)
		},
	}
)

// loadPlugins tries every matching file as each kind of plugin. A file that is
// not of a kind is a debug line only: that is the normal case.
func loadPlugins(ctx context.Context, folder, pattern string, logger logging.Logger) {
	logger.Debug("[SERVICE: Plugin Loader] Starting loading process")
	for _, kind := range []pluginKind{clientPlugins, serverPlugins, modifierPlugins} {
		n, err := kind.load(ctx, folder, pattern, logger)
		for _, e := range loadErrors(err) {
			logger.Debug(kind.logTag, e.Error())
		}
		if n > 0 {
			logger.Info(kind.logTag, "Total plugins loaded:", n)
		}
	}
	logger.Debug("[SERVICE: Plugin Loader] Loading process completed")
}

// loadErrors splits the error of a loader into one error per file.
func loadErrors(err error) []error {
	if err == nil {
		return nil
	}
	if several, ok := err.(interface{ Errs() []error }); ok {
		return several.Errs()
	}
	return []error{err}
}

// registerModifiers does for compiled-in modifiers what the loader does for the
// symbol of a .so. It runs after the loader, so a compiled-in modifier wins over
// a file of the same name: the file may be of any version.
func registerModifiers(ctx context.Context, compiledIn []Modifiers, logger logging.Logger) {
	for _, m := range compiledIn {
		if r, ok := m.(modifier.LoggerRegisterer); ok {
			r.RegisterLogger(logger)
		}
		if r, ok := m.(modifier.ContextRegisterer); ok {
			r.RegisterContext(ctx)
		}
		m.RegisterModifiers(modifier.RegisterModifier)
	}
	if len(compiledIn) > 0 {
		logger.Info(modifierPlugins.logTag, "Total modifier sets compiled in:", len(compiledIn))
	}
}
