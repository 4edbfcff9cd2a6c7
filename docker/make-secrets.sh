#!/bin/sh
# Makes what compose.yaml takes as secrets, into a folder `secrets` beside it that only you can open, and `.env` with the
# account the gateways run under. Makes nothing anew that is there: run it once, then keep `secrets/master_key` apart.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
word() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
put() { if [ ! -e "secrets/$1" ]; then cat > "secrets/$1"; fi; }

head -c 32 /dev/urandom | put master_key
word | put admin_password
word | put owner_password
at=@database:5432/safeguarding
printf 'postgres://sg_owner:%s%s' "$(cat secrets/owner_password)" "$at" | put migration_database_url
printf 'postgres://sg_serve:%s%s' "$(word)" "$at" | put database_url
printf 'postgres://sg_sequence:%s%s' "$(word)" "$at" | put sequencer_database_url
printf 'postgres://sg_work:%s%s' "$(word)" "$at" | put jobs_database_url
# Read in the containers by other accounts than yours; the folder keeps everyone else out.
chmod 644 secrets/admin_password secrets/owner_password

account=$(id -u):$(id -g)
if [ "$(id -u)" = 0 ]; then
  account=10001:10001
  chown "$account" secrets/*_url secrets/master_key
fi
if [ ! -e .env ]; then printf 'GATEWAY_ACCOUNT=%s\n' "$account" > .env; fi
echo 'made docker/secrets and docker/.env; put the certificate chain and its key, in one PEM file, at docker/secrets/tls.pem'
