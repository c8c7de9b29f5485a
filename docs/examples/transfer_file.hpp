// A file to a partner, and the proof that it arrived. A protocol of the example's own, where Transfer CFT would speak
// PeSIT or ODETTE: the length, then the octets; back come the length and a checksum of what was received.
//
//     sender    LENGTH (8)  octets          receiver  LENGTH (8)  CHECKSUM (8)          numbers are big endian

#ifndef EXAMPLES_TRANSFER_FILE_HPP
#define EXAMPLES_TRANSFER_FILE_HPP

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <stdexcept>

#include "client_io.hpp"
#include "options.hpp"

namespace example {

/// How many octets, and their FNV-1a checksum: against accidents, not against attackers.
struct fingerprint {
    uint64_t size = 0;
    uint64_t checksum = 0xcbf29ce484222325;

    void add(std::string_view octets) noexcept {
        for (const char c : octets) checksum = (checksum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        size += octets.size();
    }

    friend bool operator==(const fingerprint&, const fingerprint&) = default;
};

inline std::string big_endian(uint64_t number) {
    std::string octets;
    for (int shift = 56; shift >= 0; shift -= 8) octets += static_cast<char>(number >> shift & 0xff);
    return octets;
}

inline uint64_t number_in(std::string_view octets) {
    uint64_t number = 0;
    for (const char c : octets.substr(0, 8)) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

/// Adds to `received` until it holds `size` octets. @returns false when the stream ends before.
inline bool read_up_to(int fd, std::string& received, size_t size, deadline until) {
    std::array<char, 16> room;
    while (received.size() < size) {
        const size_t n = read_some(fd, {room.data(), std::min(room.size(), size - received.size())}, until);
        if (n == 0) return false;
        received.append(room.data(), n);
    }
    return true;
}

/// Throws a bad_argument unless `path` is a file that can be read, and whose size is known before it is.
inline void must_be_a_file(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode) || ::access(path.c_str(), R_OK) != 0)
        throw bad_argument("cannot read " + path);
}

/// Sends a file; `early` is what the partner has said already. The patience is for each part of 64 KiB, and again for
/// the confirmation: a partner that takes less in that time is given up.
/// @returns  the fingerprint, if the partner confirmed it. Throws std::system_error when the connection breaks, and
///           std::runtime_error when the partner confirms something else.
inline fingerprint send_file(int fd, const std::string& path, std::string early,
                             std::chrono::seconds patience) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = file.tellg();
    if (!file || size < 0) throw std::runtime_error("cannot read " + path);
    file.seekg(0);
    write_all(fd, big_endian(static_cast<uint64_t>(size)), in(patience));
    fingerprint sent;
    std::array<char, 64 * 1024> room;
    while (sent.size < static_cast<uint64_t>(size)) {
        const auto left = static_cast<std::streamsize>(static_cast<uint64_t>(size) - sent.size);
        file.read(room.data(), std::min(left, static_cast<std::streamsize>(room.size())));
        if (file.gcount() == 0) throw std::runtime_error(path + " became shorter while it was sent");
        const std::string_view octets(room.data(), static_cast<size_t>(file.gcount()));
        write_all(fd, octets, in(patience));
        sent.add(octets);
    }
    if (!read_up_to(fd, early, 16, in(patience)))
        throw std::system_error(ECONNRESET, std::generic_category(), "no confirmation");
    if (number_in(early) != sent.size || number_in(std::string_view(early).substr(8)) != sent.checksum)
        throw std::runtime_error("the partner received something else");
    return sent;
}

/// Receives one file, and confirms it. The patience is for whatever comes next.
inline fingerprint receive_file(int fd, const std::string& path, std::chrono::seconds patience) {
    std::string head;
    if (!read_up_to(fd, head, 8, in(patience))) throw std::runtime_error("no length");
    const uint64_t size = number_in(head);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    fingerprint received;
    std::array<char, 64 * 1024> room;
    while (received.size < size) {
        const uint64_t left = size - received.size;
        const socks::buffer part(room.data(), left < room.size() ? static_cast<size_t>(left) : room.size());
        const size_t n = read_some(fd, part, in(patience));
        if (n == 0) throw std::runtime_error("the file ended too soon");
        received.add({room.data(), n});
        file.write(room.data(), static_cast<std::streamsize>(n));
    }
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
    write_all(fd, big_endian(received.size) + big_endian(received.checksum), in(patience));
    return received;
}

}  // namespace example

#endif
