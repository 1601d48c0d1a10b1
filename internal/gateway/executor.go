package gateway

import (
	"context"
	"errors"
	"os"

	bloomfilter "github.com/krakend/bloomfilter/v2/krakend"
	cel "github.com/krakend/krakend-cel/v2"
	cmd "github.com/krakend/krakend-cobra/v2"
	cors "github.com/krakend/krakend-cors/v2/gin"
	gologging "github.com/krakend/krakend-gologging/v2"
	jose "github.com/krakend/krakend-jose/v2"
	metrics "github.com/krakend/krakend-metrics/v2/gin"
	kotel "github.com/krakend/krakend-otel"
	otellura "github.com/krakend/krakend-otel/lura"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/core"
	"github.com/luraproject/lura/v2/logging"
	router "github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/sd/dnssrv"
	"github.com/luraproject/lura/v2/transport/http/server"
	handler "github.com/luraproject/lura/v2/transport/http/server/plugin"
)

// newExecutor returns what the run command calls with the parsed configuration.
// It serves until ctx is done.
func newExecutor(ctx context.Context, compiledIn []Modifiers) cmd.Executor {
	return func(cfg config.ServiceConfig) {
		cfg.Normalize()
		logger, err := newLogger(cfg.ExtraConfig)
		if err != nil {
			return
		}
		serve(ctx, cfg, logger, compiledIn)
	}
}

// newLogger returns the configured logger, or lura's own on standard output
// where there is none or it cannot be made.
func newLogger(extra config.ExtraConfig) (logging.Logger, error) {
	configured, err := gologging.NewLogger(extra)
	if err == nil {
		configured.Debug("[SERVICE: telemetry/logging] Improved logging started.")
		return configured, nil
	}
	plain, plainErr := logging.NewLogger("DEBUG", os.Stdout, "KRAKEND")
	if plainErr != nil {
		return nil, plainErr
	}
	if !errors.Is(err, gologging.ErrWrongConfig) {
		plain.Error("[SERVICE: Logging] Unable to create the logger:", err.Error())
	}
	return plain, nil
}

// serve builds everything that the configuration asks for, in KrakenD's order:
// the plugins come first because endpoints look their modifiers up by name while
// they are built, and telemetry before the pipes that report to it.
func serve(ctx context.Context, cfg config.ServiceConfig, logger logging.Logger, compiledIn []Modifiers) {
	logger.Info("Starting KrakenD v" + core.KrakendVersion)
	if wd, err := os.Getwd(); err == nil {
		logger.Info("Working directory is", wd)
	}
	warnLeftOut(cfg, logger)

	dnssrv.SetTTL(cfg.DNSCacheTTL)
	if err := dnssrv.Register(); err != nil {
		logger.Error("[SERVICE: DNS]", err.Error())
	}

	if cfg.Plugin != nil {
		loadPlugins(ctx, cfg.Plugin.Folder, cfg.Plugin.Pattern, logger)
	}
	registerModifiers(ctx, compiledIn, logger)

	collector := metrics.New(ctx, cfg.ExtraConfig, logger)
	flush, err := kotel.Register(ctx, logger, cfg)
	if err != nil {
		logger.Error("[SERVICE: OpenTelemetry] cannot register exporters:", err.Error())
	}
	defer flush()

	if err := jose.SetGlobalCacher(logger, cfg.ExtraConfig); err != nil && !errors.Is(err, jose.ErrNoValidatorCfg) {
		logger.Error("[SERVICE: JOSE]", err.Error())
	}

	router.NewFactory(router.Config{
		Engine:         newEngine(cfg, logger),
		ProxyFactory:   newProxyFactory(logger, newBackendFactory(ctx, logger, collector), collector),
		Logger:         logger,
		HandlerFactory: newHandlerFactory(logger, collector, newTokenRejecter(ctx, cfg, logger)),
		RunServer:      newRunServer(logger),
	}).NewWithContext(ctx).Run(cfg)
}

// newTokenRejecter refuses valid tokens that were revoked or that a CEL
// expression of the endpoint rejects.
func newTokenRejecter(ctx context.Context, cfg config.ServiceConfig, logger logging.Logger) jose.RejecterFactory {
	// The revoker would announce its port to a service registry, and CE has none.
	announce := func(string, int) {}
	revoked, err := bloomfilter.Register(ctx, "krakend-bf", cfg, logger, announce)
	if err != nil && !errors.Is(err, bloomfilter.ErrNoConfig) {
		logger.Warning("[SERVICE: Bloomfilter]", err.Error())
	}

	return jose.ChainedRejecterFactory{
		jose.RejecterFactoryFunc(func(logging.Logger, *config.EndpointConfig) jose.Rejecter {
			return jose.RejecterFunc(revoked.RejectToken)
		}),
		jose.RejecterFactoryFunc(func(l logging.Logger, e *config.EndpointConfig) jose.Rejecter {
			if r := cel.NewRejecter(l, e); r != nil {
				return r
			}
			return jose.FixedRejecter(false)
		}),
	}
}

// newRunServer wraps the HTTP server: a request meets the server plugins first,
// then CORS, then telemetry, then the router.
func newRunServer(logger logging.Logger) router.RunServerFunc {
	run := otellura.GlobalRunServer(logger, server.RunServerWithLoggerFactory(logger))
	withCORS := cors.NewRunServerWithLogger(cors.RunServer(run), logger)
	return router.RunServerFunc(handler.New(logger, handler.RunServer(withCORS)))
}
