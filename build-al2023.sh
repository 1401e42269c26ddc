#!/usr/bin/env bash
#
# Makes the aarch64 executable for AWS Lambda (provided.al2023, arm64), and function.zip with it as `bootstrap`.
#
# usage: ./build-al2023.sh                      inside Docker, by Dockerfile.al2023; the host may be of any kind
#        ./build-al2023.sh --swift-sdk NAME     without Docker, with an installed Swift SDK that has zlib and zstd
#        ./build-al2023.sh --native             without Docker, on an aarch64 Linux
#
# Leaves .build-al2023/mysql-binlog-connector and function.zip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/lib/static-executable.sh
source scripts/lib/static-executable.sh

readonly SCRATCH=.build-al2023

usage() {
  sed -n '3,9s/^# \{0,1\}//p' "$0"
}

# Build arguments (SWIFT_VERSION and so on) can be given in DOCKER_BUILD_OPTIONS.
in_docker() {
  command -v docker >/dev/null || fail "docker is missing; --swift-sdk and --native do without (--help)"
  local options
  read -ra options <<<"${DOCKER_BUILD_OPTIONS:-}"
  DOCKER_BUILDKIT=1 docker build --file Dockerfile.al2023 --output "type=local,dest=$SCRATCH" "${options[@]}" .
}

with_swift_sdk() {
  # This machine's zlib.pc and libzstd.pc would lead the linker to this machine's libraries: no pkg-config, no .pc files.
  local hidden
  hidden=$(mktemp --directory)
  ln -s "$(command -v false)" "$hidden/pkg-config"
  PATH=$hidden:$PATH build_static_executable "$SCRATCH" --swift-sdk "$1"
  rm -r "$hidden"
}

natively() {
  [[ $(uname -m) == aarch64 ]] || fail "this is $(uname -m): --native needs an aarch64 Linux"
  scripts/build-static --scratch-path "$SCRATCH"
}

check_machine() {
  readelf --file-header "$SCRATCH/$PRODUCT" | grep -q 'Machine:.*AArch64' || fail "$SCRATCH/$PRODUCT is not for aarch64"
}

case ${1:-} in
  '') in_docker ;;
  --swift-sdk) with_swift_sdk "${2:?the name of a Swift SDK is missing: swift sdk list}" ;;
  --native) natively ;;
  --help) usage && exit ;;
  *) usage >&2 && exit 64 ;;
esac
check_machine
make_function_zip "$SCRATCH/$PRODUCT" function.zip
ls -l "$SCRATCH/$PRODUCT" function.zip >&2
