#!/bin/sh
# What kerberos.py needs and the other runs do not: a KDC, Dante with GSSAPI, and the drivers, which are left out of a
# build that was configured before there was a GSS-API.
# usage: kerberos_setup.sh BUILD_DIRECTORY DANTE_DIRECTORY CMAKE
set -eu
here=$(cd "$(dirname "$0")" && pwd)

"$here/setup.sh" krb5kdc:krb5-kdc kadmin.local:krb5-admin-server kinit:krb5-user \
    make:make flex:flex bison:bison libtool:libtool-bin dpkg-source:dpkg-dev \
    /usr/include/gssapi/gssapi.h:libkrb5-dev /usr/include/security/pam_appl.h:libpam0g-dev \
    /usr/include/tcpd.h:libwrap0-dev
"$here/dante_gssapi.sh" "$2"
"$3" "$1"
"$3" --build "$1" --target gssapi_client gssapi_server
