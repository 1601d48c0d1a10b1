module github.com/krakend-redact/krakend-redact/e2e

go 1.25.3

require github.com/openai/openai-go/v3 v3.15.0

require (
	github.com/tidwall/gjson v1.18.0 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
)

replace github.com/krakend-redact/krakend-redact => ../
