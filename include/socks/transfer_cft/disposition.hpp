// The table of dispositions in the documents of Transfer CFT: which failed transfers are tried again, and
// which wait for an operator.

#ifndef SOCKS_TRANSFER_CFT_DISPOSITION_HPP
#define SOCKS_TRANSFER_CFT_DISPOSITION_HPP

#include <socks/policy/disposition.hpp>

namespace socks::cft {

/// The dispositions of Transfer CFT. `hold` is the state K, and the operator's START restarts the transfer.
///
///     SOCKS4   90 connected   91 retry   any other code: hold
///     SOCKS5    0 connected    5 retry   any other code: hold
///     no reply, because the proxy is down, the stream ended or a deadline passed: retry
///     credentials refused, or a violation of the protocol: hold
///
///     switch (socks::decide(how, socks::cft::dispositions)) { ... }
///
/// @cost  96 bytes.
inline constexpr disposition_table dispositions =
    conservative_dispositions.retrying(code4::rejected).retrying(code5::connection_refused);

}  // namespace socks::cft

#endif
