// What is wrong with a configuration, and where: all of it at once, so that one look mends everything.
// A finding names the parameter and its rule, never the value: the value may be a password.

#ifndef SOCKS_TRANSFER_CFT_FINDING_HPP
#define SOCKS_TRANSFER_CFT_FINDING_HPP

#include <socks/core/error.hpp>
#include <socks/text/literal.hpp>
#include <socks/transfer_cft/lexer.hpp>

namespace socks::cft {

/// What can be wrong. Closed: a switch without default is complete.
enum class flaw : uint8_t {
    // One parameter by itself.
    bad_syntax,          ///< detail says what was expected
    unknown_parameter,   ///< of a known command; it is ignored
    repeated_parameter,  ///< the second of two in one command
    too_many_values,     ///< a list where one value belongs, or too long a list
    bad_escape,          ///< a slash that begins no escape
    bad_length,          ///< characters outside least..most
    bad_number,          ///< not a number of least..most
    bad_choice,          ///< none of those that detail lists
    missing_parameter,   ///< a command without a parameter that it needs
    bad_host,            ///< neither an address nor a host name
    password_not_sent,   ///< SOCKS4 has no passwords; it is ignored
    login_incomplete,    ///< SOCKS5 without USER or PASSWORD; what is missing is sent as empty
    // On the way from a partner to its proxy.
    already_there,       ///< MODE = CREATE for what is there already
    no_such_object,      ///< no command of the kind in `subject` has this ID
    not_active,          ///< CFTPARM names others and not this one
    other_class,         ///< the CFTTCP has another CLASS than the network
    incoming_only,       ///< CALL = IN, but a call through a proxy is outgoing
    no_proxy,            ///< a network without PROTOCOL
    proxy_behind_proxy,  ///< INET names a network that has a PROTOCOL itself
    bad_service,         ///< a SAP that is neither a port nor a name, or none for its PROT
    cannot_be_asked,     ///< detail says why no SOCKS request can be made of it
};

/// The flaw in words: a phrase without a full stop.
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
        case flaw::login_incomplete: return "missing, sent as empty";
        case flaw::already_there: return "is there already, but MODE is CREATE";
        case flaw::no_such_object: return "none has this ID";
        case flaw::not_active: return "not active: CFTPARM does not name it";
        case flaw::other_class: return "another CLASS than that of the network";
        case flaw::incoming_only: return "incoming only, but a call through a proxy is outgoing";
        case flaw::no_proxy: return "this network has no proxy: PROTOCOL is missing or blank";
        case flaw::proxy_behind_proxy: return "names a network that has a proxy itself";
        case flaw::bad_service: return "neither a port nor a service for each PROT";
        case flaw::cannot_be_asked: return "cannot be asked of the proxy";
    }
    return "unknown flaw";
}

/// Whether the configuration can be used all the same.
[[nodiscard]] constexpr bool is_warning(flaw f) noexcept {
    return f == flaw::unknown_parameter || f == flaw::password_not_sent || f == flaw::login_incomplete;
}

/// One flaw in one place.
/// @lifetime  `subject` points into the text or is static; `detail` is static.
struct finding {
    flaw what = flaw::bad_syntax;
    position at;                   ///< line 0: nowhere in the text
    bytes subject;                 ///< the parameter or the command
    uint16_t least = 0;            ///< bad_length, bad_number
    uint16_t most = 0;             ///< bad_length, bad_number
    const char* detail = nullptr;  ///< bad_syntax, bad_choice, bad_host, cannot_be_asked
};

/// Findings, in the order of discovery, in room that the caller brings. What does not fit is counted.
///
///     cft::finding room[32];
///     cft::findings found(room);
///
/// @lifetime  points into the room.
class findings {
  public:
    constexpr findings() noexcept = default;
    template <size_t N>
    constexpr findings(finding (&room SOCKS_LIFETIMEBOUND)[N]) noexcept : room_(room), capacity_(N) {}

    constexpr void add(const finding& f) noexcept {
        if (total_ < capacity_) room_[total_] = f;
        ++total_;
        sound_ = sound_ && is_warning(f.what);
    }

    /// Those that fitted.
    [[nodiscard]] constexpr size_t size() const noexcept { return total_ < capacity_ ? total_ : capacity_; }
    [[nodiscard]] constexpr const finding& operator[](size_t i) const noexcept {
        SOCKS_ASSERT(i < size());
        return room_[i];
    }
    [[nodiscard]] constexpr const finding* begin() const noexcept { return room_; }
    [[nodiscard]] constexpr const finding* end() const noexcept { return room_ + size(); }

    /// All of them.
    [[nodiscard]] constexpr size_t total() const noexcept { return total_; }

    /// Whether all of them are warnings.
    [[nodiscard]] constexpr bool sound() const noexcept { return sound_; }

  private:
    finding* room_ = nullptr;
    size_t capacity_ = 0;
    size_t total_ = 0;
    bool sound_ = true;
};

namespace detail {

constexpr bytes phrase(const char* text) noexcept {
    size_t size = 0;
    while (text[size] != '\0') ++size;
    return {text, size};
}

}  // namespace detail

/// Prints a finding for a person, without a closing NUL: `13:8: PORT: not a number of 1..65535`.
///
/// The subject is printed as it stands in the text: escape what is not printable before it goes into a log.
///
/// @returns   the text made in `out`.
/// @errors    no_space  out is smaller than the text; required() says how much it takes; `out` may be written to
///            overlap   the subject lies in `out`; nothing was written
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(const finding& f, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    socks::detail::text_writer w(out);
    w.avoid(f.subject);
    if (f.at.line != 0) w.number(f.at.line, 10).put(':').number(f.at.column, 10).put(bytes(": "));
    if (!f.subject.empty()) w.put(f.subject).put(bytes(": "));
    w.put(detail::phrase(to_string(f.what)));
    if (f.what == flaw::bad_length || f.what == flaw::bad_number)
        w.put(' ').number(f.least, 10).put(bytes("..")).number(f.most, 10);
    if (f.detail != nullptr)
        w.put(f.what == flaw::cannot_be_asked || f.what == flaw::bad_host ? bytes(": ") : bytes(" "))
            .put(detail::phrase(f.detail));
    return w.written();
}

}  // namespace socks::cft

#endif
