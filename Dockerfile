# The plugins in KrakenD's official image, and the programs around them in
# docker-compose.yml. The gateway alone: docker build --target gateway .
# For classic builders, too: no BuildKit syntax.
#
# Builder and KrakenD must be of the same release: a plugin loads only into a
# KrakenD that was built with the same Go, the same C library and the same modules.
ARG BUILDER_IMAGE=krakend/builder
ARG KRAKEND_IMAGE=krakend
ARG KRAKEND_VERSION=2.12.1

FROM ${BUILDER_IMAGE}:${KRAKEND_VERSION} AS source
WORKDIR /src
# As KrakenD is built: with cgo and without -trimpath.
ENV CGO_ENABLED=1 GOFLAGS=-buildvcs=false
COPY go.mod go.sum ./

FROM source AS plugins
ARG KRAKEND_VERSION
COPY compat/overlays compat/overlays
COPY internal internal
COPY modifiers modifiers
COPY plugins plugins
# The builder's Go is that of its KrakenD; the overlay has the modules' versions.
RUN for plugin in redact response-body body-generator; do \
      go build -modfile=compat/overlays/$KRAKEND_VERSION.mod -buildmode=plugin -o /out/$plugin.so ./plugins/$plugin || exit 1; \
    done

FROM ${KRAKEND_IMAGE}:${KRAKEND_VERSION} AS gateway
LABEL org.opencontainers.image.title=krakend-redact
WORKDIR /opt/krakend-redact
COPY --from=plugins /out/ bin/plugins/
COPY deploy/compose/gateway-entrypoint.sh /usr/local/bin/
COPY krakend krakend
ENV FC_ENABLE=1 FC_SETTINGS=krakend/settings FC_PARTIALS=krakend/partials FC_TEMPLATES=krakend/templates
USER 1000:1000
EXPOSE 8080 9090
# In place of the image's own: that one changes to uid 1000, which it already is.
ENTRYPOINT ["gateway-entrypoint.sh"]
CMD ["run", "-c", "krakend/scenarios/isolated-auth.json"]

FROM source AS programs
ENV CGO_ENABLED=0
COPY internal internal
COPY cmd/mockllm cmd/mockllm
COPY cmd/idp cmd/idp
COPY cmd/demo cmd/demo
RUN go build -o /out/ ./cmd/mockllm ./cmd/idp ./cmd/demo

# The LLM stand-in, the identity provider and the demonstration's user.
FROM scratch AS demo
LABEL org.opencontainers.image.title=krakend-redact
COPY --from=programs /out/ /
USER 1000:1000

FROM source AS console-build
ENV CGO_ENABLED=0
COPY internal internal
COPY console console
RUN go build -C console -o /out/redact-console .

# The web console. Give it a database (REDACT_CONSOLE_DB), or a volume for its own.
FROM scratch AS console
LABEL org.opencontainers.image.title=krakend-redact
# For a login at an OpenID Connect provider.
COPY --from=console-build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=console-build /out/ /
USER 1000:1000
EXPOSE 8090
ENTRYPOINT ["/redact-console"]
