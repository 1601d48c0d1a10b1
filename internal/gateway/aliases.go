package gateway

import (
	bloomfilter "github.com/krakend/bloomfilter/v2/krakend"
	botdetector "github.com/krakend/krakend-botdetector/v2/krakend"
	circuitbreaker "github.com/krakend/krakend-circuitbreaker/v2/gobreaker"
	cors "github.com/krakend/krakend-cors/v2"
	gologging "github.com/krakend/krakend-gologging/v2"
	httpcache "github.com/krakend/krakend-httpcache/v2"
	httpsecure "github.com/krakend/krakend-httpsecure/v2"
	jose "github.com/krakend/krakend-jose/v2"
	jsonschema "github.com/krakend/krakend-jsonschema/v2"
	luaproxy "github.com/krakend/krakend-lua/v2/proxy"
	luarouter "github.com/krakend/krakend-lua/v2/router"
	martian "github.com/krakend/krakend-martian/v2"
	metrics "github.com/krakend/krakend-metrics/v2"
	oauth2client "github.com/krakend/krakend-oauth2-clientcredentials/v2"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/proxy"
	"github.com/luraproject/lura/v2/proxy/plugin"
	router "github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/transport/http/client"
	"github.com/luraproject/lura/v2/transport/http/client/graphql"
	executor "github.com/luraproject/lura/v2/transport/http/client/plugin"
	handler "github.com/luraproject/lura/v2/transport/http/server/plugin"
)

// celNamespace is the only one that its module does not export.
const celNamespace = "github.com/devopsfaith/krakend-cel"

// aliases maps the documented extra_config names to the namespaces that the
// modules look for. Components without an entry (qos/ratelimit/router and
// proxy, telemetry/opentelemetry) are looked for under their documented name.
var aliases = map[string]string{
	"auth/client-credentials":  oauth2client.Namespace,
	"auth/revoker":             bloomfilter.Namespace,
	"auth/signer":              jose.SignerNamespace,
	"auth/validator":           jose.ValidatorNamespace,
	"backend/graphql":          graphql.Namespace,
	"backend/http":             client.Namespace,
	"modifier/lua-backend":     luaproxy.BackendNamespace,
	"modifier/lua-endpoint":    luarouter.Namespace,
	"modifier/lua-proxy":       luaproxy.ProxyNamespace,
	"modifier/martian":         martian.Namespace,
	"plugin/http-client":       executor.Namespace,
	"plugin/http-server":       handler.Namespace,
	"plugin/req-resp-modifier": plugin.Namespace,
	"proxy":                    proxy.Namespace,
	"qos/circuit-breaker":      circuitbreaker.Namespace,
	"qos/http-cache":           httpcache.Namespace,
	"router":                   router.Namespace,
	"security/bot-detector":    botdetector.Namespace,
	"security/cors":            cors.Namespace,
	"security/http":            httpsecure.Namespace,
	"telemetry/logging":        gologging.Namespace,
	"telemetry/metrics":        metrics.Namespace,
	"validation/cel":           celNamespace,
	"validation/json-schema":   jsonschema.Namespace,
}

func registerAliases() {
	for alias, namespace := range aliases {
		config.ExtraConfigAlias[alias] = namespace
	}
}
