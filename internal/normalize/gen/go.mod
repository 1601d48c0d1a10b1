module github.com/krakend-redact/krakend-redact/internal/normalize/gen

go 1.25.3

require (
	github.com/krakend-redact/krakend-redact v0.0.0
	golang.org/x/text v0.31.0
)

replace github.com/krakend-redact/krakend-redact => ../../..
