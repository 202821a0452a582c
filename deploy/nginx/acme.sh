#!/bin/sh
# Runs in certbot's container: gets a certificate for UNSWAP_DOMAIN, and renews it when a third of its time is left.
# nginx serves the challenges on port 80 from /var/www/acme, and loads what is copied to /etc/unswap/tls.
set -eu
trap 'exit 0' TERM INT
take_over() {
  live=/etc/letsencrypt/live/$UNSWAP_DOMAIN
  cmp -s "$live/fullchain.pem" /etc/unswap/tls/fullchain.pem && return
  # The key first, because nginx reloads when the certificate changes.
  for name in privkey fullchain; do
    cp "$live/$name.pem" "/etc/unswap/tls/$name.pem.new"
    chmod 644 "/etc/unswap/tls/$name.pem.new"
    mv "/etc/unswap/tls/$name.pem.new" "/etc/unswap/tls/$name.pem"
  done
}
contact=--register-unsafely-without-email
[ -z "$UNSWAP_ACME_EMAIL" ] || contact="--email $UNSWAP_ACME_EMAIL"
while :; do
  # shellcheck disable=SC2086 # two words on purpose
  if certbot certonly --non-interactive --agree-tos $contact --keep-until-expiring --webroot -w /var/www/acme \
    --server "$UNSWAP_ACME_SERVER" --cert-name "$UNSWAP_DOMAIN" -d "$UNSWAP_DOMAIN"; then
    take_over
  fi
  sleep 43200 &
  wait $!
done
