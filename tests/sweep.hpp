// The invariants that every decoder keeps for every message. Each message of the tests goes through here.
// Each prefix is handed over in storage of exactly its size, so that both a constant evaluation and a
// sanitizer see a decoder that looks one byte too far. The cases of a failure are numbers: how many bytes
// were there, or which of the followers was.

#ifndef SOCKS_TESTS_SWEEP_HPP
#define SOCKS_TESTS_SWEEP_HPP

#include "bytes_literal.hpp"
#include "check.hpp"

// The bytes of `from` and then of `behind`, at an address of their own.
class exact_copy {
  public:
    constexpr explicit exact_copy(socks::bytes from, socks::bytes behind = {})
        : size_(from.size() + behind.size()), bytes_(new char[size_]) {
        for (size_t i = 0; i < from.size(); ++i) bytes_[i] = from.data()[i];
        for (size_t i = 0; i < behind.size(); ++i) bytes_[from.size() + i] = behind.data()[i];
    }
    exact_copy(const exact_copy&) = delete;
    exact_copy& operator=(const exact_copy&) = delete;
    constexpr ~exact_copy() { delete[] bytes_; }

    [[nodiscard]] constexpr socks::bytes view() const { return {bytes_, size_}; }
    [[nodiscard]] constexpr socks::buffer room() { return {bytes_, size_}; }

  private:
    size_t size_;
    char* bytes_;
};

constexpr bool same(uint8_t a, uint8_t b) { return a == b; }
constexpr bool same(size_t a, size_t b) { return a == b; }
constexpr bool same(socks::method a, socks::method b) { return a == b; }
constexpr bool same(const socks::greeting& a, const socks::greeting& b) { return a.methods == b.methods; }
constexpr bool same(const socks::credentials& a, const socks::credentials& b) {
    return a.user == b.user && a.password == b.password && a.given == b.given;
}
constexpr bool same(const socks::request5& a, const socks::request5& b) {
    return a.command == b.command && a.to == b.to;
}
constexpr bool same(const socks::reply5& a, const socks::reply5& b) {
    return a.code == b.code && a.bound == b.bound;
}
constexpr bool same(const socks::request4& a, const socks::request4& b) {
    return a.command == b.command && a.to == b.to && a.user == b.user;
}
constexpr bool same(const socks::reply4& a, const socks::reply4& b) {
    return a.code == b.code && a.bound == b.bound;
}
constexpr bool same(const socks::datagram& a, const socks::datagram& b) {
    return a.fragment() == b.fragment() && a.remote() == b.remote() && a.data() == b.data();
}

// Bytes that may follow a message and must not matter: none, a NUL, another message, what no message begins
// with.
inline constexpr socks::bytes followers[] = {{}, "00"_bytes, "05 01 00"_bytes, "'GET ' ff ff ff ff"_bytes};

// Bytes that a reader takes who always reads exactly what is needed; it stops where the decoder stops asking.
template <class Decode>
constexpr size_t read_exactly(socks::bytes message, Decode decode, int& reads) {
    size_t n = 0;
    for (reads = 0; n <= message.size(); ++reads) {
        const size_t need = decode(message.first(n)).needed();
        if (need == 0) break;
        n += need;
    }
    return n;
}

// `message` decodes to `value`: whole, with anything behind it, and from any address, using exactly its
// bytes. A part of it decodes to nothing, is no error, and never asks for more than the rest of the message.
// Returns how many exact reads it takes.
template <class Decode, class T>
constexpr int sweep(check& t, socks::bytes message, Decode decode, const T& value, place at = {}) {
    for (size_t n = 0; n < message.size(); ++n) {
        const auto entered = t.in(n);
        const exact_copy prefix(message.first(n));
        const auto d = decode(prefix.view());
        t.ok(!d && d.error() == socks::errc::none && d.consumed() == 0, at);
        t.ok(d.needed() >= 1 && n + d.needed() <= message.size(), at);
    }
    for (const socks::bytes behind : followers) {
        const auto entered = t.in();
        const exact_copy in(message, behind);
        const auto d = decode(in.view());
        if (t.ok(static_cast<bool>(d), at)) t.ok(same(*d, value), at);
        t.ok(d.consumed() == message.size() && d.needed() == 0 && d.error() == socks::errc::none, at);
    }
    int reads = 0;
    t.ok(read_exactly(message, decode, reads) == message.size(), at);
    return reads;
}

// `message` is refused with `verdict` as soon as `due` of its bytes are there, no sooner, and whatever
// follows.
template <class Decode>
constexpr void sweep_refused(check& t, socks::bytes message, Decode decode, socks::errc verdict, size_t due,
                             place at = {}) {
    t.ok(due >= 1 && due <= message.size(), at);
    for (size_t n = 0; n <= message.size(); ++n) {
        const auto entered = t.in(n);
        for (const socks::bytes behind : followers) {
            const auto nested = t.in();
            if (n < due && !behind.empty()) continue;
            const exact_copy in(message.first(n), behind);
            const auto d = decode(in.view());
            t.ok(!d && d.consumed() == 0, at);
            t.ok((d.needed() >= 1) == (n < due), at);
            t.ok(d.error() == (n < due ? socks::errc::none : verdict), at);
        }
    }
}

// One row of a golden table: bytes typed from the document, and the value that they mean, proved both ways.
template <class T, class Decode, class Encode>
constexpr int golden(check& t, socks::bytes message, const T& value, Decode decode, Encode encode,
                     place at = {}) {
    exact_copy room(message);
    for (size_t i = 0; i < message.size(); ++i) room.room().data()[i] = '\xa5';
    const socks::encoded made = encode(value, room.room());
    t.ok(made && made.error() == socks::errc::none && made.size() == message.size(), at);
    t.ok(made.data().data() == room.room().data() && made.data() == message, at);
    return sweep(t, message, decode, value, at);
}

#endif
