// Sends a file to a partner, which confirms it. Transfer CFT would use PeSIT or ODETTE here. This example has
// its own protocol. The sender sends the length and the bytes. The receiver answers with the length and a
// checksum of the received bytes.
//
//     sender    LENGTH (8)  bytes           receiver  LENGTH (8)  CHECKSUM (8)         numbers are big endian

#ifndef EXAMPLES_TRANSFER_FILE_HPP
#define EXAMPLES_TRANSFER_FILE_HPP

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "../common/client_io.hpp"
#include "../common/options.hpp"

namespace example {

/// The number of bytes and their FNV-1a checksum, which detects accidents but not attacks.
struct fingerprint {
    uint64_t size = 0;
    uint64_t checksum = 0xcbf29ce484222325;

    void add(std::string_view bytes) noexcept {
        for (const char c : bytes) checksum = (checksum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        size += bytes.size();
    }

    friend bool operator==(const fingerprint&, const fingerprint&) = default;
};

inline std::string big_endian(uint64_t number) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
    return bytes;
}

inline uint64_t number_in(std::string_view bytes) {
    uint64_t number = 0;
    for (const char c : bytes.substr(0, 8)) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

/// Reads until `received` holds `size` bytes. @returns false if the stream ends before.
inline bool read_up_to(int fd, std::string& received, size_t size, const deadline& until) {
    std::array<char, 16> room;
    while (received.size() < size) {
        const size_t n = read_some(fd, {room.data(), std::min(room.size(), size - received.size())}, until);
        if (n == 0) return false;
        received.append(room.data(), n);
    }
    return true;
}

/// Throws a bad_argument unless `path` is a readable regular file. Other files have no size in advance.
inline void must_be_a_file(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode) || ::access(path.c_str(), R_OK) != 0)
        throw bad_argument("cannot read " + path);
}

/// Sends a file. `early` holds the first bytes of the partner. `patience` limits each part of 64 KiB, and
/// also the confirmation.
/// @returns  the fingerprint, if the partner confirmed it. Throws std::system_error if the connection breaks,
///           and std::runtime_error if the partner confirms another fingerprint.
inline fingerprint send_file(int fd, const std::string& path, std::string early,
                             std::chrono::seconds patience) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = file.tellg();
    if (!file || size < 0) throw std::runtime_error("cannot read " + path);
    file.seekg(0);
    write_all(fd, big_endian(static_cast<uint64_t>(size)), deadline(patience));
    fingerprint sent;
    std::array<char, 64 * 1024> room;
    while (sent.size < static_cast<uint64_t>(size)) {
        const auto left = static_cast<std::streamsize>(static_cast<uint64_t>(size) - sent.size);
        file.read(room.data(), std::min(left, static_cast<std::streamsize>(room.size())));
        if (file.gcount() == 0) throw std::runtime_error(path + " became shorter while it was sent");
        const std::string_view bytes(room.data(), static_cast<size_t>(file.gcount()));
        write_all(fd, bytes, deadline(patience));
        sent.add(bytes);
    }
    if (!read_up_to(fd, early, 16, deadline(patience)))
        throw std::system_error(ECONNRESET, std::generic_category(), "no confirmation");
    if (number_in(early) != sent.size || number_in(std::string_view(early).substr(8)) != sent.checksum)
        throw std::runtime_error("the partner received something else");
    return sent;
}

/// Throws a bad_argument if `path` exists and is no regular file, because the received file replaces it.
inline void must_be_replaceable(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode))
        throw bad_argument(path + " is no regular file");
}

/// Receives one file, and confirms it. It is called `path`.part until it is complete. `patience` limits each
/// read and the confirmation.
inline fingerprint receive_file(int fd, const std::string& path, std::chrono::seconds patience) {
    std::string head;
    if (!read_up_to(fd, head, 8, deadline(patience))) throw std::runtime_error("no length");
    const uint64_t size = number_in(head);
    const std::string part_path = path + ".part";
    std::ofstream file(part_path, std::ios::binary | std::ios::trunc);
    fingerprint received;
    std::array<char, 64 * 1024> room;
    while (received.size < size) {
        const uint64_t left = size - received.size;
        const socks::buffer part(room.data(), left < room.size() ? static_cast<size_t>(left) : room.size());
        const size_t n = read_some(fd, part, deadline(patience));
        if (n == 0) throw std::runtime_error("the file ended too soon");
        received.add({room.data(), n});
        file.write(room.data(), static_cast<std::streamsize>(n));
    }
    file.close();
    if (!file) throw std::runtime_error("cannot write " + part_path);
    must(::rename(part_path.c_str(), path.c_str()), "cannot rename the received file");
    write_all(fd, big_endian(received.size) + big_endian(received.checksum), deadline(patience));
    return received;
}

}  // namespace example

#endif
