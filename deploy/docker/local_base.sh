#!/bin/sh
# Makes localhost/python:3.11-slim from Debian's packages, where the Dockerfile's own base cannot be pulled.
# It trusts what this machine trusts, and goes out through the same proxy.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
packages=python3,python3-venv,python3-pip,ca-certificates,libgomp1,tzdata,media-types
mmdebstrap --quiet --variant=minbase --include="$packages" bookworm "$root/tree"
rm -rf "$root/tree/usr/lib/python3.11/EXTERNALLY-MANAGED" "$root"/tree/var/cache/apt/*
ln -sf python3 "$root/tree/usr/bin/python"
cat "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" > "$root/tree/etc/ssl/certs/ca-certificates.crt"

container=$(buildah from --quiet scratch)
buildah copy --quiet "$container" "$root/tree" / >/dev/null
buildah config --env PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin \
  --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
  --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
for name in HTTPS_PROXY HTTP_PROXY NO_PROXY; do
  value=$(printenv "$name" || true)
  [ -z "$value" ] || buildah config --env "$name=$value" "$container"
done
buildah commit --quiet --rm "$container" localhost/python:3.11-slim
