// What client.cpp and server.cpp need of Winsock: sockets that are closed automatically, and overlapped reads
// and writes. An overlapped operation can end at a deadline, and a thread can wait for several of them.

#ifndef WINSOCK_HPP
#define WINSOCK_HPP

#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/sockaddr.hpp>  // includes winsock2.h, which must come before windows.h
#include <string>
#include <string_view>
#include <utility>

#include <windows.h>

/// Starts Winsock, and ends it in the destructor.
class winsock {
  public:
    winsock() noexcept : error_(WSAStartup(MAKEWORD(2, 2), &data_)) {}
    ~winsock() {
        if (error_ == 0) WSACleanup();
    }
    winsock(const winsock&) = delete;
    winsock& operator=(const winsock&) = delete;

    /// 0, or a number of Winsock.
    [[nodiscard]] int error() const noexcept { return error_; }

  private:
    WSADATA data_{};
    int error_;
};

/// A socket that the destructor closes. A SOCKET is unsigned and has 64 bits, so an int cannot hold it.
class unique_socket {
  public:
    unique_socket() noexcept = default;
    explicit unique_socket(SOCKET s) noexcept : socket_(s) {}
    unique_socket(unique_socket&& other) noexcept : socket_(other.release()) {}
    unique_socket& operator=(unique_socket&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    ~unique_socket() {
        if (socket_ != INVALID_SOCKET) closesocket(socket_);
    }

    [[nodiscard]] SOCKET get() const noexcept { return socket_; }
    [[nodiscard]] explicit operator bool() const noexcept { return socket_ != INVALID_SOCKET; }
    [[nodiscard]] SOCKET release() noexcept { return std::exchange(socket_, INVALID_SOCKET); }

  private:
    SOCKET socket_ = INVALID_SOCKET;
};

/// A time in milliseconds since the system was started.
using time_point = ULONGLONG;
inline constexpr time_point never = ~time_point{0};
inline time_point now() noexcept { return GetTickCount64(); }

/// Milliseconds until a deadline; 0 if it has passed.
inline DWORD until(time_point deadline) noexcept {
    if (deadline == never) return INFINITE;
    const time_point t = now();
    return deadline > t ? static_cast<DWORD>(deadline - t) : 0;
}

/// One overlapped read or write after another. Its memory must stay valid until result() has returned.
class operation {
  public:
    operation() noexcept { overlapped_.hEvent = WSACreateEvent(); }
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;
    ~operation() {
        if (pending_) static_cast<void>(result(0));
        if (event() != WSA_INVALID_EVENT) WSACloseEvent(event());
    }

    void read(const unique_socket& from, socks::buffer room) noexcept {
        WSABUF to{static_cast<ULONG>(room.capacity()), room.data()};
        DWORD flags = 0;
        if (begin(from)) started(WSARecv(from.get(), &to, 1, nullptr, &flags, &overlapped_, nullptr));
    }

    void write(const unique_socket& to, socks::bytes data) noexcept {
        WSABUF from{static_cast<ULONG>(data.size()), const_cast<char*>(data.data())};
        if (begin(to)) started(WSASend(to.get(), &from, 1, nullptr, 0, &overlapped_, nullptr));
    }

    /// It becomes signalled when the operation is complete.
    [[nodiscard]] WSAEVENT event() const noexcept { return overlapped_.hEvent; }

    /// Waits until the operation is complete. If the deadline passes first, it cancels the operation and
    /// returns io::would_block.
    [[nodiscard]] socks::io_result result(time_point deadline) noexcept {
        pending_ = false;
        if (error_ != 0) return socks::errc::stream_failed;
        const DWORD waited = WaitForSingleObject(event(), until(deadline));
        if (waited != WAIT_OBJECT_0) CancelIoEx(reinterpret_cast<HANDLE>(socket_), &overlapped_);
        DWORD n = 0;
        DWORD flags = 0;
        if (!WSAGetOverlappedResult(socket_, &overlapped_, &n, TRUE, &flags))
            error_ = WSAGetLastError();
        else if (n == 0 && is_reset())
            error_ = WSAECONNRESET;
        else
            return size_t{n};
        if (waited == WAIT_TIMEOUT && error_ == WSA_OPERATION_ABORTED) return socks::io::would_block;
        return socks::errc::stream_failed;
    }

    /// The number of Winsock, after result() has returned an error.
    [[nodiscard]] int error() const noexcept { return error_; }

  private:
    bool begin(const unique_socket& s) noexcept {
        socket_ = s.get();
        pending_ = true;
        error_ = event() == WSA_INVALID_EVENT ? WSAENOBUFS : 0;
        return error_ == 0;
    }

    void started(int returned) noexcept {
        if (returned == 0 || WSAGetLastError() == WSA_IO_PENDING) return;
        error_ = WSAGetLastError();
        WSASetEvent(event());
    }

    // Wine reports a reset between two reads as the end of the stream. WSAPoll() distinguishes them.
    [[nodiscard]] bool is_reset() const noexcept {
        WSAPOLLFD watched{socket_, POLLOUT, 0};
        return WSAPoll(&watched, 1, 0) > 0 && (watched.revents & POLLERR) != 0;
    }

    WSAOVERLAPPED overlapped_{};
    SOCKET socket_ = INVALID_SOCKET;
    bool pending_ = false;
    int error_ = 0;
};

/// The two functions for socks::run(). They return io::would_block when the deadline passes.
inline auto reader(const unique_socket& s, const time_point& deadline) noexcept {
    return [&](socks::buffer room) noexcept {
        operation receiving;
        receiving.read(s, room);
        return receiving.result(deadline);
    };
}
inline auto writer(const unique_socket& s, const time_point& deadline) noexcept {
    return [&](socks::bytes data) noexcept {
        operation sending;
        sending.write(s, data);
        return sending.result(deadline);
    };
}

/// A socket address of an endpoint that is an address.
struct socket_address {
    explicit socket_address(const socks::endpoint& e) noexcept : size(*socks::to_sockaddr(e, storage)) {}

    sockaddr_storage storage;
    socklen_t size;

    [[nodiscard]] const sockaddr* data() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

/// Connects a new socket.
/// @param error  receives 0 or the number of Winsock, WSAETIMEDOUT if the deadline passes
/// @returns      an empty socket if that fails
inline unique_socket dial(const sockaddr* to, socklen_t to_size, time_point deadline, int& error) noexcept {
    unique_socket s(socket(to->sa_family, SOCK_STREAM, IPPROTO_TCP));
    u_long nonblocking = 1;
    if (!s || ioctlsocket(s.get(), static_cast<long>(FIONBIO), &nonblocking) != 0 ||
        (connect(s.get(), to, to_size) != 0 && WSAGetLastError() != WSAEWOULDBLOCK)) {
        error = WSAGetLastError();
        return {};
    }
    fd_set connected;
    fd_set failed;
    FD_ZERO(&connected);
    FD_ZERO(&failed);
    FD_SET(s.get(), &connected);
    FD_SET(s.get(), &failed);
    const auto left = static_cast<long>(until(deadline));
    timeval timeout{left / 1000, left % 1000 * 1000};
    const int ready = select(0, nullptr, &connected, &failed, &timeout);
    error = ready == 0 ? WSAETIMEDOUT : 0;
    int error_size = sizeof error;
    nonblocking = 0;
    if (ready < 0 ||
        (ready > 0 &&
         getsockopt(s.get(), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &error_size) != 0) ||
        ioctlsocket(s.get(), static_cast<long>(FIONBIO), &nonblocking) != 0)
        error = WSAGetLastError();
    if (error != 0) return {};
    return s;
}

/// The text of the system for a number of Winsock, without line breaks.
inline std::string reason(int number) {
    char text[256];
    constexpr DWORD flags =
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    const DWORD n = FormatMessageA(flags, nullptr, static_cast<DWORD>(number), 0, text, sizeof text, nullptr);
    return n == 0 ? "error " + std::to_string(number) : std::string(text, n);
}

/// Why a handshake failed.
template <class Action>
std::string description(const Action& failed) {
    char room[socks::max_text_outcome];
    return std::string(std::string_view(socks::format(socks::outcome_of(failed), room).data()));
}

#endif
