// The messages of whole conversations, as the encoders make them: one a line, CONVERSATION SENDER HEX.
// dissected.py puts each into a segment or datagram of a capture, and has it read by a dissector that is not
// ours.

#include <cstdio>

#include <socks/socks.hpp>

namespace {

using namespace socks;

constexpr host four = ipv4{93, 184, 216, 34};
constexpr host six =
    ipv6{0x20, 0x01, 0x0d, 0xb8, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x0f, 0x1e, 0x2d, 0x3c};
constexpr host named = "files.example.com";
constexpr endpoint bound_four{ipv4{192, 0, 2, 9}, 5555}, relay{ipv4{127, 0, 0, 1}, 3333},
    client_here{ipv4{127, 0, 0, 1}, 50000}, nobody{ipv4{}, 0};

bool complete = true;

class conversation {
  public:
    explicit conversation(const char* title) : title_(title) {}

    void client(const encoded& message) const { print("client", message); }
    void server(const encoded& message) const { print("server", message); }
    void to_relay(const encoded& message) const { print("to_relay", message); }
    void from_relay(const encoded& message) const { print("from_relay", message); }

  private:
    void print(const char* sender, const encoded& message) const {
        complete = complete && message;
        std::printf("%s %s ", title_, sender);
        const bytes bytes = message.data();
        for (size_t i = 0; i < bytes.size(); ++i) std::printf("%02x", unsigned{bytes[i]});
        std::printf("\n");
    }

    const char* title_;
};

// Room for the longest message of all. One at a time lives here.
char room[600];

conversation opened(const char* title) {
    const conversation c(title);
    c.client(encode_greeting({"\x00"}, room));
    c.server(encode_method_selection(method::none, room));
    return c;
}

void socks5(const char* title, command what, const endpoint& to, code5 code, const endpoint& bound) {
    const conversation c = opened(title);
    c.client(encode_request5({what, to}, room));
    c.server(encode_reply5({code, bound}, room));
}

void with_login(const char* title, uint8_t status) {
    const conversation c(title);
    c.client(encode_greeting({"\x00\x02"}, room));
    c.server(encode_method_selection(method::username_password, room));
    c.client(encode_credentials({"john", "foo bar"}, room));
    c.server(encode_auth_status(status, room));
    if (status != 0) return;
    c.client(encode_request5({command::connect, {four, 80}}, room));
    c.server(encode_reply5({code5::succeeded, bound_four}, room));
}

void socks4(const char* title, command what, const endpoint& to, code4 code, const endpoint& bound) {
    const conversation c(title);
    c.client(encode_request4({what, to, "fred"}, room));
    c.server(encode_reply4({code, bound}, room));
}

void datagrams() {
    const conversation c = opened("datagrams");
    c.client(encode_request5({command::udp_associate, client_here}, room));
    c.server(encode_reply5({code5::succeeded, relay}, room));
    c.to_relay(encode_datagram({four, 40001}, "question", room));
    c.from_relay(encode_datagram({four, 40001}, "answer", room));
    c.to_relay(encode_datagram({six, 40002}, "question", room));
    c.to_relay(encode_datagram({named, 40003}, "question", room));
    c.to_relay(encode_datagram({four, 40001}, "part", room, 0x81));
}

}  // namespace

int main() {
    socks5("socks5_IPv4", command::connect, {four, 80}, code5::succeeded, bound_four);
    socks5("socks5_IPv6", command::connect, {six, 8080}, code5::succeeded, {six, 5556});
    socks5("socks5_name", command::connect, {named, 443}, code5::succeeded, {named, 5557});
    socks5("socks5_refused", command::connect, {four, 81}, code5::connection_refused, nobody);
    socks5("socks5_bind", command::bind, {four, 20}, code5::succeeded, relay);
    with_login("login_accepted", 0);
    with_login("credentials_refused", 1);
    const conversation none("no_method");
    none.client(encode_greeting({"\x01\x80\xfe"}, room));
    none.server(encode_method_selection(method::no_acceptable, room));
    socks4("socks4", command::connect, {four, 80}, code4::granted, {four, 80});
    socks4("socks4_bind", command::bind, {four, 20}, code4::granted, relay);
    socks4("socks4_rejected", command::connect, {four, 81}, code4::rejected, nobody);
    socks4("socks4a", command::connect, {named, 443}, code4::granted, bound_four);
    datagrams();
    return complete ? 0 : 1;
}
