#!/usr/bin/env bash
# Every test suite, one after the other; run by with-services.sh. The runners' own summaries are the result.
source "$(dirname "$0")/lib.sh"
: "${TEST_POSTGRES_URL:?run it as: scripts/with-services.sh scripts/suites.sh}"
# The binary that the browser tests start.
export GAD="${CARGO_TARGET_DIR:-$PWD/target}/debug/gad"
failed=()

suite() {
  local name=$1 started=$SECONDS
  shift
  say "== $name"
  "$@" || failed+=("$name")
  say "== $name: $((SECONDS - started)) s"
}

dashboard_has() {
  [ -f dashboard/package.json ] && node -e 'process.exit(require("./dashboard/package.json").scripts?.[process.argv[1]] ? 0 : 1)' "$1"
}

# Without a browser those tests pass over themselves and look as if they had passed.
browser_tests() {
  if [ -z "${CHROMIUM:-}" ]; then
    say 'error: there is no browser for the browser tests: make setup, or install Chromium or Google Chrome (CHROMIUM=PATH names it)'
    return 1
  fi
  npm run --silent --prefix dashboard test:browser
}

if dashboard_has test; then suite 'dashboard tests' npm run --silent --prefix dashboard test; fi
suite 'the binaries' cargo build --quiet --locked --workspace --bins
if dashboard_has test:browser; then suite 'browser tests' browser_tests; fi
if grep -rqE '^ *//[/!] ```' --include='*.rs' --exclude-dir=target --exclude-dir=node_modules .; then
  suite 'documentation tests' cargo test --quiet --doc --workspace --locked
fi
if have cargo-nextest; then
  suite 'tests' cargo nextest run --workspace --locked --no-tests=pass
else
  suite 'tests' cargo test --workspace --locked --no-fail-fast --lib --bins --tests
fi

suite 'fault rig' "${CARGO_TARGET_DIR:-$PWD/target}/debug/rig" --short

[ ${#failed[@]} = 0 ] || { printf 'failed: %s\n' "${failed[@]}" >&2; exit 1; }
