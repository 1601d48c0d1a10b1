module github.com/krakend-redact/krakend-redact/console

go 1.25.3

require github.com/krakend-redact/krakend-redact v0.0.0-00010101000000-000000000000

require (
	github.com/coreos/go-oidc/v3 v3.16.0 // indirect
	github.com/go-jose/go-jose/v4 v4.1.3 // indirect
	golang.org/x/oauth2 v0.33.0 // indirect
)

replace github.com/krakend-redact/krakend-redact => ../
