#!/bin/sh
# certificate.sh FOLDER NAME...: makes a self-signed development certificate for these names and addresses.
# Browsers warn about it. An existing certificate is kept.
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
# Readable for all, because nginx's container has another user. The folder keeps others out.
chmod 644 "$folder/privkey.pem.new" "$folder/fullchain.pem.new"
mv "$folder/privkey.pem.new" "$folder/privkey.pem"
mv "$folder/fullchain.pem.new" "$folder/fullchain.pem"
