package gateway

import (
	"context"
	"fmt"

	"github.com/gin-gonic/gin"
	botdetector "github.com/krakend/krakend-botdetector/v2/gin"
	cel "github.com/krakend/krakend-cel/v2"
	circuitbreaker "github.com/krakend/krakend-circuitbreaker/v2/gobreaker/proxy"
	httpcache "github.com/krakend/krakend-httpcache/v2"
	jose "github.com/krakend/krakend-jose/v2"
	ginjose "github.com/krakend/krakend-jose/v2/gin"
	jsonschema "github.com/krakend/krakend-jsonschema/v2"
	luaproxy "github.com/krakend/krakend-lua/v2/proxy"
	luarouter "github.com/krakend/krakend-lua/v2/router/gin"
	martian "github.com/krakend/krakend-martian/v2"
	metrics "github.com/krakend/krakend-metrics/v2/gin"
	oauth2client "github.com/krakend/krakend-oauth2-clientcredentials/v2"
	otellura "github.com/krakend/krakend-otel/lura"
	otelgin "github.com/krakend/krakend-otel/router/gin"
	proxyratelimit "github.com/krakend/krakend-ratelimit/v3/proxy"
	routerratelimit "github.com/krakend/krakend-ratelimit/v3/router/gin"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/logging"
	"github.com/luraproject/lura/v2/proxy"
	router "github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/transport/http/client"
	executor "github.com/luraproject/lura/v2/transport/http/client/plugin"
	"github.com/luraproject/lura/v2/transport/http/server"
)

// The three factories below are read from the bottom up: the last line wraps
// all others, so it sees a request first and its response last.

// newHandlerFactory stacks what works on the HTTP request of an endpoint.
func newHandlerFactory(logger logging.Logger, collector *metrics.Metrics, rejecter jose.RejecterFactory) router.HandlerFactory {
	hf := router.CustomErrorEndpointHandler(logger, server.DefaultToHTTPError)
	hf = routerratelimit.NewRateLimiterMw(logger, hf)
	hf = luarouter.HandlerFactory(logger, hf)
	hf = ginjose.HandlerFactory(hf, logger, rejecter)
	hf = collector.NewHTTPHandlerFactory(hf)
	hf = botdetector.New(hf, logger)
	announced := func(e *config.EndpointConfig, p proxy.Proxy) gin.HandlerFunc {
		logger.Debug(fmt.Sprintf("[ENDPOINT: %s %s] Building the http handler", e.Method, e.Endpoint))
		return hf(e, p)
	}
	return otelgin.New(announced)
}

// newProxyFactory stacks what works on the proxy request of an endpoint. The
// modifier plugins of an endpoint are inside lura's default factory.
func newProxyFactory(logger logging.Logger, backends proxy.BackendFactory, collector *metrics.Metrics) proxy.Factory {
	pf := proxy.NewDefaultFactory(backends, logger)
	pf = proxy.NewShadowFactory(pf)
	pf = jsonschema.ProxyFactory(logger, pf)
	pf = cel.ProxyFactory(logger, pf)
	pf = luaproxy.ProxyFactory(logger, pf)
	pf = collector.ProxyFactory("pipe", pf)
	announced := proxy.FactoryFunc(func(e *config.EndpointConfig) (proxy.Proxy, error) {
		logger.Debug(fmt.Sprintf("[ENDPOINT: %s %s] Building the proxy pipe", e.Method, e.Endpoint))
		return pf.New(e)
	})
	return otellura.ProxyFactory(announced)
}

// newBackendFactory stacks what works on the request to a backend. The modifier
// plugins of a backend are outside of this stack, in lura's default factory.
func newBackendFactory(ctx context.Context, logger logging.Logger, collector *metrics.Metrics) proxy.BackendFactory {
	bf := martian.NewConfiguredBackendFactory(logger, newRequestExecutor(ctx, logger))
	bf = cel.BackendFactory(logger, bf)
	bf = luaproxy.BackendFactory(logger, bf)
	bf = proxyratelimit.BackendFactory(logger, bf)
	bf = circuitbreaker.BackendFactory(bf, logger)
	bf = collector.BackendFactory("backend", bf)
	bf = otellura.BackendFactory(bf)
	return func(b *config.Backend) proxy.Proxy {
		logger.Debug(fmt.Sprintf("[BACKEND: %s %s -> %s %s] Building the backend pipe",
			b.ParentEndpointMethod, b.ParentEndpoint, b.Method, b.URLPattern))
		return bf(b)
	}
}

// newRequestExecutor makes the HTTP client of a backend, which a client plugin
// may replace.
func newRequestExecutor(ctx context.Context, logger logging.Logger) func(*config.Backend) client.HTTPRequestExecutor {
	return executor.HTTPRequestExecutorWithContext(ctx, logger, func(b *config.Backend) client.HTTPRequestExecutor {
		cf := client.NewHTTPClient
		if _, ok := b.ExtraConfig[oauth2client.Namespace]; ok {
			cf = oauth2client.NewHTTPClient(b)
		}
		cf = httpcache.NewHTTPClient(b, cf)
		return otellura.HTTPRequestExecutorFromConfig(cf, b)
	})
}
