#!/usr/bin/env bash
# Run by run.sh for containers: `start --docker`, `stop`, `status`, `logs`, `keys`, `backup`, `restore`. Makes missing
# secrets and a development certificate, and remembers which set runs.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export UNSWAP_STATE=${UNSWAP_STATE:-$HERE/../.unswap}
STATE=$UNSWAP_STATE/deploy
RUNNING=$STATE/profiles

say() { printf '%s\n' "$*" >&2; }
die() { say "run.sh: $*"; exit 5; }

# Prints a setting from the environment, or from .env beside run.sh.
setting() {
  local value=${!1:-}
  [ -n "$value" ] || value=$(sed -n "s/^$1=//p" "$HERE/../.env" 2>/dev/null | tail -n 1)
  printf '%s' "${value:-$2}"
}

compose() {
  local files=(--file "$HERE/compose.yaml")
  [ "$(setting UNSWAP_GPU 0)" != 1 ] || files+=(--file "$HERE/compose.gpu.yaml")
  [ ! -f "$HERE/../.env" ] || files+=(--env-file "$HERE/../.env")
  COMPOSE_PROFILES=$(cat "$RUNNING") UNSWAP_UPSTREAMS=$(upstreams) docker compose "${files[@]}" "$@"
}

upstreams() { case ",$(cat "$RUNNING")," in *,scale,*) echo api:8000 ;; *) echo all:8000 ;; esac; }

# Writes a secret file once. It is readable for all, because containers run as other users; its folder is private.
secret() {
  [ -s "$STATE/secrets/$1" ] && return
  printf '%s' "$2" >"$STATE/secrets/$1.new"
  chmod 644 "$STATE/secrets/$1.new"
  mv "$STATE/secrets/$1.new" "$STATE/secrets/$1"
}

random() { openssl rand -hex 24; }

prepare() {
  mkdir -p "$STATE/secrets" "$STATE/acme" "$STATE/tls" "$STATE/alertmanager"
  chmod 700 "$STATE" "$STATE/secrets"
  # Containers mount these folders and run as other users. The private folder around them keeps others out.
  chmod 755 "$STATE/acme" "$STATE/tls" "$STATE/alertmanager"
  [ -f "$STATE/alertmanager/alertmanager.yml" ] ||
    install -m 644 "$HERE/prometheus/alertmanager.yml" "$STATE/alertmanager/alertmanager.yml"
  for name in address_key postgres_password redis_password s3_secret grafana_password; do secret "$name" "$(random)"; done
  secret s3_key "unswap-$(openssl rand -hex 6)"
  secret database_url "postgres://unswap:$(cat "$STATE/secrets/postgres_password")@postgres:5432/unswap"
  secret redis_url "redis://:$(cat "$STATE/secrets/redis_password")@redis:6379"
  local domain
  domain=$(setting UNSWAP_DOMAIN localhost)
  "$HERE/nginx/certificate.sh" "$STATE/tls" "$domain" localhost 127.0.0.1
}

start() {
  docker compose version >/dev/null 2>&1 || die 'Docker with its compose plug-in is needed: https://docs.docker.com/engine/install/'
  command -v openssl >/dev/null || die 'openssl is needed: sudo apt-get install openssl'
  local set=small profiles=
  for word in "$@"; do
    case $word in
      scale) set=scale ;;
      watch | acme) profiles=$profiles,$word ;;
      *) die "start --docker takes scale, watch and acme, not $word" ;;
    esac
  done
  prepare
  echo "$set$profiles" >"$RUNNING"
  compose up --detach --build --wait --remove-orphans
  look_again
  local port domain
  port=$(setting UNSWAP_HTTPS_PORT 443) domain=$(setting UNSWAP_DOMAIN localhost)
  say "Unswap runs in containers ($set$profiles): https://$domain$([ "$port" = 443 ] || echo ":$port")"
}

# nginx looks up the processes' addresses only when it reads its configuration, and they may have changed.
look_again() { compose exec -T nginx nginx -s reload; }

# Saves the whole database to a file of this machine, while the service runs.
backup() {
  [ $# = 1 ] && [ ! -e "$1" ] || die 'backup takes the name of one file, which is not there yet'
  umask 077
  case $(upstreams) in
    api:*) compose exec -T postgres pg_dump -U unswap --format=custom --no-owner unswap >"$1.new" ;;
    *) compose exec -T all sh -ec 'trap "rm -f /data/saved.$$" EXIT
      node deploy/backup.ts save /data/saved.$$ && cat /data/saved.$$' >"$1.new" ;;
  esac
  mv "$1.new" "$1"
}

# Restores such a file. The old database is kept under another name.
restore() {
  [ $# = 1 ] && [ -f "$1" ] || die 'restore takes the name of one file that backup made'
  local before
  before=before_$(date +%s)
  case $(upstreams) in
    api:*)
      compose stop api worker
      compose exec -T postgres sh -ec "psql -q -U unswap -d postgres -c 'alter database unswap rename to unswap_$before'
        createdb -U unswap unswap && pg_restore -U unswap -d unswap --no-owner --exit-on-error --single-transaction" <"$1"
      compose start api worker
      ;;
    *)
      compose stop all
      compose run --rm -T --no-deps all sh -ec "trap 'rm -f /data/saved' EXIT; cat >/data/saved
        mv /data/unswap.db /data/unswap.$before && node deploy/backup.ts restore /data/saved" <"$1"
      compose start all
      ;;
  esac
  look_again
  say "Restored; the old database is kept as unswap…$before."
}

case ${1:-} in
  start) start "${@:2}" ;;
  stop) compose down --timeout 45 && rm -f "$RUNNING" && say 'Unswap has stopped; its volumes are kept.' ;;
  status) compose ps ;;
  logs) compose logs --tail 200 "${@:2}" ;;
  backup | restore) "$@" ;;
  keys) compose exec "$(upstreams | cut -d: -f1)" node packages/cli/src/main.ts keys "${@:2}" ;;
  *) die 'docker.sh is for run.sh' ;;
esac
