#!/bin/sh
# Makes the owner of the gateway's database, who makes everything else: `gateway migrate` logs in as it. Runs once, when the
# database's volume is new.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --set=password="$(cat /run/secrets/owner_password)" <<'SQL'
CREATE ROLE sg_owner LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE safeguarding OWNER sg_owner TEMPLATE template0;
SQL
