# shellcheck shell=bash
#
# The roots: folders with the files of one server's Debian packages, and how a program of such a folder is run.
# Read by scripts/servers, which sets CACHE and ROOTS and has fail and note.

# ---------------------------------------------------------------------------------------------------------------------
# What each name stands for

readonly ALL_NAMES=(mariadb-10.11 mariadb-11.8 mysql-9.7)

check_name() {
  local name
  for name in "${ALL_NAMES[@]}"; do
    [[ $name == "$1" ]] && return
  done
  fail "unknown server '$1'; known: ${ALL_NAMES[*]}"
}

suite_of() {
  case $1 in
    mariadb-10.11) echo bookworm ;;
    mariadb-11.8) echo trixie ;;
    mysql-9.7) echo sid ;;
  esac
}

default_port_of() {
  case $1 in
    mariadb-10.11) echo 33101 ;;
    mariadb-11.8) echo 33102 ;;
    mysql-9.7) echo 33103 ;;
  esac
}

is_mysql() {
  [[ $1 == mysql-* ]]
}

# ---------------------------------------------------------------------------------------------------------------------
# Installing

need_tool() {
  local tool=$1 package=$2
  if command -v "$tool" >/dev/null; then
    return
  fi
  [[ $(id -u) == 0 ]] || fail "'$tool' is missing; install it with: sudo apt-get install $package"
  note "installing $package"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package"; } >&2
}

# The packages that hold mariadb-binlog and the plugins depend on half a system; only their files are wanted.
extract_without_dependencies() {
  cat <<'HOOK'
set -e
folder=$(mktemp -d)
cd "$folder"
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -o APT::Sandbox::User=root download mariadb-client mariadb-server >&2
for package in *.deb; do dpkg-deb --extract "$package" "$1"; done
cd /
rm -r "$folder"
HOOK
}

extract_packages() {
  local name=$1 target=$2 hook
  if is_mysql "$name"; then
    # The suite is a moving one: its release file may be past its date on the mirror at hand.
    mmdebstrap --quiet --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' \
      --include=mysql-server-core,mysql-client-core "$(suite_of "$name")" "$target" >&2
    return
  fi
  hook=$(mktemp "$CACHE/hook.XXXXXX")
  { echo '#!/bin/sh'; extract_without_dependencies; } >"$hook"
  chmod +x "$hook"
  mmdebstrap --quiet --variant=extract --include=mariadb-server-core,mariadb-client-core \
    --extract-hook="$hook" "$(suite_of "$name")" "$target" >&2
  rm -f "$hook"
}

version_of() {
  local program=sbin/mariadbd
  if is_mysql "$1"; then
    program=sbin/mysqld
  fi
  (exec_in_root "$ROOTS/$1" "$program" --no-defaults --version) | sed -E 's/^.*Ver ([^ ]+).*/\1/'
}

install_server() {
  local name=$1 root=$ROOTS/$1 lock version
  mkdir -p "$ROOTS"
  exec {lock}>"$ROOTS/$name.lock"
  flock "$lock"
  if [[ ! -d $root ]]; then
    need_tool gpg gpg
    need_tool mmdebstrap mmdebstrap
    note "extracting $name from Debian $(suite_of "$name")"
    rm -rf "$root.tmp"
    extract_packages "$name" "$root.tmp"
    mv "$root.tmp" "$root"
  fi
  exec {lock}>&-
  version=$(version_of "$name")
  [[ $version == "${name#*-}".* ]] || note "warning: $name was asked for, the suite has $version"
  note "$name: found $version in Debian $(suite_of "$name"), $root"
}

# ---------------------------------------------------------------------------------------------------------------------
# Running a program of a root

loader_of() {
  local found
  found=$(find "$1/lib" "$1/usr/lib" -maxdepth 2 -name 'ld-linux*.so.*' -print -quit 2>/dev/null || true)
  [[ -n $found ]] || fail "no dynamic loader below $1; delete that folder and install again"
  echo "$found"
}

library_path_of() {
  find "$1/lib" "$1/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu*' 2>/dev/null | paste -sd:
}

share_of() {
  if [[ -d $1/usr/share/mariadb ]]; then
    echo "$1/usr/share/mariadb"
  else
    echo "$1/usr/share/mysql"
  fi
}

server_plugins_of() {
  local folder
  for folder in "$1/usr/lib/mysql/plugin" "$1"/usr/lib/*/mariadb*/plugin; do
    if [[ -d $folder ]]; then
      echo "$folder"
      return
    fi
  done
}

# Replaces this process. Callers that go on afterwards use a subshell.
exec_in_root() {
  local root=$1 program=$1/usr/$2
  shift 2
  export TZ=UTC OPENSSL_CONF=/dev/null
  exec "$(loader_of "$root")" --library-path "$(library_path_of "$root")" --argv0 "$program" "$program" "$@"
}
