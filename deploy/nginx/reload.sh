#!/bin/sh
# Runs in nginx's container: loads a renewed certificate within NGINX_RELOAD_SECONDS, without dropping a connection.
# nginx's image runs the scripts of /docker-entrypoint.d before it starts nginx.
tls=${UNSWAP_NGINX_TLS_DIR:-/etc/unswap/tls}
(
  known=$(cksum "$tls/fullchain.pem")
  while sleep "${NGINX_RELOAD_SECONDS:-60}"; do
    now=$(cksum "$tls/fullchain.pem") || continue
    [ "$now" = "$known" ] || { known=$now && nginx -s reload; }
  done
) &
