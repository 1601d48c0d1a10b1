package gateway

import (
	"fmt"

	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/logging"
)

// leftOut maps the extra_config names of the CE 2.12.1 components that this
// assembly does not have to their older namespaces.
var leftOut = map[string][]string{
	"async/amqp":                {"github.com/devopsfaith/krakend-amqp/agent"},
	"backend/amqp/consumer":     {"github.com/devopsfaith/krakend-amqp/consume"},
	"backend/amqp/producer":     {"github.com/devopsfaith/krakend-amqp/produce"},
	"backend/lambda":            {"github.com/devopsfaith/krakend-lambda"},
	"backend/pubsub/publisher":  {"github.com/devopsfaith/krakend-pubsub/publisher"},
	"backend/pubsub/subscriber": {"github.com/devopsfaith/krakend-pubsub/subscriber"},
	"telemetry/gelf":            {"github_com/devopsfaith/krakend-gelf"},
	"telemetry/influx":          {"github_com/letgoapp/krakend-influx", "github_com/devopsfaith/krakend-influx"},
	"telemetry/logstash":        {"github_com/devopsfaith/krakend-logstash"},
	"telemetry/opencensus":      {"github_com/devopsfaith/krakend-opencensus"},
}

// warnLeftOut logs every use of a component that CE has and this assembly has
// not. KrakenD ignores names it does not know, so nothing else would tell.
func warnLeftOut(cfg config.ServiceConfig, logger logging.Logger) {
	warn := func(where string, extra config.ExtraConfig) {
		for name, olderNames := range leftOut {
			for _, key := range append([]string{name}, olderNames...) {
				if _, ok := extra[key]; ok {
					logger.Warning(fmt.Sprintf("[%s] %s is not part of this build, its configuration is ignored", where, key))
				}
			}
		}
	}

	warn("SERVICE", cfg.ExtraConfig)
	for _, e := range cfg.Endpoints {
		warn("ENDPOINT: "+e.Endpoint, e.ExtraConfig)
		for _, b := range e.Backend {
			warn("BACKEND: "+e.Endpoint+" -> "+b.URLPattern, b.ExtraConfig)
		}
	}
	if len(cfg.AsyncAgents) > 0 {
		logger.Warning("[SERVICE] async_agents are not part of this build, their configuration is ignored")
	}
}
