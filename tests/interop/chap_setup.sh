#!/bin/sh
# chap_setup.sh BUILD_DIRECTORY CMAKE
# Builds chap_server, which is left out of a build that was configured before there was an OpenSSL to link with.
set -eu
. "$(dirname "$0")/install.sh"

missing() {
    test -e /usr/include/openssl/hmac.h || echo libssl-dev
}

install_missing
"$2" "$1"
"$2" --build "$1" --target chap_server
