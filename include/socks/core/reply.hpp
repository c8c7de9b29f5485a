// What a server answers, whichever the version: a code and the address it bound.

#ifndef SOCKS_CORE_REPLY_HPP
#define SOCKS_CORE_REPLY_HPP

#include <socks/core/address.hpp>
#include <socks/core/numbers.hpp>

namespace socks {

/// An answer to a request: `reply{code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}`. One that was never filled in
/// refuses.
///
/// What `bound` means depends on the command: for CONNECT the address the server calls from, for BIND where it
/// listens and then who called, for UDP ASSOCIATE where datagrams go. host_kind::none says that it is unspecified.
///
/// @lifetime  a name points into the message it came in.
/// @rfc       1928 section 6
struct reply {
    reply_code code{};
    endpoint bound{};
};

}  // namespace socks

#endif
