// The answer of a server, in any version: a code and the address that the server bound.

#ifndef SOCKS_CORE_REPLY_HPP
#define SOCKS_CORE_REPLY_HPP

#include <socks/core/address.hpp>
#include <socks/core/numbers.hpp>

namespace socks {

/// An answer to a request: `reply{code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}`. A default reply is a
/// refusal.
///
/// The meaning of `bound` depends on the command:
///
///     CONNECT         the address from which the server connects
///     BIND            the address on which the server listens; in the second reply, the address of the peer
///     UDP ASSOCIATE   the address to which the client sends datagrams
///
/// host_kind::none means that the address is unspecified.
///
/// @lifetime  a name points into the message that it was decoded from.
/// @rfc       1928 section 6
struct reply {
    reply_code code{};  ///< whether the request was granted, or why not
    endpoint bound{};   ///< see above; its meaning depends on the command
};

}  // namespace socks

#endif
