# Sourced by the setups: installs the packages that missing() names, once each. Whatever cannot be had ends the run.
# No service is started by it: the tests start their own peers, with configurations of their own.
PATH=$PATH:/usr/sbin:/sbin
export PATH DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d

install_missing() {
    packages=$(missing | sort -u)
    [ -n "$packages" ] || return 0
    echo "installing:" $packages
    if [ "$(id -u)" -ne 0 ]; then
        echo 'only root can install them' >&2
        exit 1
    fi
    if [ ! -e $policy ]; then
        trap 'rm -f $policy' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    fi
    apt-get update -o DPkg::Lock::Timeout=900
    # shellcheck disable=SC2086
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=900 $packages
    packages=$(missing | sort -u)
    if [ -n "$packages" ]; then
        echo "still missing:" $packages >&2
        exit 1
    fi
}
