// careless_client FAULT VERSION HOST PORT TARGET_HOST TARGET_PORT [USER PASSWORD]
// A client of SOCKS4a and SOCKS5 with one fault, so that socks-check is seen to find it. It passes standard
// input to the destination and prints what comes back. It has no fault if FAULT is "none".

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

std::string_view fault;
bool has(std::string_view name) { return fault == name; }

struct failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

int proxy = -1;
std::string early;  // received after a message

void send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(proxy, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0) throw failure("cannot send");
        bytes.remove_prefix(static_cast<size_t>(n));
    }
}

std::string receive_some() {
    char room[1024];
    const ssize_t n = ::recv(proxy, room, sizeof room, 0);
    if (n == 0 && has("spins_at_the_end")) {
        ::alarm(0);
        for (;;) ::usleep(1000);
    }
    if (n <= 0) throw failure("the proxy has ended the connection");
    return {room, static_cast<size_t>(n)};
}

std::string receive(size_t size) {
    if (early.empty()) early = receive_some();
    if (early.size() < size && has("takes_a_part_for_all")) throw failure("a short answer");
    while (early.size() < size) early += receive_some();
    const std::string bytes = early.substr(0, size);
    early.erase(0, size);
    return bytes;
}

// A text of at most 255 bytes after its length.
std::string counted(std::string_view text) {
    if (text.size() > 255 && !has("lets_lengths_wrap")) throw failure("a text is too long");
    return static_cast<char>(text.size()) + std::string(text);
}

std::string port_of(const char* text) {
    const auto port = static_cast<unsigned>(std::atoi(text));
    std::string bytes{static_cast<char>(port >> 8), static_cast<char>(port & 0xff)};
    if (has("swaps_the_port")) std::swap(bytes[0], bytes[1]);
    return bytes;
}

std::string destination5(const char* host, const char* port) {
    char address[16];
    if (::inet_pton(AF_INET, host, address) == 1 && !has("sends_addresses_as_names"))
        return '\x01' + std::string(address, 4) + port_of(port);
    const bool six = ::inet_pton(AF_INET6, host, address) == 1;
    if (six && has("keeps_brackets")) return '\x03' + counted('[' + std::string(host) + ']') + port_of(port);
    if (six) return '\x04' + std::string(address, 16) + port_of(port);
    std::string name = host;
    if (has("counts_a_NUL")) name += '\0';
    return '\x03' + counted(name) + port_of(port);
}

std::string login_of(char** words) {
    if (words[0] == nullptr) return {};
    return (has("sends_login_version_5") ? '\x05' : '\x01') + counted(words[0]) + counted(words[1]);
}

void log_in(const std::string& login) {
    if (!has("sends_the_login_early")) send_all(login);
    const std::string status = receive(2);
    if (status[1] != 0 && !has("ignores_the_login_status")) throw failure("the login is refused");
}

// Reads the rest of a reply of SOCKS5 after its first four bytes.
void read_bound_address(char type) {
    size_t size = 4;
    if (type == 3) size = static_cast<unsigned char>(receive(1)[0]);
    if (type == 4) size = 16;
    if (type == 3 && has("refuses_bound_names")) throw failure("an unknown address type");
    if (type == 3 && size > 127 && has("crashes_on_long_names")) std::abort();
    if (has("expects_a_bound_ipv4_address")) size = type == 3 ? 3 : 4;
    receive(size + 2);
}

void refused(const std::string& why) {
    if (has("sends_after_a_refusal")) send_all("GET / HTTP/1.0\r\n\r\n");
    if (has("prints_what_follows_a_refusal")) std::fwrite(early.data(), 1, early.size(), stdout);
    if (has("exits_with_0_after_a_refusal")) std::exit(0);
    throw failure(why);
}

void shake_hands5(char** target, char** words) {
    const std::string login = login_of(words);
    std::string methods = login.empty() ? std::string(1, '\0') : std::string("\x00\x02", 2);
    if (has("sends_the_login_early")) methods = '\x02';
    if (has("offers_0xff")) methods += '\xff';
    std::string greeting = '\x05' + counted(methods);
    if (has("miscounts_its_methods")) greeting[1] = 1;
    std::string request = std::string("\x05\x01\x00", 3) + destination5(target[0], target[1]);
    if (has("sends_RSV_1")) request[2] = 1;
    if (has("asks_for_BIND")) request[1] = 2;
    const bool pipelines = has("does_not_wait");
    send_all(pipelines ? greeting + request : greeting);
    if (has("sends_the_login_early")) send_all(login);
    const std::string selection = receive(2);
    if (selection[0] != 5 && !has("accepts_every_version")) throw failure("a wrong version");
    const bool offered = methods.find(selection[1]) != std::string::npos && selection[1] != '\xff';
    if (!offered && !has("accepts_every_method")) throw failure("a method that was not offered");
    if (selection[1] == 2 || has("sends_the_login_unasked")) log_in(login);
    if (!pipelines) send_all(request);
    if (has("reads_10_bytes_as_reply")) {
        const std::string head = receive(10);
        if (head[0] != 5) throw failure("a wrong version");
        if (head[1] != 0) refused("the proxy refuses");
        return;
    }
    const std::string reply = receive(4);
    if (reply[0] != 5 && !has("accepts_every_version")) throw failure("a wrong version");
    if (reply[1] != 0 && !has("ignores_the_reply")) refused("the proxy refuses");
    read_bound_address(reply[3]);
    if (has("sends_its_request_twice")) send_all(request);
}

void shake_hands4(char** target, char** words) {
    char address[4] = {0, 0, 0, 1};
    const bool named = ::inet_pton(AF_INET, target[0], address) != 1;
    std::string request = std::string("\x04\x01", 2) + port_of(target[1]) + std::string(address, 4);
    request += words[0] == nullptr ? "" : words[0];
    if (has("forgets_the_user_ID")) request.resize(8);
    request += '\0';
    if (named) request += target[0] + std::string(1, '\0');
    send_all(request);
    const std::string reply = receive(8);
    if (reply[0] != 0 && !has("accepts_every_version")) throw failure("a wrong version");
    if (reply[1] != 90 && !has("ignores_the_reply") && !(reply[1] == 0 && has("takes_0_for_granted")))
        refused("the proxy refuses");
}

void connect_to_proxy(const char* host, const char* port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::atoi(port)));
    ::inet_pton(AF_INET, host, &to.sin_addr);
    proxy = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(proxy, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return;
    if (has("exits_with_0_without_a_proxy")) std::exit(0);
    throw failure("cannot connect");
}

void carry() {
    char room[4096];
    for (ssize_t n = 0; (n = ::read(STDIN_FILENO, room, sizeof room)) > 0;)
        send_all({room, static_cast<size_t>(n)});
    if (!has("loses_early_data")) std::fwrite(early.data(), 1, early.size(), stdout);
    for (;;) {
        const ssize_t n = ::recv(proxy, room, sizeof room, 0);
        if (n == 0 || (n < 0 && has("takes_a_reset_for_the_end"))) return;
        if (n < 0) throw failure("the connection is reset");
        std::fwrite(room, 1, static_cast<size_t>(n), stdout);
    }
}

}  // namespace

int main(int count, char** list) {
    if (count != 7 && count != 9) return 2;
    fault = list[1];
    std::signal(SIGALRM, [](int) { ::_exit(1); });
    if (!has("waits_for_ever")) ::alarm(8);
    try {
        connect_to_proxy(list[3], list[4]);
        if (list[2] == std::string_view("4"))
            shake_hands4(list + 5, list + 7);
        else
            shake_hands5(list + 5, list + 7);
        carry();
        return 0;
    } catch (const failure& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
