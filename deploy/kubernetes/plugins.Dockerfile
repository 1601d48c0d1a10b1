# The plugins alone, for the init container in deployment.yaml. In a folder with
# the unpacked archive that `make dist KRAKEND=2.13.8 LIBC=musl` made:
#
#   docker build -f plugins.Dockerfile -t registry.example.com/krakend-redact:2.13.8-musl .
FROM alpine:3.23
COPY plugins/ /plugins/
USER 1000:1000
CMD ["sh", "-c", "cp /plugins/*.so /opt/krakend/plugins/"]
