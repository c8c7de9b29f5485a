// The configuration that the documents of Transfer CFT show, verbatim, faults included. Its last lines: a
// partner without a PROT, and a CFTTCP whose ID is not the partner's.

#ifndef SOCKS_TESTS_CFT_EXAMPLE_HPP
#define SOCKS_TESTS_CFT_EXAMPLE_HPP

#include <socks/core/bytes.hpp>

inline constexpr socks::bytes documented_example =
    "CFTNET ID = 'NET0',\n"
    "TYPE = 'TCP',\n"
    "CALL = 'INOUT',\n"
    "MAXCNX = '128',\n"
    "CLASS = '1',\n"
    "HOST = 'localhost'\n"
    "CFTNET ID = 'NSOCKS5',\n"
    "TYPE = 'TCP',\n"
    "CALL = 'INOUT',\n"
    "MAXCNX = '32',\n"
    "CLASS = '2',\n"
    "HOST = proxy_address,\n"
    "PORT = proxy_port,\n"
    "INET = 'NET0',\n"
    "PROTOCOL = 'SOCKS5',\n"
    "USER = 'john',\n"
    "PASSWORD = 'foo'\n"
    "CFTPROT ID = 'PESITANY_SOCKS5',\n"
    "NET = 'NSOCKS5'\n"
    "CFTPART ID = 'PARIS_NSOCKS5',\n"
    "CFTTCP ID = 'PARIS_ NSOCKS5',\n"
    "CLASS = '2',\n";

#endif
