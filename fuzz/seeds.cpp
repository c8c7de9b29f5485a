// Makes the seed corpora of the targets from the golden tables of the tests: what each side of each
// conversation says, and each message by itself. Inputs that a fuzzer found lie beside them, named by their
// hash.
//
//     fuzz_seeds DIRECTORY           writes them
//     fuzz_seeds --check DIRECTORY   says whether they are there and the same

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <refusals.hpp>
#include "seeds_text.hpp"

namespace {

using drive::bytes;

// An input, written in the order in which requests.hpp reads it.
class seed {
  public:
    seed& put(int byte) {
        bytes_ += static_cast<char>(byte);
        return *this;
    }
    seed& put(bytes b) {
        if (!b.empty()) bytes_.append(b.data(), b.size());
        return *this;
    }
    seed& counted(bytes b) { return put(static_cast<int>(b.size())).put(b); }
    seed& u16(int n) { return put(n >> 8).put(n & 0xff); }

    seed& put(const socks::endpoint& e) {
        switch (e.host.kind()) {
            case socks::host_kind::none: put(0); break;
            case socks::host_kind::ipv4:
                put(1);
                for (const uint8_t byte : e.host.v4().bytes) put(byte);
                break;
            case socks::host_kind::ipv6:
                put(2);
                for (const uint8_t byte : e.host.v6().bytes) put(byte);
                break;
            case socks::host_kind::bad: put(3).counted(e.host.name()); break;
            case socks::host_kind::name: put(4).counted(e.host.name()); break;
        }
        return u16(e.port);
    }
    seed& put(const socks::methods& m) { return counted(m.as_bytes()); }
    seed& put(const socks::request& r) {
        put(r.version == socks::version::v5 ? 0 : r.version == socks::version::v4 ? 1 : 2);
        put(static_cast<int>(r.command)).put(r.to).put(r.credentials.given ? 1 : 0);
        if (r.credentials.given) counted(r.credentials.user).counted(r.credentials.password);
        return put(r.methods);
    }
    seed& put(const socks::tolerance& t) {
        return put(static_cast<int>(t.reply4_version) | static_cast<int>(t.auth_status_version) << 2 |
                   (t.credentials_version_5 ? 0x10 : 0) | (t.reserved ? 0x20 : 0) |
                   (t.empty_credentials ? 0x40 : 0) | (t.empty_bound ? 0x80 : 0));
    }
    seed& put(const socks::server_options& o) {
        return put((o.v4 ? 0 : 1) | (o.v4a ? 0 : 2) | (o.v5 ? 0 : 4) | (o.v4_after_greeting ? 8 : 0))
            .put(o.tolerance)
            .put(o.methods);
    }
    seed& put(const drive::application& a) {
        put(a.grants ? 3 : 0);
        for (const socks::reply& r : a.answers)
            put(r.code.version == socks::version::v5 ? 0 : 1).put(r.code.value).put(r.bound);
        return *this;
    }
    // What one side says; the toy method of the tests is one byte here.
    seed& put(const drive::script& s) {
        for (const bytes m : s.messages) {
            if (m == drive::toy_proof) continue;
            put(m == drive::toy_hello || m == drive::toy_challenge ? bytes("!") : m);
        }
        return *this;
    }

    [[nodiscard]] const std::string& text() const { return bytes_; }

  private:
    std::string bytes_;
};

// Writes or checks one file at a time.
class library {
  public:
    library(std::filesystem::path root, bool checks) : root_(std::move(root)), checks_(checks) {}

    void add(const std::string& target, const std::string& what, const seed& s) {
        std::string name = "seed-";
        for (const char c : what) {
            const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
            if (word) name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
            if (!word && name.back() != '-') name += '-';
        }
        const std::filesystem::path file = root_ / target / name;
        if (checks_) {
            std::ifstream in(file, std::ios::binary);
            const std::string there((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
            if (!in.is_open() || there != s.text()) complain(file);
        } else {
            std::filesystem::create_directories(file.parent_path());
            std::ofstream(file, std::ios::binary) << s.text();
        }
        ++made_;
    }

    // Whether all that should be there is, and no seed that should not.
    bool settle() {
        size_t there = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root_))
            if (entry.path().filename().string().rfind("seed-", 0) == 0) ++there;
        if (there != made_) std::fprintf(stderr, "%zu seeds are there, %zu are made\n", there, made_);
        return same_ && there == made_ && made_ != 0;
    }

  private:
    void complain(const std::filesystem::path& file) {
        std::fprintf(stderr, "%s is not what the tables say\n", file.c_str());
        same_ = false;
    }

    std::filesystem::path root_;
    bool checks_;
    bool same_ = true;
    size_t made_ = 0;
};

constexpr int closes = 2;
constexpr int at_once = 4;
constexpr bytes early = "220 ready";

void handshakes(library& to) {
    for (const drive::conversation& c : drive::conversations) {
        to.add("client", c.what, seed().put(closes).put(socks::lenient).put(7).put(c.request).put(c.server));
        to.add(
            "client", std::string(c.what) + ", all at once",
            seed().put(closes | at_once).put(socks::lenient).put(7).put(c.request).put(c.server).put(early));
        to.add("server", c.what, seed().put(0).put(7).put(c.server_options).put(c.app).put(c.client));
        to.add("server", std::string(c.what) + ", and more",
               seed().put(0).put(7).put(c.server_options).put(c.app).put(c.client).put(early));
        to.add("pair", c.what,
               seed().put(socks::lenient).put(7).put(c.server_options).put(c.app).put(c.request));
    }
    for (const drive::refusal& r : drive::refusals)
        if (r.used >= 2)
            to.add("client", r.what,
                   seed().put(closes).put(socks::lenient).put(7).put(r.request).put(r.server));
    for (const drive::rejection& r : drive::rejections)
        if (r.client.size() >= 8)
            to.add("server", r.what,
                   seed().put(closes).put(7).put(r.server_options).put(r.app).put(r.client));
    // The first conversations over SOCKS5, as the hops of one route.
    const drive::conversation& named = drive::conversations[5];
    const drive::conversation& four = drive::conversations[3];
    to.add("chain", "two proxies",
           seed()
               .put(0)
               .put(socks::lenient)
               .put(7)
               .put(2)
               .put(named.request)
               .put(four.request)
               .put(four.request.to)
               .put(named.server)
               .put(four.server));
    to.add("chain", "three proxies, pipelined",
           seed()
               .put(4)
               .put(socks::lenient)
               .put(7)
               .put(3)
               .put(four.request)
               .put(named.request)
               .put(four.request)
               .put(named.request.to)
               .put(four.server)
               .put(named.server)
               .put(four.server));
    to.add("chain", "SOCKS4a behind SOCKS5",
           seed()
               .put(closes)
               .put(socks::lenient)
               .put(7)
               .put(2)
               .put(four.request)
               .put(drive::conversations[2].request)
               .put(named.request.to)
               .put(four.server)
               .put(drive::conversations[2].server));
    to.add("chain", "a proxy that refuses",
           seed()
               .put(closes)
               .put(socks::lenient)
               .put(7)
               .put(2)
               .put(four.request)
               .put(four.request)
               .put(four.request.to)
               .put(four.server)
               .put(bytes("05 00 05 02"_bytes)));
    to.add("chain", "three proxies, of which the second ends the stream",
           seed()
               .put(closes)
               .put(socks::lenient)
               .put(7)
               .put(3)
               .put(four.request)
               .put(named.request)
               .put(four.request)
               .put(named.request.to)
               .put(four.server)
               .put(named.server));
    // Steps with ever more bytes shown, and every answer in turn.
    for (const size_t i : {size_t{1}, size_t{5}, size_t{6}}) {
        const drive::conversation& c = drive::conversations[i];
        to.add("abuse", std::string("a client, ") + c.what,
               seed()
                   .put(0)
                   .put(socks::lenient)
                   .counted("\xf2\xf2\xf2\xf6\xf2\xe1\xf2\xf2")
                   .put(c.request)
                   .put(c.request)
                   .put(c.server));
        to.add("abuse", std::string("a server, ") + c.what,
               seed()
                   .put(1)
                   .put(socks::lenient)
                   .counted("\xfc\xfc\xfc\xfa\xfc\xfc\xfb\xfc\xfb\xfc\xf9\xfc")
                   .put(c.server_options)
                   .put(c.app)
                   .put(c.client));
    }
}

// Calls of a server that come too early, or that the end of the stream or a lack of room comes before. Each
// byte of `calls` is a call: see abuse_server().
void calls_out_of_turn(library& to) {
    const auto add = [&](const char* what, bytes calls, const drive::conversation& c) {
        to.add(
            "abuse", what,
            seed().put(1).put(socks::lenient).counted(calls).put(c.server_options).put(c.app).put(c.client));
    };
    const drive::conversation& login = drive::conversations[5];
    const drive::conversation& negotiates = drive::conversations[8];
    add("the end of the stream before an answer", "\xe4\xe4\xe0\xe4\xea\xe4\xe3\xe4", login);
    add("an answer without room for it", "\xe4\xe4\x0a\xe4\xea\xe4\x03\xe4\xe3\xe4", login);
    add("a verdict before the credentials", "\xe4\xea\xe4\xe4\xe4", login);
    add("a result before the sub-negotiation", "\xe4\xe9\xe4\xe4", negotiates);
    add("a result of the sub-negotiation", "\xe4\xe4\xe9\xe4\xe4", negotiates);
}

// Each text is as long as it may be. Every byte differs from its neighbour, so that a shift by one shows.
void limits(library& to) {
    std::string letters;
    for (char i = 0; letters.size() < 255; i = static_cast<char>((i + 1) % 26))
        letters += static_cast<char>('a' + i);
    const bytes longest = letters;
    const std::string login = "\1\xff" + letters + "\xff" + letters;
    const std::string reply = std::string("\5\0\0\3\xff", 5) + letters + "\x1f\x90";
    const std::string request = std::string("\5\1\0\3\xff", 5) + letters + "\x1f\x90";
    const std::string request4 = std::string("\4\1\x1f\x90\0\0\0\1", 8) + letters + '\0' + letters + '\0';
    const socks::request asked{.to = {socks::host::as_received(longest), 8080},
                               .credentials = {longest, longest}};
    const drive::application answers{
        .answers = {{socks::code5::succeeded, {socks::host::as_received(longest), 8080}}}};
    const socks::server_options logs_in{.methods = socks::method::username_password};
    to.add("client", "the longest texts",
           seed().put(closes).put(socks::lenient).put(7).put(asked).put("\5\2\1\0").put(reply));
    to.add("server", "the longest texts",
           seed().put(0).put(7).put(logs_in).put(answers).put("\5\1\2").put(login).put(request));
    to.add("pair", "the longest texts",
           seed().put(socks::lenient).put(7).put(logs_in).put(answers).put(asked));
    to.add("socks4", "the longest request", seed().put(0).put(socks::lenient).put(request4));
    to.add("socks5", "the longest request", seed().put(2).put(socks::lenient).put(request));
    to.add("socks5", "the longest name there and back",
           seed().put(4).put(socks::lenient).put(1).put(4).counted(longest).u16(8080));
    to.add("username_password", "the longest request", seed().put(0).put(socks::lenient).put(login));
    to.add("gssapi", "a token of 256 bytes",
           seed().put(0).put(socks::lenient).put(0).u16(1000).put("\1\1\1").put(0).put(letters + '!'));
    to.add("udp_over_tcp", "256 bytes",
           seed().put("\1").put(std::string("\0\x0a\1\x08\x08\4\4\0\x35", 9)).put(letters + '!'));
    to.add("tor", "the longest token", seed().put(0).counted(longest.first(239)).put(1).u16(1).u16(2));
    to.add("tor", "a token that is too long", seed().put(0).counted(longest.first(240)).put(1).u16(1).u16(2));
}

void messages(library& to) {
    for (const auto& m : seeds::messages)
        to.add(m.target, m.what, seed().put(m.which).put(socks::lenient).put(m.bytes));
    for (const auto& t : seeds::texts) to.add(t.target, t.what, seed().put(t.which).put(t.bytes));
    for (const auto& i : seeds::inputs) to.add(i.target, i.what, seed().put(i.bytes));
}

}  // namespace

int main(int argc, char** argv) {
    const bool checks = argc == 3 && std::string(argv[1]) == "--check";
    if (argc != 2 && !checks) {
        std::fprintf(stderr, "usage: %s [--check] DIRECTORY\n", argv[0]);
        return 2;
    }
    library corpus(argv[argc - 1], checks);
    handshakes(corpus);
    calls_out_of_turn(corpus);
    limits(corpus);
    messages(corpus);
    return corpus.settle() ? 0 : 1;
}
