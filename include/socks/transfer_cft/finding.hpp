// Describes what is wrong with a configuration, and where. All findings are reported together, so that you
// can correct everything at once. A finding contains no value of a parameter, because the value may be a
// password.

#ifndef SOCKS_TRANSFER_CFT_FINDING_HPP
#define SOCKS_TRANSFER_CFT_FINDING_HPP

#include <socks/core/error.hpp>
#include <socks/text/literal.hpp>
#include <socks/transfer_cft/lexer.hpp>

namespace socks::cft {

/// What is wrong. A switch over all values needs no default.
enum class flaw : uint8_t {
    // Flaws inside one command.
    bad_syntax,              ///< `detail` says what was expected
    unknown_parameter,       ///< an unknown parameter in a known command; it is ignored
    repeated_parameter,      ///< a parameter that occurs twice in a command
    too_many_values,         ///< a list instead of one value, or a list with too many values
    bad_escape,              ///< a slash that begins no escape
    bad_length,              ///< the number of characters is not in least..most
    bad_number,              ///< not a number in least..most
    bad_choice,              ///< not one of the words in `detail`
    missing_parameter,       ///< a required parameter is missing
    bad_host,                ///< neither an address nor a host name
    password_not_sent,       ///< SOCKS4 has no passwords; this one is ignored
    incomplete_credentials,  ///< SOCKS5 without USER or PASSWORD; an empty value is sent
    // Flaws in the references from a partner to its proxy.
    already_exists,      ///< MODE = CREATE for an object that exists
    no_such_object,      ///< no command with the keyword `subject` has this ID
    not_active,          ///< CFTPARM has a list, but this object is not in it
    other_class,         ///< the CLASS of the CFTTCP is not that of the network
    incoming_only,       ///< CALL = IN, but a call through a proxy is outgoing
    no_proxy,            ///< a network without PROTOCOL
    proxy_behind_proxy,  ///< INET names a network that has a PROTOCOL
    bad_service,         ///< a SAP that is neither a port nor a name, or a PROT without a SAP
    invalid_request,     ///< a SOCKS request with this value is invalid; `detail` says why
};

/// Describes a flaw: a phrase without a full stop.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(flaw f) noexcept {
    switch (f) {
        case flaw::bad_syntax: return "expected";
        case flaw::unknown_parameter: return "unknown parameter, ignored";
        case flaw::repeated_parameter: return "given twice";
        case flaw::too_many_values: return "too many values";
        case flaw::bad_escape: return "a slash that begins none of /ooo, /xhh, /' and //";
        case flaw::bad_length: return "wrong length, characters allowed";
        case flaw::bad_number: return "not a number of";
        case flaw::bad_choice: return "is none of";
        case flaw::missing_parameter: return "missing";
        case flaw::bad_host: return "neither an address nor a host name";
        case flaw::password_not_sent: return "not sent: SOCKS4 has no passwords";
        case flaw::incomplete_credentials: return "missing, sent as empty";
        case flaw::already_exists: return "exists already, but MODE is CREATE";
        case flaw::no_such_object: return "none has this ID";
        case flaw::not_active: return "not active: CFTPARM does not name it";
        case flaw::other_class: return "another CLASS than that of the network";
        case flaw::incoming_only: return "incoming only, but a call through a proxy is outgoing";
        case flaw::no_proxy: return "this network has no proxy: PROTOCOL is missing or blank";
        case flaw::proxy_behind_proxy: return "names a network that has a proxy itself";
        case flaw::bad_service: return "neither a port nor a service for each PROT";
        case flaw::invalid_request: return "cannot be requested from the proxy";
    }
    return "unknown flaw";
}

/// Whether the configuration can be used although it has this flaw.
/// @cost  O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool is_warning(flaw f) noexcept {
    return f == flaw::unknown_parameter || f == flaw::password_not_sent || f == flaw::incomplete_credentials;
}

/// A flaw and its position.
/// @lifetime  `subject` points into the text or is static; `detail` is static.
struct finding {
    flaw what = flaw::bad_syntax;  ///< the flaw
    cft::position position{};      ///< line 0: the finding has no position in the text
    bytes subject{};               ///< the name of the parameter, or the keyword of the command
    uint16_t least = 0;            ///< for bad_length and bad_number
    uint16_t most = 0;             ///< for bad_length and bad_number
    const char* detail = nullptr;  ///< bad_syntax, bad_choice, bad_host, invalid_request
};

/// Stores findings in your array, in the order in which they were found. If the array is full, further
/// findings are only counted.
///
///     cft::finding room[32];
///     cft::findings found(room);
///
/// @lifetime  points into the array.
/// @cost      each call O(1), constexpr, noexcept.
class findings {
  public:
    constexpr findings() noexcept = default;
    /// Stores up to N findings in `room`.
    template <size_t N>
    constexpr findings(finding (&room SOCKS_LIFETIMEBOUND)[N]) noexcept : room_(room), capacity_(N) {}

    /// Adds a finding.
    constexpr void add(const finding& f) noexcept {
        if (total_ < capacity_) room_[total_] = f;
        ++total_;
        usable_ = usable_ && is_warning(f.what);
    }

    /// The number of stored findings.
    [[nodiscard]] constexpr size_t size() const noexcept { return total_ < capacity_ ? total_ : capacity_; }
    /// The finding at `i`, 0 <= i < size().
    [[nodiscard]] constexpr const finding& operator[](size_t i) const noexcept {
        SOCKS_ASSERT(i < size());
        return room_[i];
    }
    /// The first stored finding, for a loop.
    [[nodiscard]] constexpr const finding* begin() const noexcept { return room_; }
    /// The place after the last stored finding.
    [[nodiscard]] constexpr const finding* end() const noexcept { return room_ + size(); }

    /// The number of all findings, stored or not.
    [[nodiscard]] constexpr size_t total() const noexcept { return total_; }

    /// Whether the configuration can be used, because every finding is a warning.
    [[nodiscard]] constexpr bool usable() const noexcept { return usable_; }

  private:
    finding* room_ = nullptr;
    size_t capacity_ = 0;
    size_t total_ = 0;
    bool usable_ = true;
};

/// Prints a finding, without a closing NUL: `13:8: PORT: not a number of 1..65535`.
///
/// The subject is printed verbatim. Before you write it to a log, escape the bytes that are not printable.
///
/// @returns   the text in `out`.
/// @errors    no_space  `out` is too small; required() is the size of the text; `out` may have been written
///            overlap   the subject is in `out`; nothing was written
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(const finding& f, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    socks::detail::text_writer w(out);
    w.avoid(f.subject);
    if (f.position.line != 0)
        w.number(f.position.line, 10).put(':').number(f.position.column, 10).put(bytes(": "));
    if (!f.subject.empty()) w.put(f.subject).put(bytes(": "));
    w.phrase(to_string(f.what));
    if (f.what == flaw::bad_length || f.what == flaw::bad_number)
        w.put(' ').number(f.least, 10).put(bytes("..")).number(f.most, 10);
    if (f.detail != nullptr)
        w.put(f.what == flaw::invalid_request || f.what == flaw::bad_host ? bytes(": ") : bytes(" "))
            .phrase(f.detail);
    return w.written();
}

}  // namespace socks::cft

#endif
