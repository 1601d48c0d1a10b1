module github.com/krakend-redact/krakend-redact/bench/peers

go 1.26.1

require (
	github.com/krakend-redact/krakend-redact/bench v0.0.0
	github.com/wso2/api-platform/sdk/core v0.2.4
	github.com/wso2/gateway-controllers/policies/pii-masking-regex v1.0.4
)

require (
	github.com/krakend-redact/krakend-redact v0.0.0 // indirect
	github.com/tidwall/gjson v1.17.3 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
)

replace (
	github.com/krakend-redact/krakend-redact => ../../
	github.com/krakend-redact/krakend-redact/bench => ../
)
