// The server's side of CHAP over a blocking socket: a challenge of random bytes, and the response that a
// client can compute only with its password. OpenSSL computes HMAC-MD5.

#ifndef EXAMPLES_CHAP_CHALLENGE_HPP
#define EXAMPLES_CHAP_CHALLENGE_HPP

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <optional>

#include "../proxy/users.hpp"

namespace example {

/// An HMAC-MD5. It converts to socks::bytes.
using digest = std::array<unsigned char, 16>;

inline digest hmac_md5(socks::bytes key, socks::bytes text) {
    digest made{};
    unsigned size = made.size();
    if (HMAC(EVP_md5(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), &size) == nullptr)
        throw std::runtime_error("OpenSSL computes no HMAC-MD5");
    return made;
}

/// Whether `response` is the answer of `user` to `challenge`. It computes the answer of every user, so that
/// the time does not show which users exist.
inline bool proves(const std::vector<credentials>& users, socks::bytes user, socks::bytes challenge,
                   socks::bytes response) {
    bool found = false;
    for (const credentials& c : users) {
        const digest expected = hmac_md5(c.password, challenge);
        const bool same_user = socks::constant_time_equal(user, c.user);
        const bool same_response = socks::constant_time_equal(response, expected);
        found |= same_user & same_response;
    }
    return found;
}

/// One sub-negotiation. It reads exactly its messages, so the request stays in the socket.
class chap_server {
  public:
    explicit chap_server(int fd) noexcept : fd_(fd) {}

    /// @returns the name of the user, or nothing if the client does not prove that it is one of `users`.
    std::optional<std::string> authenticate(const std::vector<credentials>& users) {
        using type = socks::chap_type;
        const socks::chap_message first = receive();
        std::string user(std::string_view(first.value(type::user_identity)));
        if (!first.offers(socks::chap_algorithm::hmac_md5)) return refuse();
        release();

        std::array<unsigned char, 32> random;
        if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
            throw std::runtime_error("OpenSSL has no random bytes");
        const socks::bytes challenge(random.data(), random.size());
        send({{type::algorithms, "\x85"}, {type::challenge, challenge}});

        const socks::chap_message second = receive();
        if (user.empty()) user = std::string_view(second.value(type::user_identity));
        if (!proves(users, user, challenge, second.value(type::response))) return refuse();
        send({{type::status, socks::bytes("\0")}});
        return user;
    }

  private:
    std::nullopt_t refuse() {
        send({{socks::chap_type::status, "\xff"}});
        return std::nullopt;
    }

    template <size_t N>
    void send(const socks::chap_attribute (&attributes)[N]) {
        std::array<char, 256> room;
        write_all(fd_, socks::encode_chap(attributes, room).data());
    }

    socks::chap_message receive() {
        for (;;) {
            const auto message = socks::decode_chap(rx_.data(), rx_.capacity);
            if (message) return consumed_ = message.consumed(), *message;
            if (message.error() != socks::errc::none) throw std::runtime_error(to_string(message.error()));
            const size_t n = read_some(fd_, rx_.prepare(message.needed()));
            if (n == 0) throw std::runtime_error("the connection ended during the authentication");
            rx_.commit(n);
        }
    }

    // Ends the use of the message that receive() returned.
    void release() {
        rx_.consume(consumed_);
        consumed_ = 0;
    }

    int fd_;
    size_t consumed_ = 0;
    socks::inbox<1024> rx_;  // a response, a user name, and texts that this server does not read
};

}  // namespace example

#endif
