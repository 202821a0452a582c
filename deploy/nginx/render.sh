#!/bin/sh
# Writes nginx's configuration to stdout, filled in from the environment (settings.envsh). Without a container:
#   deploy/nginx/render.sh >/etc/nginx/conf.d/unswap.conf && nginx -t && nginx -s reload
# Needs envsubst (Debian: gettext-base).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.envsh"
# Replaces only these prefixes in capitals. nginx's own variables are in lower case and stay.
names=$(env | sed -n 's/^\(\(UNSWAP_\)\{0,1\}NGINX_[A-Z_]*\)=.*/${\1}/p')
exec envsubst "$names" <"$here/unswap.conf.template"
