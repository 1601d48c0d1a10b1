package gateway

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	botdetector "github.com/krakend/krakend-botdetector/v2/gin"
	httpsecure "github.com/krakend/krakend-httpsecure/v2/gin"
	lua "github.com/krakend/krakend-lua/v2/router/gin"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/core"
	"github.com/luraproject/lura/v2/logging"
	router "github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/transport/http/server"
)

// newEngine returns lura's gin engine with the service-wide components and the
// answers to requests that no endpoint takes.
func newEngine(cfg config.ServiceConfig, logger logging.Logger) *gin.Engine {
	engine := router.NewEngine(cfg, router.EngineOptions{Logger: logger, Health: make(chan string)})

	bodies := errorBodies(cfg.ExtraConfig)
	engine.NoRoute(noEndpoint(http.StatusNotFound, bodies.NotFound))
	engine.NoMethod(noEndpoint(http.StatusMethodNotAllowed, bodies.MethodNotAllowed))

	switch err := httpsecure.Register(cfg.ExtraConfig, engine); {
	case err == nil:
		logger.Debug("[SERVICE: Gin][HTTPsecure] Successfully loaded module")
	case !errors.Is(err, httpsecure.ErrNoConfig):
		logger.Warning("[SERVICE: Gin][HTTPsecure]", err)
	}
	lua.Register(logger, cfg.ExtraConfig, engine)
	botdetector.Register(cfg, logger, engine)

	return engine
}

// routerErrorBodies is the error_body option of the router component, the only
// one of its options that lura leaves to the assembly.
type routerErrorBodies struct {
	NotFound         interface{} `json:"404"`
	MethodNotAllowed interface{} `json:"405"`
}

// errorBodies returns no bodies for a router block that it cannot read, as the
// engine ignores such a block, too.
func errorBodies(extra config.ExtraConfig) routerErrorBodies {
	var options struct {
		ErrorBody routerErrorBodies `json:"error_body"`
	}
	raw, err := json.Marshal(extra[router.Namespace])
	if err != nil {
		return routerErrorBodies{}
	}
	if err := json.Unmarshal(raw, &options); err != nil {
		return routerErrorBodies{}
	}
	return options.ErrorBody
}

// noEndpoint answers with KrakenD's headers and, if there is one, the body. gin
// has set the status already; it writes its own text where nothing was written.
func noEndpoint(status int, body interface{}) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header(core.KrakendHeaderName, core.KrakendHeaderValue)
		c.Header(server.CompleteResponseHeaderName, server.HeaderIncompleteResponseValue)
		if body != nil {
			c.JSON(status, body)
		}
	}
}
