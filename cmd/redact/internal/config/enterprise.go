package config

import "slices"

// enterpriseOnly are namespaces of KrakenD Enterprise that guard or change data.
// The free edition ignores them without a word
// (https://www.krakend.io/docs/enterprise/).
var enterpriseOnly = []string{
	"modifier/response-body", "modifier/request-body-generator", "modifier/body-generator", "modifier/response-body-generator",
	"modifier/request-body-extractor", "modifier/request-body-extractor/early", "modifier/response-headers", "modifier/jmespath",
	"auth/api-keys", "auth/basic", "auth/gcp", "auth/ntlm", "security/policies", "validation/response-json-schema",
	"qos/ratelimit/service", "qos/ratelimit/tiered", "governance/quota", "governance/processors",
	"backend/soap", "backend/conditional", "backend/grpc", "backend/http/client", "workflow", "websocket", "plugin/middleware",
	"ai/llm", "ai/mcp", "ai/prompt-guard", "ai/semantic-cache", "ai/router", "ai/classifiers", "ai/providers",
}

// EnterpriseOnly tells whether a namespace is one that the free edition ignores.
func EnterpriseOnly(namespace string) bool { return slices.Contains(enterpriseOnly, namespace) }
