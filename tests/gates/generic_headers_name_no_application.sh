#!/bin/sh
# generic_headers_name_no_application.sh TREE
# Only the headers in transfer_cft/ mention Transfer CFT, its programs and its parameters.
set -u
cd "$1/include/socks" || exit 1
[ -d transfer_cft ] || exit 1
if grep -rniE 'copilot|cftutil|(^|[^a-z_])(retry[wnm]([^a-z_]|$)|cft)' --exclude-dir=transfer_cft .; then
    echo 'a generic header mentions one application'
    exit 1
fi
