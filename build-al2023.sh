#!/usr/bin/env bash
#
# Makes the aarch64 executable for AWS Lambda (provided.al2023, arm64), and function.zip with it as `bootstrap`.
#
# usage: ./build-al2023.sh                      inside Docker, by Dockerfile.al2023; needs nothing else
#        ./build-al2023.sh --swift-sdk NAME     without Docker, with an installed Swift SDK that has zlib and zstd
#        ./build-al2023.sh --native             without Docker, on an aarch64 Debian or Ubuntu
#
# Without Docker it needs swift, readelf (binutils) and zip. Leaves .build-al2023/mysql-binlog-connector and function.zip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/lib/static-executable.sh
source scripts/lib/static-executable.sh

readonly SCRATCH=.build-al2023

usage() {
  sed -n '3,9s/^# \{0,1\}//p' "$0"
}

# Everything is done in the image, the check and the zip, too: this machine may be of any kind, and its bash as old as 3.2.
# Build arguments (SWIFT_VERSION and so on) can be given in DOCKER_BUILD_OPTIONS.
in_docker() {
  command -v docker >/dev/null || fail "docker is missing; --swift-sdk and --native do without (--help)"
  local options
  read -ra options <<<"${DOCKER_BUILD_OPTIONS:-}"
  DOCKER_BUILDKIT=1 docker build --file Dockerfile.al2023 --output "type=local,dest=$SCRATCH" \
    ${options[@]+"${options[@]}"} .
  mv -f "$SCRATCH/function.zip" function.zip
}

with_swift_sdk() {
  require readelf zip
  # This machine's zlib.pc and libzstd.pc would lead the linker to this machine's libraries: no pkg-config, no .pc files.
  local hidden
  hidden=$(mktemp -d)
  ln -s "$(command -v false)" "$hidden/pkg-config"
  PATH=$hidden:$PATH build_static_executable "$SCRATCH" --swift-sdk "$1" --static-swift-stdlib
  rm -r "$hidden"
  pack
}

natively() {
  [[ $(uname -m) == aarch64 ]] || fail "this is $(uname -m): --native needs an aarch64 Linux"
  require readelf zip
  scripts/build-static --scratch-path "$SCRATCH"
  pack
}

pack() {
  readelf --file-header "$SCRATCH/$PRODUCT" | grep -q 'Machine:.*AArch64' || fail "$SCRATCH/$PRODUCT is not for aarch64"
  make_function_zip "$SCRATCH/$PRODUCT" function.zip
}

case ${1:-} in
  '') in_docker ;;
  --swift-sdk) with_swift_sdk "${2:?the name of a Swift SDK is missing: swift sdk list}" ;;
  --native) natively ;;
  --help) usage && exit ;;
  *) usage >&2 && exit 64 ;;
esac
ls -l "$SCRATCH/$PRODUCT" function.zip >&2
