module github.com/krakend-redact/krakend-redact/bench

go 1.25.3

require (
	github.com/dlclark/regexp2 v1.11.4 // indirect
	github.com/krakend-redact/krakend-redact v0.0.0
	github.com/tidwall/gjson v1.17.3
	github.com/tidwall/sjson v1.2.5
)

require (
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
)

replace github.com/krakend-redact/krakend-redact => ../
