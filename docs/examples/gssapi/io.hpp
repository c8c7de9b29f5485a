// RFC 1961 on blocking sockets, with the default mechanism of the system's GSS-API, usually Kerberos. A
// protected_stream exists only after context and protection level were negotiated. So no byte of the tunnel
// can be read or written too early, or pass unwrapped.

#ifndef EXAMPLES_GSSAPI_IO_HPP
#define EXAMPLES_GSSAPI_IO_HPP

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "../common/options.hpp"
#include "../common/two_ways.hpp"
#include "objects.hpp"

namespace example {

/// The settings of the negotiation, for both sides.
struct gssapi_settings {
    socks::protection least = socks::protection::confidentiality;
    bool nec = false;  ///< the level is sent unwrapped, as NEC's code does; an attacker can lower it
};

/// Parses the value of --protection.
inline socks::protection protection(std::string_view text) {
    if (text == "integrity") return socks::protection::integrity;
    if (text == "confidentiality") return socks::protection::confidentiality;
    throw bad_argument("--protection is integrity or confidentiality, not \"" + std::string(text) + '"');
}

/// Wraps and unwraps the bytes of a connection. The server answers each token of the client with one token,
/// which is empty if the mechanism produced none. One thread may read while another writes.
class protected_stream {
  public:
    /// The client's side: authenticates the user to `service`, "rcmd@host", and requests the level
    /// `wanted.least`. RFC 1961 lets the client delegate its credentials too. A proxy needs none of them, so
    /// this side sends none. All reads and writes end at the deadline, until end_deadline() is called.
    protected_stream(int fd, const std::string& service, const gssapi_settings& wanted, const deadline& until)
        : fd_(fd), until_(until) {
        gss_buffer_desc text = gss_view(service);
        OM_uint32 minor = 0;
        OM_uint32 major = gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &peer_.handle);
        gss_must(major, minor, "cannot import the name of the service");
        const OM_uint32 flags =
            GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG;
        OM_uint32 given = 0;
        socks::bytes answer;
        do {
            gss_buffer_desc in = gss_view(answer);
            gss_bytes token;
            major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &context_.handle, peer_.handle,
                                         GSS_C_NO_OID, flags, 0, GSS_C_NO_CHANNEL_BINDINGS, &in, nullptr,
                                         token.out(), &given, nullptr);
            gss_must(major, minor, "cannot authenticate");
            if (token.view().empty()) break;
            send(socks::gssapi_type::authentication, token.view());
            answer = expect(socks::gssapi_type::authentication);
        } while ((major & GSS_S_CONTINUE_NEEDED) != 0);
        if (major != GSS_S_COMPLETE || (given & GSS_C_MUTUAL_FLAG) == 0)
            throw std::runtime_error("the proxy did not prove who it is");
        must_protect(given);
        if ((given & GSS_C_REPLAY_FLAG) == 0 || (given & GSS_C_SEQUENCE_FLAG) == 0)
            throw std::runtime_error("the mechanism does not detect missing messages");

        send_level(wanted.least, wanted.nec);
        level_ = receive_level(wanted.nec);
        if (protection_fault(level_, socks::at_least{wanted.least}) != socks::errc::none)
            throw std::runtime_error(std::string(to_string(socks::errc::weak_protection)) + ": " +
                                     example::text(level_));
        fits_ = wrap_size_limit();
    }

    /// The server's side, with the keys of the default keytab. It admits every client that proves a name. It
    /// grants the level that the client requests. If that level is below `wanted.least`, it answers
    /// `wanted.least` instead.
    protected_stream(int fd, const gssapi_settings& wanted) : fd_(fd) {
        OM_uint32 major = 0;
        OM_uint32 minor = 0;
        OM_uint32 given = 0;
        do {
            gss_buffer_desc in = gss_view(expect(socks::gssapi_type::authentication));
            gss_bytes token;
            major = gss_accept_sec_context(&minor, &context_.handle, GSS_C_NO_CREDENTIAL, &in,
                                           GSS_C_NO_CHANNEL_BINDINGS, &peer_.handle, nullptr, token.out(),
                                           &given, nullptr, nullptr);
            if (GSS_ERROR(major)) send(socks::gssapi_type::abort, {});
            gss_must(major, minor, "cannot authenticate the client");
            send(socks::gssapi_type::authentication, token.view());
        } while ((major & GSS_S_CONTINUE_NEEDED) != 0);
        must_protect(given);

        level_ = receive_level(wanted.nec);
        const bool plain =
            level_ == socks::protection::integrity || level_ == socks::protection::confidentiality;
        if (!plain || protection_fault(level_, socks::at_least{wanted.least}) != socks::errc::none)
            level_ = wanted.least;
        send_level(level_, wanted.nec);
        fits_ = wrap_size_limit();
    }

    [[nodiscard]] socks::protection level() const noexcept { return level_; }

    void end_deadline() noexcept { until_.reset(); }

    /// The authenticated name of the other side.
    [[nodiscard]] std::string peer() const {
        OM_uint32 minor = 0;
        gss_bytes text;
        gss_must(gss_display_name(&minor, peer_.handle, text.out(), nullptr), minor, "cannot print a name");
        return escaped(text.view());
    }

    void write_all(std::string_view bytes) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(fits_, bytes.size())))
            send_wrapped(socks::gssapi_type::user_data, bytes.substr(0, fits_), confidential());
    }

    /// Waits for bytes and unwraps them into `room`. @returns how many, or 0 at the end of the stream.
    size_t read_some(socks::buffer room) {
        while (rest_.empty()) {
            const std::optional<socks::bytes> token = receive(socks::gssapi_type::user_data);
            if (!token) return 0;
            rest_ = unwrap(*token, level_ == socks::protection::confidentiality);
        }
        const size_t n = rest_.copy(room.data(), room.capacity());
        rest_.remove_prefix(n);
        return n;
    }

  private:
    // At a selective level the sender chooses. This sender chooses confidentiality.
    [[nodiscard]] bool confidential() const noexcept { return level_ != socks::protection::integrity; }

    // Confidentiality is checked later, for each token.
    static void must_protect(OM_uint32 given) {
        if ((given & GSS_C_INTEG_FLAG) == 0) throw std::runtime_error("the mechanism protects nothing");
    }

    // The maximum number of bytes that fit into one token after wrapping.
    [[nodiscard]] size_t wrap_size_limit() const {
        OM_uint32 minor = 0;
        OM_uint32 fits = 0;
        gss_must(gss_wrap_size_limit(&minor, context_.handle, confidential(), GSS_C_QOP_DEFAULT,
                                     socks::max_gssapi_token, &fits),
                 minor, "cannot wrap");
        return fits;
    }

    void send(socks::gssapi_type type, std::string_view token) {
        const socks::encoded made = socks::encode_gssapi({type, token}, tx_);
        if (!made) throw std::runtime_error(to_string(made.error()));
        if (until_)
            example::write_all(fd_, made.data(), *until_);
        else
            example::write_all(fd_, made.data());
    }

    // Two threads use the context, but they must not use it at the same time.
    void send_wrapped(socks::gssapi_type type, std::string_view bytes, bool confidential) {
        gss_buffer_desc in = gss_view(bytes);
        gss_bytes token;
        OM_uint32 minor = 0;
        int encrypted = 0;
        {
            const std::lock_guard lock(context_guard_);
            gss_must(gss_wrap(&minor, context_.handle, confidential, GSS_C_QOP_DEFAULT, &in, &encrypted,
                              token.out()),
                     minor, "cannot wrap");
        }
        if (confidential && encrypted == 0) throw std::runtime_error("the mechanism does not encrypt");
        send(type, token.view());
    }

    std::string_view unwrap(std::string_view token, bool confidential) {
        gss_buffer_desc in = gss_view(token);
        OM_uint32 minor = 0;
        int encrypted = 0;
        const std::lock_guard lock(context_guard_);
        gss_must(gss_unwrap(&minor, context_.handle, &in, plain_.out(), &encrypted, nullptr), minor,
                 "cannot unwrap");
        if (confidential && encrypted == 0) throw std::runtime_error("the peer did not encrypt");
        return plain_.view();
    }

    void send_level(socks::protection level, bool nec) {
        char room[socks::protection_size];
        const socks::bytes byte = encode_protection(level, room).data();
        if (nec)
            send(socks::gssapi_type::protection_level, byte);
        else
            send_wrapped(socks::gssapi_type::protection_level, byte, false);
    }

    socks::protection receive_level(bool nec) {
        const socks::bytes token = expect(socks::gssapi_type::protection_level);
        const auto level = socks::decode_protection(nec ? token : socks::bytes(unwrap(token, false)));
        if (!level) throw std::runtime_error(to_string(level.error()));
        return *level;
    }

    // @returns the next token, valid until the next call, or nothing at the end of the stream.
    std::optional<socks::bytes> receive(socks::gssapi_type due) {
        for (;;) {
            const auto message = socks::decode_gssapi(rx_.data(), due, socks::max_gssapi_token);
            if (message.error() != socks::errc::none) throw std::runtime_error(to_string(message.error()));
            if (message) {
                rx_.consume(message.consumed());
                return message->token;
            }
            const size_t n = until_ ? example::read_some(fd_, rx_.prepare(), *until_)
                                    : example::read_some(fd_, rx_.prepare());
            if (n == 0 && rx_.empty()) return {};
            if (n == 0) throw std::runtime_error(to_string(socks::errc::truncated));
            rx_.commit(n);
        }
    }

    socks::bytes expect(socks::gssapi_type due) {
        const std::optional<socks::bytes> token = receive(due);
        if (!token) throw std::runtime_error(to_string(socks::errc::closed));
        return *token;
    }

    int fd_;
    std::optional<deadline> until_;
    gss_context context_;
    gss_name peer_;
    socks::protection level_ = socks::protection::none;
    size_t fits_ = 0;
    std::mutex context_guard_;
    gss_bytes plain_;
    std::string_view rest_;  // the part of plain_ that is not read yet
    socks::inbox<socks::gssapi_head_size + socks::max_gssapi_token> rx_;
    std::array<char, socks::gssapi_head_size + socks::max_gssapi_token> tx_;
};

/// The side of a relay that is not wrapped: its descriptors, and the words for their errors.
struct plain_side {
    int input;
    int output;
    const char* input_fails;
    const char* output_fails;
    std::shared_ptr<const unique_fd> owner{};  ///< of both descriptors, until both threads have ended
};

/// Calls `work`. If it fails, the exception says with whom.
template <class Work>
auto with(const std::string& peer, Work work) {
    try {
        return work();
    } catch (const std::exception& e) {
        throw std::runtime_error(peer + ": " + e.what());
    }
}

/// Relays both ways until each has ended. Writes `early` to the plain side first, and calls `moved` after
/// each portion. The end of a stream is not wrapped, so a protocol that must detect truncation marks the end
/// in its data. If one way fails, this resets both connections.
/// @param peer  the other end of `connection`, for errors.
template <class Moved>
void relay(const std::shared_ptr<protected_stream>& inside,
           const std::shared_ptr<const unique_fd>& connection, const std::string& peer,
           const std::string& early, const plain_side& plain, Moved moved) {
    try {
        run_both(
            [=] {
                std::array<char, 64 * 1024> room;
                while (const size_t n = read_some(plain.input, room, plain.input_fails)) {
                    sending([&] { with(peer, [&] { inside->write_all({room.data(), n}); }); });
                    moved();
                }
                sending([&] {
                    with(peer, [&] { must(::shutdown(connection->get(), SHUT_WR), "cannot send"); });
                });
            },
            [=] {
                write_all(plain.output, early, plain.output_fails);
                std::array<char, 64 * 1024> room;
                while (const size_t n = with(peer, [&] { return inside->read_some(room); })) {
                    write_all(plain.output, {room.data(), n}, plain.output_fails);
                    moved();
                }
                end_output(plain.output, plain.output_fails);
            });
    } catch (...) {
        reset_on_close(connection->get());
        reset_on_close(plain.output);
        throw;
    }
}

}  // namespace example

#endif
