#!/usr/bin/env bash
# torture.sh [ARGS…]: the fault rig at full length.
source "$(dirname "$0")/lib.sh"

if ! compgen -G 'tests/it/src/bin/torture*' >/dev/null; then
  die 'there is no fault rig yet, so nothing was tortured; the failure tests that exist run in make test'
fi
bash scripts/setup.sh build services
bash scripts/dashboard.sh
exec bash scripts/with-services.sh cargo run --locked --profile demo --package it --bin torture -- "$@"
