#!/bin/sh
# kerberos_setup.sh BUILD_DIRECTORY DANTE_DIRECTORY CMAKE
# What kerberos.py needs and the other runs do not: a KDC, Dante with GSSAPI, and the drivers, which are left out of a
# build that was configured before there was a GSS-API. What can not be had fails the run; no service is started.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/install.sh"

# command:package or /file:package
needed='krb5kdc:krb5-kdc kadmin.local:krb5-admin-server kinit:krb5-user /usr/include/gssapi/gssapi.h:libkrb5-dev'
# The same, to build Dante.
[ -x "$2/sockd" ] || needed="$needed make:make flex:flex bison:bison libtool:libtool-bin dpkg-source:dpkg-dev
    /usr/include/security/pam_appl.h:libpam0g-dev /usr/include/tcpd.h:libwrap0-dev"

missing() {
    for pair in $needed; do
        case $pair in
            /*) test -e "${pair%%:*}" || echo "${pair#*:}" ;;
            *) command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}" ;;
        esac
    done
}

install_missing
"$here/dante_gssapi.sh" "$2"
"$3" "$1"
"$3" --build "$1" --target gssapi_client gssapi_server
