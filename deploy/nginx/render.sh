#!/bin/sh
# Writes the configuration of nginx to stdout, filled in from the environment (settings.envsh). Without a container:
#   deploy/nginx/render.sh >/etc/nginx/conf.d/unswap.conf && nginx -t && nginx -s reload
# Needs envsubst, which Debian has in gettext-base.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.envsh"
# Only names in capitals that begin so: nginx's own variables are in small letters and stay.
names=$(env | sed -n 's/^\(\(UNSWAP_\)\{0,1\}NGINX_[A-Z_]*\)=.*/${\1}/p')
exec envsubst "$names" <"$here/unswap.conf.template"
