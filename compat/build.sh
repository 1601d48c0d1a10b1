#!/bin/sh
# Builds this project's plugins for one KrakenD release into a folder. `make
# plugins` runs it; it needs a Go of 1.21 or newer and a C compiler for the target.
#
# usage: compat/build.sh release glibc|musl amd64|arm64 folder
#
# A plugin loads only into a gateway that was built by the same Go, with the same
# versions of what both link, against the same C library, and with these sources
# under the same paths: Go's check covers the file names that stand in compiled
# packages. KrakenD's binaries are all built in golang's images, where the module
# cache is /go/pkg/mod, so that is what the shared modules are compiled to say,
# wherever they are. MODCACHE names another one, for a gateway built elsewhere.
set -eu
cd "$(dirname "$0")/.."

fail() {
	echo "build: $*" >&2
	exit 1
}

[ $# = 4 ] || fail "usage: compat/build.sh release glibc|musl amd64|arm64 folder"
release=$1 libc=$2 arch=$3 out=$4

overlay=compat/overlays/$release.mod
if [ ! -f "$overlay" ]; then
	case $release in
	[3-9].*) fail "KrakenD CE $release loads no Go plugins: build cmd/krakend-redact instead (docs/krakend-build.md)" ;;
	esac
	known=$(ls compat/overlays | sed -n 's/\.mod$//p' | sort -t. -k1,1n -k2,2n -k3,3n | tr '\n' ' ')
	fail "KrakenD release \"$release\" is not known. Known are: $known"
fi

machine_libc=glibc
if ldd --version 2>&1 | grep -qi musl; then machine_libc=musl; fi
case $libc in
glibc) abi=gnu ;;
musl) abi=musl ;;
*) fail "LIBC is \"$libc\", but must be glibc or musl" ;;
esac
case $arch in
amd64) cpu=x86_64 ;;
arm64) cpu=aarch64 ;;
*) fail "ARCH is \"$arch\", but must be amd64 or arm64" ;;
esac
if [ "$arch" != "$(go env GOHOSTARCH)" ] || [ "$libc$machine_libc" = glibcmusl ]; then
	compiler=$cpu-linux-$abi-gcc
elif [ "$libc" = "$machine_libc" ]; then
	compiler=gcc
else
	compiler=musl-gcc
fi
CC=${CC:-$compiler}
command -v "${CC%% *}" >/dev/null || fail "the C compiler $CC is missing. Debian: apt-get install musl-tools (musl-gcc), gcc-aarch64-linux-gnu libc6-dev-arm64-cross (arm64); krakend/builder has all that it needs; CC=… names another one"

# Nothing of the caller's settings may get in, as nothing did in KrakenD's builds.
go=$(sed -n 's/^go //p' "$overlay")
export GOTOOLCHAIN="go$go" GOFLAGS=-buildvcs=false GOWORK=off GOEXPERIMENT= GOAMD64=v1 GOARM64=v8.0
export CGO_ENABLED=1 GOOS=linux GOARCH="$arch" CC
have=$(go env GOMODCACHE)
# Go asks for the gold linker there, which cross compilers for musl do not have.
linker=
if [ "$arch" = arm64 ]; then linker=-extldflags=-fuse-ld=bfd; fi
MODCACHE=${MODCACHE:-/go/pkg/mod}

# Of these only the modules' paths are read by a gateway. This repository's own
# are there, and the build ID is not, so that every checkout makes the same bytes.
set -- "-ldflags=-buildid= $linker" "-gcflags=$(sed -n 's/^module //p' "$overlay")/...=-trimpath=$PWD=>/krakend-redact"
for module in $(sed -n 's/^	\([^ ]*\) .*/\1/p' "$overlay"); do
	set -- "$@" "-gcflags=$module/...=-trimpath=$have=>$MODCACHE"
done

mkdir -p "$out"
for main in plugins/*/main.go; do
	name=$(basename "$(dirname "$main")")
	go build "-modfile=$overlay" -buildmode=plugin "$@" -o "$out/$name.so" "./plugins/$name" ||
		fail "go $go could not build $name.so for KrakenD $release"
done
