#!/bin/sh
# Makes the secrets and certificates of compose.hub.yaml below ./secrets, once: sh prepare.sh hub.example.com
# The probe needs secrets/probe_token and secrets/ca.crt on its own machine.
set -eu
name=${1:-hub.example.com}
umask 077
mkdir -p secrets
cd secrets

secret() { [ -s "$1" ] || openssl rand -hex 32 >"$1"; }
secret database_password
secret api_token
secret probe_token

[ -s ca.crt ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=authority of this monitor" \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
  -keyout ca.key -out ca.crt 2>/dev/null

# certificate FILE NAME: a server certificate of that name, signed by the authority.
certificate() {
  [ -s "$1.crt" ] && return
  printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' "$2" >"$1.ext"
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
  rm -f "$1.csr" "$1.ext"
}
certificate hub "$name"
certificate database database

# The hub reads these as user and group 10001 of its image; the folder itself is open to nobody else. Without the right to
# give them away they are open to all who come in, of which the hub warns.
if chgrp 10001 database_password api_token probe_token 2>/dev/null; then mode=640; else mode=644; fi
chmod "$mode" database_password api_token probe_token
chmod 644 ca.crt hub.crt database.crt
