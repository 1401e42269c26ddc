# shellcheck shell=bash
#
# Sourced by the scripts that build static executables.

readonly PRODUCT=mysql-binlog-connector

fail() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 1
}

# usage: require PROGRAM…
# Fails before there is much to wait for, when a program is missing.
require() {
  local program
  for program; do command -v "$program" >/dev/null || fail "$program is missing"; done
}

# usage: build_static_executable SCRATCH-FOLDER [SWIFT-BUILD-OPTION…]
# With MBC_STATIC in the environment for this machine, or with a Swift SDK and --static-swift-stdlib.
# Leaves SCRATCH-FOLDER/mysql-binlog-connector, a program without symbols, and refuses one that is not static.
build_static_executable() {
  local scratch=$1
  shift
  require swift readelf
  local options=(-c release --scratch-path "$scratch" --product "$PRODUCT" -Xlinker -s "$@")
  swift build "${options[@]}" >&2
  install -m 755 "$(swift build "${options[@]}" --show-bin-path)/$PRODUCT" "$scratch/$PRODUCT"
  check_static "$scratch/$PRODUCT"
}

# A static program needs no library and no dynamic loader. readelf reads programs of any processor.
check_static() {
  local program=$1 headers
  headers=$(readelf --wide --program-headers --dynamic "$program")
  ! grep -Eq '\(NEEDED\)|INTERP' <<<"$headers" || fail "$program is not static: readelf --program-headers --dynamic"
  [[ -z $(readelf --wide --symbols "$program") ]] || fail "$program still holds symbols"
}

# usage: make_function_zip PROGRAM ZIP
# The zip that AWS Lambda takes: the program alone, as `bootstrap`. The same program gives the same bytes.
make_function_zip() {
  local program=$1 zip folder
  zip=$(cd "$(dirname "$2")" && pwd)/${2##*/}
  folder=$(mktemp -d)
  install -m 755 "$program" "$folder/bootstrap"
  TZ=UTC touch -t 198001010000.00 "$folder/bootstrap"
  rm -f "$zip"
  (cd "$folder" && TZ=UTC zip --quiet -9 -X "$zip" bootstrap)
  rm -r "$folder"
}
