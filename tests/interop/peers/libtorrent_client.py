"""An announcement to a tracker through a proxy, by libtorrent. What the tracker or the proxy said is printed.

    libtorrent_client.py VERSION PROXY_PORT HOST PORT [USER PASSWORD]

VERSION is 4 or 5. The exit status is 1 if the tracker was not reached.
"""

import sys
import tempfile
import time

import libtorrent

LIMIT = 30  # seconds


def main(version, proxy, host, port, *login):
    kind = libtorrent.proxy_type_t.socks4
    if version == "5":
        kind = libtorrent.proxy_type_t.socks5_pw if login else libtorrent.proxy_type_t.socks5
    settings = {"proxy_type": kind, "proxy_hostname": "127.0.0.1", "proxy_port": int(proxy), "proxy_hostnames": True,
                "alert_mask": libtorrent.alert.category_t.all_categories, "listen_interfaces": "",
                "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False}
    if login:
        settings |= {"proxy_username": login[0], "proxy_password": login[1]}
    session = libtorrent.session(settings)
    what = libtorrent.parse_magnet_uri(f"magnet:?xt=urn:btih:{'5' * 40}")
    what.trackers, what.save_path = [f"http://{host}:{port}/announce"], tempfile.gettempdir()
    session.add_torrent(what)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        session.wait_for_alert(1000)
        for alert in session.pop_alerts():
            if isinstance(alert, libtorrent.tracker_reply_alert):
                print(alert.message())
                return 0
            if isinstance(alert, libtorrent.tracker_error_alert):
                print(alert.message(), file=sys.stderr)
                return 0 if alert.error_message() or alert.status_code > 0 else 1
    print("no answer", file=sys.stderr)
    return 1


sys.exit(main(*sys.argv[1:]))
