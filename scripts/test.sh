#!/usr/bin/env bash
# `make check`, then every test beside a private PostgreSQL and Redis. Goes on after a failure, so that one run shows all.
source "$(dirname "$0")/lib.sh"

bash scripts/setup.sh
bash scripts/dashboard.sh
checked=good
bash scripts/check.sh || checked=bad
bash scripts/with-services.sh bash scripts/suites.sh
[ "$checked" = good ] || die 'the tests are good, make check is not'
