// The messages as the RFCs and memos draw them, field by field, and the bytes that the exploration tries in
// each field. docs/exploration.md says why they suffice.

#ifndef SOCKS_TESTS_EXPLORATION_MESSAGES_HPP
#define SOCKS_TESTS_EXPLORATION_MESSAGES_HPP

#include <socks/socks.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace exploration {

// What one side can receive. `first` is a greeting or a SOCKS4 request; its first byte decides.
enum class message : uint8_t {
    none,
    method_selection,
    auth_status,
    foreign_answer,
    reply4,
    reply5,
    first,
    request4,
    credentials,
    request5
};

enum class field : uint8_t {
    end,
    version,
    method_count,
    method,
    status,
    command,
    code,
    reserved,
    address_type,
    address4,  // of SOCKS4: 0.0.0.x means that a name follows
    length,
    text,
    string4,  // with the NUL at its end
    opaque    // any value means the same
};

// The next byte of an incomplete message.
struct place {
    field next = field::end;
    size_t index = 0;     // within its field
    size_t left = 0;      // of its field, with this byte
    size_t shortest = 0;  // the least number of bytes that complete the message
};

// Reads one field after another. After the first missing byte it only counts.
class layout {
  public:
    explicit layout(std::string_view so_far) : bytes_(so_far) {}

    void take(field f, size_t n) {
        const size_t here = std::min(n, bytes_.size() - at_);
        at_ += here;
        if (here != n) missing(f, here, n - here, n - here);
    }

    // A string up to its NUL, of at least `least` bytes.
    void take_string(size_t least) {
        const size_t nul = bytes_.find('\0', at_);
        const size_t here = bytes_.size() - at_;
        at_ = nul == bytes_.npos ? bytes_.size() : nul + 1;
        if (nul == bytes_.npos) missing(field::string4, here, 1, std::max(least, here) - here + 1);
    }

    // The byte at `i`, or `otherwise` if it is missing.
    [[nodiscard]] size_t byte(size_t i, size_t otherwise) const {
        return i < bytes_.size() ? static_cast<unsigned char>(bytes_[i]) : otherwise;
    }

    [[nodiscard]] place result() const { return found_; }

  private:
    void missing(field f, size_t index, size_t left, size_t shortest) {
        if (found_.next == field::end) found_ = {f, index, left, 0};
        found_.shortest += shortest;
    }

    std::string_view bytes_;
    size_t at_ = 0;
    place found_;
};

// Where a message stands after the bytes `so_far`. An address of unknown type counts as the shortest one,
// which is an empty name; it is refused later if it is not permitted.
inline place place_in(message m, std::string_view so_far, bool strict) {
    layout l(so_far);
    const size_t least_text = strict ? 1 : 0;
    if (m == message::none) return {};
    if (m == message::first && so_far.empty()) return {field::version, 0, 1, 3};
    if (m == message::first) m = so_far[0] == 4 ? message::request4 : message::none;
    l.take(field::version, 1);
    switch (m) {
        case message::method_selection: l.take(field::method, 1); break;
        case message::auth_status: l.take(field::status, 1); break;
        case message::foreign_answer: l.take(field::opaque, 1); break;
        case message::first:
        case message::none:  // a greeting
            l.take(field::method_count, 1);
            l.take(field::method, l.byte(1, 1));
            break;
        case message::reply4:
            l.take(field::code, 1);
            l.take(field::opaque, 6);
            break;
        case message::credentials: {
            const size_t user = l.byte(1, least_text);
            l.take(field::length, 1);
            l.take(field::text, user);
            l.take(field::length, 1);
            l.take(field::text, l.byte(2 + user, least_text));
            break;
        }
        case message::request4: {
            l.take(field::command, 1);
            l.take(field::opaque, 2);
            l.take(field::address4, 4);
            l.take_string(0);
            const bool named = l.byte(4, 1) + l.byte(5, 1) + l.byte(6, 1) == 0 && l.byte(7, 0) != 0;
            if (named) l.take_string(1);
            break;
        }
        case message::reply5:
        case message::request5:
            l.take(m == message::reply5 ? field::code : field::command, 1);
            l.take(field::reserved, 1);
            l.take(field::address_type, 1);
            if (const size_t type = l.byte(3, 3); type == 3) {
                l.take(field::length, 1);
                l.take(field::text, l.byte(4, 0));
            } else {
                l.take(field::opaque, type == 4 ? 16 : 4);
            }
            l.take(field::opaque, 2);
            break;
    }
    return l.result();
}

// The bytes that are tried at a place: at least one of each class. A long walk tries more of each.
inline std::string letters(const place& at, bool more) {
    using namespace std::string_literals;
    switch (at.next) {
        case field::end: return "";
        case field::version: return more ? "\0\1\2\3\4\5ASZ\x15\x16\x80\xff"s : "\0\1\4\5GS\x16\x80"s;
        case field::method_count: return "\0\1\2\xff"s;
        case field::method:
            if (at.left > 2) return "\x80";
            return more ? "\0\1\2\3\x80\x81\xfe\xff"s : "\0\1\2\x80\xff"s;
        case field::status: return more ? "\0\1\2\x80\xff"s : "\0\1\xff"s;
        case field::command: return more ? "\0\1\2\3\4\5\xf0\xf1\xff"s : "\1\2\3\xf0"s;
        case field::code: return more ? "\0\1\2\x8\x9\x5a\x5b\x5d\xff"s : "\0\1\x5a\x5b\xff"s;
        case field::reserved: return more ? "\0\1\xff"s : "\0\1"s;
        case field::address_type: return more ? "\0\1\2\3\4\5\xff"s : "\0\1\3\4\xff"s;
        case field::address4: return more ? "\0\1\xff"s : "\0\1"s;
        case field::length: return more ? "\0\1\2\3\xfe\xff"s : "\0\1\2\xff"s;
        case field::text:
            if (at.left > 2) return "a";
            return more ? "a\0\x7f\xff"s : "a\0"s;
        case field::string4:  // short, or near the 255 bytes that are permitted
            if (at.index > 2 && (at.index < 253 || at.index > 255)) return "\0"s;
            return more ? "a\0\xff"s : "a\0"s;
        case field::opaque: return std::string(1, static_cast<char>(0xa0 + at.index));
    }
    return "";
}

// The bytes that arrive although the machine can go on without them.
inline constexpr std::string_view early_letters("\0\1\5", 3);

inline std::string hexadecimal(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string made;
    for (const char c : bytes) {
        if (!made.empty()) made += ' ';
        made += digits[static_cast<unsigned char>(c) >> 4];
        made += digits[c & 15];
    }
    return made;
}

}  // namespace exploration

#endif
