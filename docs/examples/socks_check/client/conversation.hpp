// What a script of the proxy can do: read the client's messages, answer them well or badly, and play the
// destination.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_CONVERSATION_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_CONVERSATION_HPP

#include "../runner.hpp"
#include "facts.hpp"
#include "recorded_connection.hpp"

namespace example::client_mode {

/// Bytes in hexadecimal, the first 24 of them.
inline std::string hexadecimal(std::string_view bytes) {
    std::string text;
    for (const char c : bytes.substr(0, 24)) {
        text += text.empty() ? "" : " ";
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[static_cast<unsigned char>(c) & 0xf];
    }
    return text + (bytes.size() > 24 ? " ... (" + std::to_string(bytes.size()) + " bytes)" : "");
}

class conversation : public recorded_connection {
  public:
    /// @param page  what the destination sends.
    conversation(unique_fd connection, const facts& about, std::string page, const deadline& until)
        : recorded_connection(std::move(connection), until), client(about), page_(std::move(page)) {}

    const facts& client;
    bool bytewise = false;   ///< whether each byte of an answer is sent by itself
    bool pipelined = false;  ///< whether the script has seen a message before the answer to the one before

    [[nodiscard]] const std::string& page() const noexcept { return page_; }

    // The messages of the client. Each is complete and well-formed, or the function throws.

    /// Reads the first message: the greeting of SOCKS5, or the request of SOCKS4.
    void read_first() {
        const std::string_view in = next_bytes("its first byte");
        if (in[0] == 5)
            greeting_ = message("a greeting of SOCKS5", [](auto b) { return socks::decode_greeting(b); });
        else if (in[0] == 4)
            request_ = message("a request of SOCKS4", [](auto b) { return socks::decode_request4(b); });
        else
            throw failed("SOCKS, so a first byte of 04 or 05", "the client sent " + hexadecimal(in));
    }

    void read_credentials() {
        socks::tolerance tolerated = socks::lenient;
        tolerated.credentials_version_5 = true;
        const auto decode = [&](auto in) { return socks::decode_credentials(in, tolerated); };
        credentials_ = message("user name and password", decode);
    }

    void read_request() {
        request_ = message("a request of SOCKS5", [](auto in) { return socks::decode_request5(in); });
    }

    /// Waits for a byte. @returns the bytes that are there. They stay unread.
    std::string_view next_bytes(const char* what = "its next message") {
        while (pending().empty()) receive(what);
        return pending();
    }

    // What was read.

    [[nodiscard]] bool is_socks4() const noexcept { return greeting_.empty(); }
    [[nodiscard]] bool offers(unsigned char method) const noexcept {
        return greeting_.find(static_cast<char>(method), 2) != greeting_.npos;
    }
    [[nodiscard]] const std::string& greeting() const noexcept { return greeting_; }
    [[nodiscard]] const std::string& credentials() const noexcept { return credentials_; }
    [[nodiscard]] const std::string& request() const noexcept { return request_; }

    /// What the client has sent to the destination.
    [[nodiscard]] const std::string& upstream() const noexcept { return upstream_; }

    // A good proxy, up to a message.

    void until_greeting() {
        read_first();
        if (is_socks4()) throw failed("a greeting of SOCKS5", "a request of SOCKS4 came");
    }

    /// Selects username/password and reads them. Skips the case if the client does not offer them.
    void until_credentials() {
        until_greeting();
        if (!offers(2)) throw skipped("the client does not offer username/password");
        answer({"\x05\x02", 2});
        read_credentials();
    }

    /// Reads the request, after a login only if the client offers nothing else.
    void until_request() {
        read_first();
        go_on_to_request();
    }

    /// The same after the first message.
    void go_on_to_request() {
        if (is_socks4()) return;
        authenticate();
        read_request();
    }

    void authenticate() {
        if (offers(0)) {
            answer({"\x05\x00", 2});
            // Some clients send a login that nobody asked for. One case is about them, and the others go on.
            if (next_bytes()[0] != 1) return;
            read_credentials();
            answer({"\x01\x00", 2});
        } else if (offers(2)) {
            answer({"\x05\x02", 2});
            read_credentials();
            answer({"\x01\x00", 2});
        } else {
            throw failed("an offer of method 0 or 2", "the client sent " + hexadecimal(greeting_));
        }
    }

    // Answers.

    /// Sends bytes of the proxy: in one segment, or each in its own.
    void answer(std::string_view bytes) {
        if (!bytewise) return put(bytes);
        for (const char& byte : bytes) {
            put({&byte, 1});
            pause(milliseconds(8));
        }
    }

    /// The reply that the request is granted, with the address 0.0.0.0:0.
    [[nodiscard]] std::string_view granting_reply() const noexcept {
        if (is_socks4()) return {"\x00\x5a\x00\x00\x00\x00\x00\x00", 8};
        return {"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10};
    }

    /// Sends a refusal and checks that the client sends nothing more. A client that ends first is right.
    void refuse(std::string_view bytes) {
        const size_t before = pending().size();
        try {
            answer(bytes);
        } catch (const interrupted_script&) {
            return;
        }
        expect_nothing_more(before);
    }

    /// Waits for the end of the client's stream, and ends its own a second later.
    /// @param before  so many unread bytes came before the refusal. Throws if there are more.
    void expect_nothing_more(size_t before) {
        pause(milliseconds(1000));
        end_stream();
        stay_silent();
        const std::string more = pending().substr(before);
        if (!more.empty() && !client.pipelines)
            throw failed("nothing more from the client", "it sent " + hexadecimal(more));
    }

    // The destination.

    /// Waits for the client's first bytes, sends the page, and ends the stream.
    void serve() {
        hear_client();
        put(page_);
        end_and_wait();
    }

    /// Waits for what the client sends before it expects bytes: until the end of a request of HTTP, or until
    /// as many bytes have come as usual.
    void hear_client() {
        const time_point limit = deadline::clock::now() + milliseconds(client.is_known ? 5000 : 1000);
        const size_t usual = client.upstream.empty() ? std::string::npos : client.upstream.size();
        while (!client.waits_for_data && pending().find("\r\n\r\n") == std::string::npos &&
               pending().size() < usual && receive_until(limit)) {
        }
        upstream_ += take_all();
    }

    /// Sends the end of the stream, and waits for that of the client. An earlier close() could reset the
    /// connection and so destroy bytes that the client has not read.
    void end_and_wait() {
        end_stream();
        stay_silent();
        upstream_ += take_all();
        close_now();
    }

  private:
    template <class Decode>
    std::string message(const char* what, Decode decode) {
        for (;;) {
            const auto decoded = decode(socks::bytes(pending()));
            if (decoded) return take(decoded.consumed());
            if (decoded.error() != socks::errc::none)
                throw failed(what, std::string(to_string(decoded.error())) + ": " + hexadecimal(pending()));
            receive(what);
        }
    }

    // Receives more bytes of a message that must come.
    void receive(const char* what) {
        if (receive_until(end_of_time())) return;
        if (!pending().empty()) throw failed(what, "the client sent a part of it: " + hexadecimal(pending()));
        throw interrupted_script(std::string("the client ") +
                                 (client_has_ended() ? "ended the connection before " : "did not send ") +
                                 what);
    }

    std::string page_;
    std::string greeting_;
    std::string credentials_;
    std::string request_;
    std::string upstream_;
};

}  // namespace example::client_mode

#endif
