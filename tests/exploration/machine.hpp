// A machine of any type as the exploration sees it: its bytes, and functions that call it. So the walk is
// compiled once, although each set of parts is a type of its own.

#ifndef SOCKS_TESTS_EXPLORATION_MACHINE_HPP
#define SOCKS_TESTS_EXPLORATION_MACHINE_HPP

#include "messages.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <type_traits>

namespace exploration {

// The bytes of a machine.
using image = std::array<unsigned char, 16>;

template <class Machine>
image image_of(Machine m) {
    static_assert(std::is_trivially_copyable_v<Machine> && sizeof(Machine) <= sizeof(image));
    __builtin_clear_padding(&m);  // the bits beside bit-fields, which a copy need not keep
    image made{};
    std::memcpy(made.data(), &m, sizeof m);
    return made;
}

// Calls `use` with the machine whose bytes are `of`, and puts its bytes back.
template <class Machine, class Use>
auto with(image& of, Use use) {
    Machine m;
    std::memcpy(static_cast<void*>(&m), of.data(), sizeof m);
    if constexpr (std::is_void_v<decltype(use(m))>) {
        use(m);
        of = image_of(m);
    } else {
        auto result = use(m);
        of = image_of(m);
        return result;
    }
}

// The actions of all machines.
enum class act : uint8_t { send, recv, authenticate, negotiate, serve, bound, wait, done, fail, unknown };

inline const char* to_string(act a) {
    constexpr const char* names[] = {"send",  "recv", "authenticate", "negotiate", "serve",
                                     "bound", "wait", "done",         "fail",      "an unknown action"};
    return names[static_cast<size_t>(a)];
}

// What a step or an answer returned. A copy, because the action borrows input and output.
struct said {
    act next = act::wait;
    size_t consumed = 0;
    size_t number = 0;  // recv: needed(); no_space: required()
    socks::errc error = socks::errc::none;
    uint8_t byte = 0;
    std::string sent{};   // the bytes to send
    std::string told{};   // what the other accessors return
    std::string early{};  // done: the bytes after the handshake
    friend bool operator==(const said&, const said&) = default;

    [[nodiscard]] bool lacks_space() const { return error == socks::errc::no_space; }
};

// What the caller has been asked and has not answered.
enum class question : uint8_t { none, credentials, negotiation, request, second_answer };

// A call that answers a question.
struct answer {
    const char* name;
    const char* label;  // in a diagram
    question to;
    bool positive;
    std::function<said(image&, socks::buffer)> make;
};

// A machine with its options and, for a client, its request.
struct machine {
    std::string name;
    const char* option = "";  // which a diagram names
    image fresh{};
    bool strict = false;                    // empty credentials are not accepted
    bool full_refusals = false;             // a refusal is read to its end
    bool serves_anyone = false;             // no authentication is required
    size_t ahead = 2;                       // bytes that arrive although the machine can go on without them
    uint8_t done = 0, failed = 0;           // states
    std::vector<std::string> prefixes{""};  // received before the walk begins
    std::vector<answer> answers{};
    std::function<said(image&, socks::bytes, socks::buffer)> step{};
    std::function<uint8_t(image)> state{};
    std::function<void(image&)> end_of_stream{};
    std::function<void(image&, socks::errc)> stream_failed{};
    std::function<size_t(image)> hop{};              // of a chain
    std::function<message(image)> expects{};         // the message that it receives next
    std::function<socks::methods(image)> offered{};  // or accepted
    bool (*suits)(uint8_t state, act) = nullptr;     // whether a step can return it and end there
    std::string (*name_of_state)(uint8_t) = nullptr;
    // For diagrams: the name of a message that was read or sent in a state, during BIND or not.
    std::function<std::string(uint8_t state, const std::string&)> name_of_read{};
    std::function<std::string(uint8_t state, const std::string&, bool binds)> name_of_sent{};
};

// The calls that every machine has.
template <class Machine>
void add_common_calls(machine& m) {
    m.state = [](image i) {
        return with<Machine>(i, [](Machine& of) { return static_cast<uint8_t>(of.state()); });
    };
    m.end_of_stream = [](image& i) { with<Machine>(i, [](Machine& of) { of.end_of_stream(); }); };
    m.stream_failed = [](image& i, socks::errc why) {
        with<Machine>(i, [&](Machine& of) { of.stream_failed(why); });
    };
    for (const bool succeeded : {true, false})
        m.answers.push_back({succeeded ? "negotiated(true)" : "negotiated(false)", "negotiated(true)",
                             question::negotiation, succeeded, [succeeded](image& i, socks::buffer) {
                                 with<Machine>(i, [&](Machine& of) { of.negotiated(succeeded); });
                                 return said{};
                             }});
}

inline std::string text(socks::bytes b) { return {b.data(), b.size()}; }

// The part of an action that all machines have. Another action is unknown until the caller names it.
template <class Action>
said said_by(const Action& a) {
    said s;
    s.consumed = a.consumed();
    using next = std::remove_cvref_t<decltype(a.next())>;
    s.next = act::unknown;
    if (a.next() == next::wait) s.next = act::wait;
    if (a.next() == next::send) {
        s.next = act::send;
        s.sent = text(a.data());
    }
    if (a.next() == next::recv) {
        s.next = act::recv;
        s.number = a.needed();
    }
    if (a.next() == next::fail) {
        s.next = act::fail;
        s.error = a.error();
        if (s.lacks_space())
            s.number = a.required();
        else
            s.byte = a.byte();
    }
    return s;
}

// An endpoint as text, for said::told.
inline std::string told(const socks::endpoint& e) {
    std::string made(1, static_cast<char>(e.host.kind()));
    if (e.host.kind() == socks::host_kind::name) made += text(e.host.name());
    if (e.host.kind() == socks::host_kind::ipv4)
        for (const uint8_t byte : e.host.v4().bytes) made += static_cast<char>(byte);
    if (e.host.kind() == socks::host_kind::ipv6)
        for (const uint8_t byte : e.host.v6().bytes) made += static_cast<char>(byte);
    return made + static_cast<char>(e.port >> 8) + static_cast<char>(e.port & 0xff);
}

}  // namespace exploration

#endif
