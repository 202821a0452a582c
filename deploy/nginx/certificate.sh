#!/bin/sh
# certificate.sh FOLDER NAME...: a certificate for development, signed by itself, for the names and addresses given.
# Browsers warn of it. One that is there already, whoever made it, is left alone.
set -eu
folder=$1
shift
[ ! -e "$folder/fullchain.pem" ] || exit 0
names=
for name in "$@"; do
  case $name in
    *:* | *[0-9].[0-9]*.[0-9]*) names="$names,IP:$name" ;;
    *) names="$names,DNS:$name" ;;
  esac
done
umask 077
mkdir -p "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$1" \
  -addext "subjectAltName=${names#,}" -keyout "$folder/privkey.pem.new" -out "$folder/fullchain.pem.new" 2>/dev/null
# nginx in its container is another user; the folder keeps everybody else out.
chmod 644 "$folder/privkey.pem.new" "$folder/fullchain.pem.new"
mv "$folder/privkey.pem.new" "$folder/privkey.pem"
mv "$folder/fullchain.pem.new" "$folder/fullchain.pem"
