#!/usr/bin/env bash
# Builds dashboard/dist when its sources have changed since the last build.
source "$(dirname "$0")/lib.sh"

if [ ! -f dashboard/package.json ]; then
  say 'there is no dashboard yet: the placeholder page is used'
  exit 0
fi
bash scripts/setup.sh dashboard
sources=$(content_hash dashboard)
stamp=dashboard/node_modules/.built
if [ ! -f dashboard/dist/index.html ] || [ "$(cat "$stamp" 2>/dev/null)" != "$sources" ]; then
  say 'building the dashboard'
  log=$(mktemp)
  npm run --silent --prefix dashboard build >"$log" 2>&1 || { cat "$log" >&2; die 'the dashboard does not build'; }
  rm -f "$log"
  printf '%s' "$sources" >"$stamp"
fi
