module github.com/krakend-redact/krakend-redact/console

go 1.25.3

require github.com/krakend-redact/krakend-redact v0.0.0-00010101000000-000000000000

replace github.com/krakend-redact/krakend-redact => ../
