#!/bin/sh
# Starts KrakenD, if every plugin loads. KrakenD itself only mentions a plugin that
# does not load, at DEBUG, and runs on without it.
set -eu

plugins=bin/plugins
if [ ! -e "$plugins/redact.so" ]; then
	echo "gateway: $PWD/$plugins/redact.so is missing: prompts would go out unmasked" >&2
	exit 1
fi
krakend test-plugin -m "$plugins"/*.so

# exec: the signal that stops the container has to reach KrakenD.
exec krakend "$@"
