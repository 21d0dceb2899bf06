# shellcheck shell=bash
# Sourced by the other scripts: where things are, how to speak, how to become root.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/gad"
export PATH="$cache/tools/bin:$HOME/.cargo/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# A hash over the contents of everything below the given paths that git would not ignore.
content_hash() {
  git ls-files -coz --exclude-standard -- "$@" | LC_ALL=C sort -z |
    while IFS= read -rd '' file; do if [ -f "$file" ]; then printf '%s\0' "$file"; fi; done |
    xargs -0 -r sha256sum | sha256sum | cut -c1-24
}

may_be_root() {
  [ "$(id -u)" = 0 ] || { have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The newest PostgreSQL server programs on this machine, or nothing.
postgres_bin() {
  local newest
  newest=$(find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin -name initdb 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$newest" ]; then dirname "$newest"; fi
}

# A browser for the browser tests, or nothing.
find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && have "$name"; then command -v "$name"; return; fi
  done
}
