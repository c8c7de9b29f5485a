// What the end of a handshake means to the application: connected, try again later, or wait for a person.
// The table is that of Axway Transfer CFT's documents, total over every reply code of both versions and every errc;
// an application that judges otherwise changes single rows of it.

#ifndef SOCKS_POLICY_DISPOSITION_HPP
#define SOCKS_POLICY_DISPOSITION_HPP

#include <stddef.h>

#include <socks/config.hpp>
#include <socks/core/error.hpp>
#include <socks/core/numbers.hpp>
#include <socks/text/code.hpp>

namespace socks {

/// What to do after a handshake. Closed: a switch without default is complete.
enum class disposition : uint8_t {
    connected,  ///< go on
    retry,      ///< try again by the schedule
    hold,       ///< it would fail again: put on hold until an operator restarts it
};

/// What a handshake ended with: a reply code, or a failure that brought none.
///
///     case client::next::done: take(s.finish().early); return socks::decide(s.finish().reply.code);
///     case client::next::fail: return socks::decide(socks::outcome_of(s));
///
/// Before the handshake: `errc::unreachable` for a proxy that could not be connected to; at any time
/// `errc::timed_out` for a deadline that passed.
///
/// @cost  O(1), constexpr, noexcept.
class outcome {
  public:
    constexpr outcome(const reply_code& code) noexcept
        : code_(code), why_(code.succeeded() ? errc::none : errc::refused), has_code_(true) {}
    constexpr outcome(code5 code) noexcept : outcome(reply_code(code)) {}
    constexpr outcome(code4 code) noexcept : outcome(reply_code(code)) {}
    constexpr outcome(errc why) noexcept : why_(why) {}

    /// Whether the handshake succeeded: a code that grants, or errc::none.
    [[nodiscard]] constexpr bool succeeded() const noexcept { return why_ == errc::none; }

    /// The failure: errc::refused where a code refuses.
    [[nodiscard]] constexpr errc error() const noexcept { return why_; }

    /// Whether there was a reply; then code() is its code.
    [[nodiscard]] constexpr bool has_code() const noexcept { return has_code_; }
    [[nodiscard]] constexpr reply_code code() const noexcept {
        SOCKS_ASSERT(has_code_);
        return code_;
    }

    friend constexpr bool operator==(const outcome&, const outcome&) noexcept = default;

  private:
    reply_code code_{};
    errc why_ = errc::none;
    bool has_code_ = false;
};

/// The outcome that a machine's action tells whose next() is fail.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
template <class Action>
[[nodiscard]] constexpr outcome outcome_of(const Action& failed) noexcept {
    if (failed.error() == errc::refused) return failed.code();
    return failed.error();
}

namespace detail {

//     SOCKS4  90 connected    91 retry    92, 93 and any other: hold
//     SOCKS5   0 connected     5 retry    any other: hold
//     without a code: the stream's failures (proxy down, stream ended, deadline passed) retry
//                     a login that was refused and a protocol that was broken repeat themselves for ever: hold
constexpr bool retried(const outcome& o) noexcept {
    return o.has_code() ? o.code() == code4::rejected || o.code() == code5::connection_refused
                        : blame(o.error()) == party::stream;
}

}  // namespace detail

/// Which failures are tried again. The default is the documents' table; each call changes one row:
///
///     constexpr auto mine = disposition_table().retrying(code5::host_unreachable).holding(errc::closed);
///
/// What succeeded is connected, whatever a table says.
///
/// @cost  96 bytes; O(1), constexpr, noexcept.
class disposition_table {
  public:
    constexpr disposition_table() noexcept = default;

    /// The same table with `o` tried again, or held.
    [[nodiscard]] constexpr disposition_table retrying(const outcome& o) const noexcept {
        return with(o, true);
    }
    [[nodiscard]] constexpr disposition_table holding(const outcome& o) const noexcept {
        return with(o, false);
    }

    /// The row of `o`.
    [[nodiscard]] constexpr disposition operator[](const outcome& o) const noexcept {
        if (o.succeeded()) return disposition::connected;
        const size_t i = row_of(o);
        const bool differs = (differs_[i / 8] >> i % 8 & 1) != 0;
        return detail::retried(o) != differs ? disposition::retry : disposition::hold;
    }

  private:
    // The codes of SOCKS4, those of SOCKS5, the failures without a code.
    static constexpr size_t row_of(const outcome& o) noexcept {
        if (!o.has_code()) return 512 + size_t{static_cast<uint8_t>(o.error())};
        return (o.code().version == version::v5 ? size_t{256} : size_t{0}) + o.code().value;
    }

    [[nodiscard]] constexpr disposition_table with(const outcome& o, bool again) const noexcept {
        disposition_table t = *this;
        const size_t i = row_of(o);
        const unsigned mask = 1U << i % 8;
        const bool differs = detail::retried(o) != again;
        t.differs_[i / 8] =
            static_cast<uint8_t>(differs ? t.differs_[i / 8] | mask : t.differs_[i / 8] & ~mask);
        return t;
    }

    uint8_t differs_[3 * 256 / 8] = {};  // rows that differ from the documents', one bit each
};

/// What `o` means to the application.
///
/// @param table  the judgement; by default that of Transfer CFT's documents.
/// @returns      exactly one of three, for every code of every version and for every errc.
/// @lifetime     by value.
/// @cost         O(1), constexpr, noexcept.
[[nodiscard]] constexpr disposition decide(const outcome& o, const disposition_table& table = {}) noexcept {
    return table[o];
}

/// Its name, in one word.
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
        case code4::rejected:
            return "the proxy did not want to connect, or could not: SOCKS4 tells both alike";
        case code4::identd_unreachable:
            return "the proxy found no identd on this machine to ask for the user";
        case code4::identd_mismatch: return "the proxy was told by identd that the user is another one";
    }
    return "the proxy refused with a code that no document names";
}

}  // namespace detail

/// What happened, in words for an operator: a phrase without a full stop. A code without a name is not shown: see
/// format().
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* reason(const outcome& o) noexcept {
    if (!o.has_code()) return o.succeeded() ? "connected" : to_string(o.error());
    const reply_code code = o.code();
    return code.version == version::v5 ? detail::reason5(static_cast<code5>(code.value))
                                       : detail::reason4(static_cast<code4>(code.value));
}

/// Room that always suffices for format() of an outcome.
inline constexpr size_t max_text_outcome = 72;

/// Prints what happened: as reason(), followed by the number of a code without a name. No closing NUL.
///
///     the destination refused the connection
///     the proxy refused with a code that no document names: 0xC8
///
/// @returns   the text made in `out`.
/// @errors    no_space  out is smaller than the text; required() says how much it takes; `out` may be written to
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
