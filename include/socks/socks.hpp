// The complete library in one include.
// Bytes go in, actions come out: it uses no sockets, clocks, allocation, logs or exceptions.
//
// It does not include the headers of <socks/system/>, because each needs a header of the platform or of the
// C++ library: errno.hpp, getaddrinfo.hpp, sockaddr.hpp and error_code.hpp. Nor does it include the headers
// of <socks/transfer_cft/>, which serve one application.

#ifndef SOCKS_SOCKS_HPP
#define SOCKS_SOCKS_HPP

#include <socks/config.hpp>
#include <socks/core/address.hpp>
#include <socks/core/bytes.hpp>
#include <socks/core/conversion.hpp>
#include <socks/core/decoded.hpp>
#include <socks/core/error.hpp>
#include <socks/core/fixed_bytes.hpp>
#include <socks/core/io_result.hpp>
#include <socks/core/ip.hpp>
#include <socks/core/letters.hpp>
#include <socks/core/memory.hpp>
#include <socks/core/numbers.hpp>
#include <socks/core/parsed.hpp>
#include <socks/core/reply.hpp>
#include <socks/core/request.hpp>
#include <socks/core/stored.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/machine/action.hpp>
#include <socks/machine/chain.hpp>
#include <socks/machine/client.hpp>
#include <socks/machine/client_core.hpp>
#include <socks/machine/feature.hpp>
#include <socks/machine/mailbox.hpp>
#include <socks/machine/reassembly.hpp>
#include <socks/machine/run.hpp>
#include <socks/machine/server.hpp>
#include <socks/machine/server_action.hpp>
#include <socks/policy/address_order.hpp>
#include <socks/policy/dial_error.hpp>
#include <socks/policy/disposition.hpp>
#include <socks/policy/fallback.hpp>
#include <socks/policy/relay.hpp>
#include <socks/policy/retry.hpp>
#include <socks/policy/scope.hpp>
#include <socks/policy/tor.hpp>
#include <socks/text/code.hpp>
#include <socks/text/literal.hpp>
#include <socks/text/uri.hpp>
#include <socks/wire/chap.hpp>
#include <socks/wire/datagram.hpp>
#include <socks/wire/endpoint5.hpp>
#include <socks/wire/gssapi.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/sniff.hpp>
#include <socks/wire/socks4.hpp>
#include <socks/wire/socks5.hpp>
#include <socks/wire/udp_over_tcp.hpp>
#include <socks/wire/username_password.hpp>
#include <socks/wire/writer.hpp>

#endif
