module github.com/krakend-redact/krakend-redact/bench

go 1.25.3
