#!/usr/bin/env bash
# with-services.sh COMMAND…: runs it beside a private PostgreSQL and Redis on free ports of loopback, stops both afterwards.
# The command finds TEST_POSTGRES_URL (a superuser, who may create databases and PostGIS), TEST_REDIS_URL
# and, when there is a browser, CHROMIUM.
source "$(dirname "$0")/lib.sh"

[ $# -gt 0 ] || die "usage: with-services.sh COMMAND…"
bin=$(postgres_bin)
[ -n "$bin" ] || die 'PostgreSQL is missing: make setup'
have redis-server || die 'Redis is missing: make setup'
# Every child leads its own process group: what the command started can be stopped with it.
set -m

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then "$@"; else (cd / && runuser -u "$postgres_user" -- "$@"); fi
}

# Stops what runs in a folder of ours and removes it.
stop_servers() {
  local folder=$1 redis
  redis=$(cat "$folder/redis.pid" 2>/dev/null || true)
  as_postgres "$bin/pg_ctl" -D "$folder/postgres" -m immediate -s stop 2>/dev/null || true
  if [ -n "$redis" ] && grep -q redis-server "/proc/$redis/cmdline" 2>/dev/null; then
    kill "$redis" || true
    while kill -0 "$redis" 2>/dev/null; do sleep 0.05; done
  fi
  rm -rf "$folder"
}

stop() {
  local status=$?
  trap - EXIT INT TERM HUP
  [ -z "${child:-}" ] || kill -TERM -- "-$child" 2>/dev/null || true
  stop_servers "$home"
  exit "$status"
}

# A run that was killed outright could not clean up; the next one does.
sweep() {
  local folder
  for folder in "${TMPDIR:-/tmp}"/gad-services.*; do
    if [ -r "$folder/owner" ] && ! kill -0 "$(cat "$folder/owner")" 2>/dev/null; then stop_servers "$folder"; fi
  done
}

# Below the ports that the kernel hands out by itself; a taken one shows when the server does not start.
some_port() { echo $((20000 + RANDOM % 12000)); }

start_postgres() {
  local attempt port
  for attempt in 1 2 3 4 5; do
    port=$(some_port)
    if as_postgres "$bin/pg_ctl" -D "$home/postgres" -l "$home/postgres.log" -s -w -t 60 -o "-p $port" start >/dev/null 2>&1; then
      export TEST_POSTGRES_URL="postgres://postgres:$password@127.0.0.1:$port/postgres"
      return
    fi
  done
  tail -n 20 "$home/postgres.log" >&2
  die "PostgreSQL does not start (attempt $attempt)"
}

create_cluster() {
  mkdir "$home/postgres"
  (umask 077 && printf '%s' "$password" >"$home/password")
  touch "$home/postgres.log"
  if [ "$(id -u)" = 0 ]; then chown "$postgres_user" "$home/postgres" "$home/password" "$home/postgres.log"; fi
  as_postgres "$bin/initdb" -D "$home/postgres" -U postgres --pwfile="$home/password" --auth=md5 \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; die "initdb failed"; }
  cat >>"$home/postgres/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
fsync = off
synchronous_commit = off
full_page_writes = off
timezone = 'UTC'
log_timezone = 'UTC'
CONF
}

start_redis() {
  local attempt port
  for attempt in 1 2 3 4 5; do
    port=$(some_port)
    redis-server --bind 127.0.0.1 --port "$port" --requirepass "$password" --save '' --appendonly no \
      --dir "$home" --logfile "$home/redis.log" &
    redis_pid=$!
    echo "$redis_pid" >"$home/redis.pid"
    if redis_answers "$port"; then
      export TEST_REDIS_URL="redis://default:$password@127.0.0.1:$port/0"
      return
    fi
  done
  tail -n 20 "$home/redis.log" >&2
  die "Redis does not start (attempt $attempt)"
}

redis_answers() {
  local _
  for _ in $(seq 100); do
    kill -0 "$redis_pid" 2>/dev/null || return 1
    if grep -q 'Ready to accept connections' "$home/redis.log" 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  return 1
}

if [ "$(id -u)" = 0 ]; then postgres_user=$(id -un postgres 2>/dev/null || echo nobody); fi
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
sweep
home=$(mktemp -d "${TMPDIR:-/tmp}/gad-services.XXXXXX")
chmod 755 "$home"
echo $$ >"$home/owner"
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
create_cluster
start_postgres
start_redis
chromium=$(find_chromium)
[ -z "$chromium" ] || export CHROMIUM="$chromium"
# Waited for, not run in front: a signal is then obeyed at once.
"$@" &
child=$!
wait "$child"
