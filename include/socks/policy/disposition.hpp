// Decides what follows the end of a handshake: continue, try again later, or wait for an operator. A table
// has a row for every reply code of both versions and for every errc. You can change each row.

#ifndef SOCKS_POLICY_DISPOSITION_HPP
#define SOCKS_POLICY_DISPOSITION_HPP

#include <stddef.h>

#include <socks/config.hpp>
#include <socks/core/error.hpp>
#include <socks/core/numbers.hpp>
#include <socks/text/code.hpp>

namespace socks {

/// What to do after a handshake. A switch over all values needs no default.
enum class disposition : uint8_t {
    connected,  ///< continue
    retry,      ///< try again later, for example with a retry_schedule
    hold,       ///< another attempt would fail too: wait until an operator restarts the transfer
};

/// The result of a handshake: a reply code, or a failure without a reply.
///
///     case client::next::done:
///     case client::next::fail: return socks::outcome_of(s);
///
/// If you cannot connect to the proxy, use `errc::unreachable`. If your deadline passes, use
/// `errc::timed_out`.
///
/// @cost  O(1), constexpr, noexcept.
class outcome {
  public:
    /// The outcome of a handshake that ended with a reply.
    constexpr outcome(const reply_code& code) noexcept
        : code_(code), why_(code.succeeded() ? errc::none : errc::refused), has_code_(true) {}
    /// The same for a code of SOCKS5.
    constexpr outcome(code5 code) noexcept : outcome(reply_code(code)) {}
    /// The same for a code of SOCKS4.
    constexpr outcome(code4 code) noexcept : outcome(reply_code(code)) {}
    /// The outcome of a handshake that ended without a reply.
    constexpr outcome(errc why) noexcept : why_(why) {}

    /// Whether the handshake succeeded: the code grants the request, or there is no code and no error.
    [[nodiscard]] constexpr bool succeeded() const noexcept { return why_ == errc::none; }

    /// The failure. errc::refused if a reply code refuses the request.
    [[nodiscard]] constexpr errc error() const noexcept { return why_; }

    /// Whether there was a reply. code() then returns its code.
    [[nodiscard]] constexpr bool has_code() const noexcept { return has_code_; }
    /// The code of the reply. Only if has_code().
    [[nodiscard]] constexpr reply_code code() const noexcept {
        SOCKS_ASSERT(has_code_);
        return code_;
    }

    /// Whether both are the same outcome.
    friend constexpr bool operator==(const outcome&, const outcome&) noexcept = default;

  private:
    reply_code code_{};
    errc why_ = errc::none;
    bool has_code_ = false;
};

/// Returns the outcome of the last action of a handshake. A server's done has no code. If the action is
/// neither done nor fail, the handshake is not complete: the outcome is errc::timed_out.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
template <class Action>
[[nodiscard]] constexpr outcome outcome_of(const Action& last) noexcept {
    using next = decltype(last.next());
    if (last.next() == next::done) {
        if constexpr (requires { last.result().reply; })
            return last.result().reply.code;
        else
            return errc::none;
    }
    if (last.next() != next::fail) return errc::timed_out;
    if (last.error() == errc::refused) return last.code();
    return last.error();
}

/// Says which failures are tried again. In a new table, the disposition of every failure is `hold`. Each call
/// returns a copy in which one row differs:
///
///     constexpr auto mine =
///         socks::conservative_dispositions.retrying(code5::host_unreachable).holding(errc::closed);
///
/// The disposition of a success is always `connected`.
///
/// @cost  96 bytes; O(1), constexpr, noexcept.
class disposition_table {
  public:
    constexpr disposition_table() noexcept = default;

    /// Returns a copy of this table in which the disposition of `o` is retry.
    [[nodiscard]] constexpr disposition_table retrying(const outcome& o) const noexcept {
        disposition_table t = *this;
        const size_t i = row_of(o);
        t.retried_[i / 32] |= uint32_t{1} << i % 32;
        return t;
    }

    /// Returns a copy of this table in which the disposition of `o` is hold.
    [[nodiscard]] constexpr disposition_table holding(const outcome& o) const noexcept {
        disposition_table t = *this;
        const size_t i = row_of(o);
        t.retried_[i / 32] &= ~(uint32_t{1} << i % 32);
        return t;
    }

    /// The disposition of `o`.
    [[nodiscard]] constexpr disposition operator[](const outcome& o) const noexcept {
        if (o.succeeded()) return disposition::connected;
        const size_t i = row_of(o);
        return (retried_[i / 32] >> i % 32 & 1) != 0 ? disposition::retry : disposition::hold;
    }

  private:
    // First the codes of SOCKS4, then those of SOCKS5, then the failures without a reply.
    static constexpr size_t row_of(const outcome& o) noexcept {
        if (!o.has_code()) return 512 + size_t{static_cast<uint8_t>(o.error())};
        return (o.code().version == version::v5 ? size_t{256} : size_t{0}) + o.code().value;
    }

    uint32_t retried_[3 * 256 / 32] = {};  // one bit for each row
};

namespace detail {

constexpr disposition_table make_conservative_dispositions() noexcept {
    disposition_table t;
    for (unsigned i = 0; i < 256; ++i) {
        const auto failure = static_cast<errc>(static_cast<uint8_t>(i));
        if (blame(failure) == party::stream) t = t.retrying(failure);
    }
    return t;
}

}  // namespace detail

/// The cautious default: only failures of the stream are tried again, because they may be temporary. After a
/// refusal of the proxy or a violation of the protocol, an operator must act.
///
///     no reply, because the proxy is down, the stream ended or a deadline passed: retry
///     any reply code that refuses; any other failure: hold
///
/// @cost  96 bytes.
inline constexpr disposition_table conservative_dispositions = detail::make_conservative_dispositions();

/// Returns the disposition of `o`.
///
/// @param table  your decision for each outcome, for example conservative_dispositions.
/// @lifetime     by value.
/// @cost         O(1), constexpr, noexcept.
[[nodiscard]] constexpr disposition decide(const outcome& o, const disposition_table& table) noexcept {
    return table[o];
}

/// The name of a disposition, in one word.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(disposition d) noexcept {
    switch (d) {
        case disposition::connected: return "connected";
        case disposition::retry: return "retry";
        case disposition::hold: return "hold";
    }
    return "unknown disposition";
}

namespace detail {

constexpr const char* reason5(code5 code) noexcept {
    switch (code) {
        case code5::succeeded: return "connected";
        case code5::general_failure: return "the proxy failed and does not say why";
        case code5::not_allowed: return "the rules of the proxy forbid this destination";
        case code5::network_unreachable: return "the proxy has no route to the destination's network";
        case code5::host_unreachable:
            return "the proxy cannot reach the destination, or cannot find its name";
        case code5::connection_refused: return "the destination refused the connection";
        case code5::ttl_expired:
            return "the destination is too far away, or did not answer the proxy in time";
        case code5::command_not_supported: return "the proxy does not serve this command";
        case code5::address_type_not_supported: return "the proxy cannot use this kind of address";
    }
    return "the proxy refused with a code that no document names";
}

constexpr const char* reason4(code4 code) noexcept {
    switch (code) {
        case code4::granted: return "connected";
        case code4::rejected: return "the proxy refused the request or failed: SOCKS4 does not say which";
        case code4::identd_unreachable:
            return "the proxy found no identd on this machine to ask for the user";
        case code4::identd_mismatch: return "the proxy was told by identd that the user is another one";
    }
    return "the proxy refused with a code that no document names";
}

}  // namespace detail

/// Describes an outcome for an operator: a phrase without a full stop. The phrase does not contain the number
/// of an unknown code: see format().
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* reason(const outcome& o) noexcept {
    if (!o.has_code()) return o.succeeded() ? "connected" : to_string(o.error());
    const reply_code code = o.code();
    return code.version == version::v5 ? detail::reason5(static_cast<code5>(code.value))
                                       : detail::reason4(static_cast<code4>(code.value));
}

/// The size of the longest text that format() writes for an outcome.
inline constexpr size_t max_text_outcome = 68;

/// Prints an outcome: the phrase of reason(), followed by the number of an unknown code. No closing NUL.
///
///     the destination refused the connection
///     the proxy refused with a code that no document names: 0xC8
///
/// @returns   the text in `out`.
/// @errors    no_space  `out` is too small; required() is the size of the text; `out` may have been written
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(const outcome& o, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    detail::text_writer w(out);
    w.phrase(reason(o));
    if (o.has_code() && detail::is_unassigned(to_string(o.code()))) w.put(": 0x").hex(o.code().value);
    return w.written();
}

}  // namespace socks

#endif
