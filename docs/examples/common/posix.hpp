// The POSIX part of the drivers: descriptors that are closed automatically, socket addresses, and system
// calls that continue after a signal.

#ifndef EXAMPLES_COMMON_POSIX_HPP
#define EXAMPLES_COMMON_POSIX_HPP

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <socks/socks.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/sockaddr.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace example {

/// A descriptor that the destructor closes.
class unique_fd {
  public:
    unique_fd() noexcept = default;
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~unique_fd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

    // Not repeated after EINTR: Linux has released the descriptor, and another thread may own it now.
    void reset() noexcept {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

  private:
    int fd_ = -1;
};

/// Repeats a system call if a signal interrupted it.
template <class Call>
auto uninterrupted(Call call) noexcept {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

/// The result of a system call that must not fail. Throws the error of errno if it failed.
template <class Result>
Result must(Result result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

/// A socket address for system calls. It converts from and to an endpoint of the library.
class socket_address {
  public:
    socket_address() noexcept = default;

    /// @param e      an endpoint whose host is an address, not a name.
    /// @param scope  the number of the network interface, if the address is link-local.
    explicit socket_address(const socks::endpoint& e, uint32_t scope = 0) noexcept {
        size_ = *socks::to_sockaddr(e, storage_);
        if (scope != 0 && family() == AF_INET6 && is_link_local(e.host))
            reinterpret_cast<sockaddr_in6*>(&storage_)->sin6_scope_id = scope;
    }

    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
    [[nodiscard]] sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] socklen_t* room() noexcept { return &size_; }

    /// The number of the network interface of a link-local IPv6 address, or 0.
    [[nodiscard]] uint32_t scope() const noexcept {
        return family() == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_scope_id : 0;
    }

    /// Without a host if this is no IP address. ::ffff:a.b.c.d, an IPv4 peer of an IPv6 socket, becomes IPv4.
    [[nodiscard]] socks::endpoint endpoint() const noexcept { return socks::from_sockaddr(storage_, size_); }

  private:
    sockaddr_storage storage_{};
    socklen_t size_ = sizeof storage_;
};

/// The address that a socket is bound to, without a family if the system does not report it.
inline socket_address local_address(int fd) noexcept {
    socket_address local;
    return ::getsockname(fd, local.data(), local.room()) == 0 ? local : socket_address();
}

/// The same without the network interface of a link-local address.
inline socks::endpoint local_endpoint(int fd) noexcept { return local_address(fd).endpoint(); }

/// The address that a socket is connected to, without a family if the system does not report it.
inline socket_address remote_address(int fd) noexcept {
    socket_address remote;
    return ::getpeername(fd, remote.data(), remote.room()) == 0 ? remote : socket_address();
}

/// The same without the network interface of a link-local address.
inline socks::endpoint remote_endpoint(int fd) noexcept { return remote_address(fd).endpoint(); }

/// A listening TCP socket; invalid, with errno set, if that fails. Several sockets of one user may listen on
/// a shared port, and the system distributes the connections among them.
inline unique_fd listen_on(socket_address local, int backlog, int flags = 0, bool shared = false) noexcept {
    unique_fd fd(::socket(local.family(), SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    const int on = 1;
    if (fd && ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (!shared || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
        ::bind(fd.get(), local.data(), local.size()) == 0 && ::listen(fd.get(), backlog) == 0)
        return fd;
    const int error = errno;
    fd.reset();
    errno = error;
    return fd;
}
inline unique_fd listen_on(const socks::endpoint& where, int backlog) noexcept {
    return listen_on(socket_address(where), backlog);
}

/// The error of a connection that failed, or 0. The system forgets it after this call.
inline int error_of(int fd) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

/// Makes the next close() send a reset, so that a stream that was cut off does not look complete.
inline void reset_on_close(int fd) noexcept {
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// Receives one datagram, truncated to `room`, and its source. @returns its size, or -1 with errno set.
inline ssize_t receive_from(int fd, socks::buffer room, socket_address& from) noexcept {
    from = {};
    return uninterrupted(
        [&] { return ::recvfrom(fd, room.data(), room.capacity(), 0, from.data(), from.room()); });
}

/// @returns false, with errno set, if the datagram was not sent. True does not mean that it arrives.
inline bool send_to(int fd, std::string_view bytes, socket_address& to) noexcept {
    return uninterrupted([&] {
               return ::sendto(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL, to.data(), to.size());
           }) >= 0;
}

/// The result of a look-up: addresses, or the reason why there are none.
struct looked_up {
    std::vector<socks::endpoint> addresses;
    socks::dial_error failure = socks::dial_error::name_not_found;
    uint32_t scope = 0;  ///< the number of the network interface of the link-local addresses
};

/// Looks up the addresses of a host with the system's resolver, each with `port`. This blocks.
inline looked_up look_up(const std::string& name, uint16_t port, int family = AF_UNSPEC) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    looked_up found;
    const int failed = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    if (failed != 0) {
        found.failure = socks::dial_error_from_getaddrinfo(failed, errno);
        return found;
    }
    for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
        socks::endpoint e = socks::from_sockaddr(a->ai_addr, a->ai_addrlen);
        e.port = port;
        if (e.host.kind() == socks::host_kind::none) continue;
        found.addresses.push_back(e);
        if (a->ai_family == AF_INET6 && found.scope == 0)
            found.scope = reinterpret_cast<const sockaddr_in6*>(a->ai_addr)->sin6_scope_id;
    }
    ::freeaddrinfo(list);
    return found;
}

/// Bytes of a peer as printable text. A space, a backslash and every byte that is not printable ASCII become
/// \xNN. A peer cannot forge a line of a log or move a cursor with that text.
inline std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && c != '\\') {
            text += c;
        } else {
            text += "\\x";
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 0xf];
        }
    }
    return text;
}

/// A host as readable text, escaped.
inline std::string text(const socks::host& h) {
    char room[socks::max_text_host];
    return escaped(socks::format(h, room).data());
}

/// host:port as readable text, escaped.
inline std::string text(const socks::endpoint& e) {
    char room[socks::max_text_endpoint];
    return escaped(socks::format(e, room).data());
}

template <class T>
concept protocol_number = std::is_enum_v<T> || std::is_same_v<T, socks::reply_code>;

/// A code of the protocol as readable text: its name, or the number if it has no name.
template <protocol_number Number>
std::string text(const Number& number) {
    char room[socks::max_text_code];
    return std::string(std::string_view(format(number, room).data()));
}

}  // namespace example

#endif
