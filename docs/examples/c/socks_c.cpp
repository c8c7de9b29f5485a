// The interface of socks_c.h over the machines of the library. This is the only file in C++. Compile it with
// -fno-exceptions -fno-rtti: nothing in it throws.

#include "socks_c.h"

#include <string.h>

#include <new>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>

namespace {

// A machine and its mailboxes: what the storage of a socks_client or a socks_server contains.
template <class Machine, size_t Output>
struct handshake {
    Machine machine;
    socks::inbox<Machine::max_input> rx;
    socks::outbox<Output> tx;

    void sent(size_t n) noexcept {
        tx.consume(n);
        if (tx.empty()) tx.clear();  // wipes the password
    }

    void failed(socks_error why) noexcept {
        tx.clear();  // otherwise the next step would return its bytes
        machine.stream_failed(static_cast<socks::errc>(why));
    }
};

using client_machine = socks::basic_client<socks::feature::all - socks::feature::other_methods>;
using client = handshake<client_machine, client_machine::max_output>;
using server = handshake<socks::server, socks::server::max_pending>;

static_assert(sizeof(client) <= sizeof(socks_client) && alignof(client) <= alignof(socks_client));
static_assert(sizeof(server) <= sizeof(socks_server) && alignof(server) <= alignof(socks_server));

client& in(socks_client* c) noexcept { return *std::launder(reinterpret_cast<client*>(c)); }
server& in(socks_server* s) noexcept { return *std::launder(reinterpret_cast<server*>(s)); }
const client& in(const socks_client* c) noexcept { return *std::launder(reinterpret_cast<const client*>(c)); }
const server& in(const socks_server* s) noexcept { return *std::launder(reinterpret_cast<const server*>(s)); }

// The numbers of the header are those of the library, so a cast converts them.
constexpr bool has_the_same_numbers() {
    using enum socks::errc;
    constexpr struct {
        socks_error c;
        socks::errc library;
    } errors[] = {
        {SOCKS_ERROR_NONE, none},
        {SOCKS_ERROR_PEER_IS_HTTP, peer_is_http},
        {SOCKS_ERROR_PEER_IS_TLS, peer_is_tls},
        {SOCKS_ERROR_PEER_IS_SSH, peer_is_ssh},
        {SOCKS_ERROR_NOT_SOCKS, not_socks},
        {SOCKS_ERROR_BAD_VERSION, bad_version},
        {SOCKS_ERROR_AUTHENTICATION_REQUIRED, authentication_required},
        {SOCKS_ERROR_BAD_ADDRESS_TYPE, bad_address_type},
        {SOCKS_ERROR_EMPTY_NAME, empty_name},
        {SOCKS_ERROR_NUL_IN_NAME, nul_in_name},
        {SOCKS_ERROR_NAME_TOO_LONG, name_too_long},
        {SOCKS_ERROR_USER_TOO_LONG, user_too_long},
        {SOCKS_ERROR_NO_METHODS, no_methods},
        {SOCKS_ERROR_NO_ACCEPTABLE_METHOD, no_acceptable_method},
        {SOCKS_ERROR_METHOD_NOT_OFFERED, method_not_offered},
        {SOCKS_ERROR_CREDENTIALS_REFUSED, credentials_refused},
        {SOCKS_ERROR_NEGOTIATION_FAILED, negotiation_failed},
        {SOCKS_ERROR_REFUSED, refused},
        {SOCKS_ERROR_BAD_COMMAND, bad_command},
        {SOCKS_ERROR_CLOSED, closed},
        {SOCKS_ERROR_TRUNCATED, truncated},
        {SOCKS_ERROR_CLOSED_WHILE_BOUND, closed_while_bound},
        {SOCKS_ERROR_TIMED_OUT, timed_out},
        {SOCKS_ERROR_STREAM_FAILED, stream_failed},
        {SOCKS_ERROR_OUT_OF_TURN, out_of_turn},
        {SOCKS_ERROR_FINISHED, finished},
        {SOCKS_ERROR_BAD_HOST, bad_host},
        {SOCKS_ERROR_NO_HOST, no_host},
        {SOCKS_ERROR_BAD_USER, bad_user},
        {SOCKS_ERROR_BAD_PASSWORD, bad_password},
        {SOCKS_ERROR_COMMAND_OVER_SOCKS4, command_over_socks4},
        {SOCKS_ERROR_NAME_OVER_SOCKS4, name_over_socks4},
        {SOCKS_ERROR_IPV6_OVER_SOCKS4, ipv6_over_socks4},
        {SOCKS_ERROR_RESERVED_OVER_SOCKS4, reserved_over_socks4},
        {SOCKS_ERROR_BAD_PORT, bad_port},
        {SOCKS_ERROR_BAD_HOST_BYTE, bad_host_byte},
        {SOCKS_ERROR_BAD_COUNT, bad_count},
    };
    constexpr struct {
        socks_code c;
        socks::code5 library;
    } codes[] = {
        {SOCKS_SUCCEEDED, socks::code5::succeeded},
        {SOCKS_GENERAL_FAILURE, socks::code5::general_failure},
        {SOCKS_NOT_ALLOWED, socks::code5::not_allowed},
        {SOCKS_NETWORK_UNREACHABLE, socks::code5::network_unreachable},
        {SOCKS_HOST_UNREACHABLE, socks::code5::host_unreachable},
        {SOCKS_CONNECTION_REFUSED, socks::code5::connection_refused},
        {SOCKS_TTL_EXPIRED, socks::code5::ttl_expired},
        {SOCKS_COMMAND_NOT_SUPPORTED, socks::code5::command_not_supported},
        {SOCKS_ADDRESS_TYPE_NOT_SUPPORTED, socks::code5::address_type_not_supported},
    };
    for (const auto& [c, library] : errors)
        if (static_cast<int>(c) != static_cast<int>(library)) return false;
    for (const auto& [c, library] : codes)
        if (static_cast<int>(c) != static_cast<int>(library)) return false;
    return true;
}
static_assert(has_the_same_numbers());

socks::bytes from_c(socks_bytes b) noexcept { return {b.data, b.size}; }
socks_bytes to_c(socks::bytes b) noexcept { return {b.data(), b.size()}; }
socks_buffer to_c(socks::buffer b) noexcept { return {b.data(), b.capacity()}; }
socks_error to_c(socks::errc e) noexcept { return static_cast<socks_error>(e); }

socks_version to_c(socks::version v) noexcept {
    switch (v) {
        case socks::version::v4: return SOCKS_VERSION_4;
        case socks::version::v4a: return SOCKS_VERSION_4A;
        case socks::version::v5: break;
    }
    return SOCKS_VERSION_5;
}

socks::version from_c(socks_version v) noexcept {
    switch (v) {
        case SOCKS_VERSION_4: return socks::version::v4;
        case SOCKS_VERSION_4A: return socks::version::v4a;
        case SOCKS_VERSION_5: break;
    }
    return socks::version::v5;
}

socks_endpoint to_c(const socks::endpoint& e) noexcept {
    socks_endpoint c{};
    c.port = e.port;
    const socks::bytes name = e.host.name();
    switch (e.host.kind()) {
        case socks::host_kind::ipv4:
            c.kind = SOCKS_HOST_IPV4;
            memcpy(c.address, e.host.v4().bytes, 4);
            break;
        case socks::host_kind::ipv6:
            c.kind = SOCKS_HOST_IPV6;
            memcpy(c.address, e.host.v6().bytes, 16);
            break;
        case socks::host_kind::name:
            c.kind = SOCKS_HOST_NAME;
            memcpy(c.name, name.data(), name.size());  // at most 255 bytes
            break;
        case socks::host_kind::bad:  // not in a message that was received
        case socks::host_kind::none: break;
    }
    return c;
}

// The name in the result points into `c`.
socks::endpoint from_c(const socks_endpoint& c) noexcept {
    socks::endpoint e{{}, c.port};
    switch (c.kind) {
        case SOCKS_HOST_IPV4: {
            socks::ipv4 address;
            memcpy(address.bytes, c.address, 4);
            e.host = address;
            break;
        }
        case SOCKS_HOST_IPV6: {
            socks::ipv6 address;
            memcpy(address.bytes, c.address, 16);
            e.host = address;
            break;
        }
        case SOCKS_HOST_NAME: e.host = socks::bytes(c.name, strnlen(c.name, sizeof c.name)); break;
        case SOCKS_HOST_NONE: break;
    }
    return e;
}

socks::request from_c(const socks_request& c) noexcept {
    socks::request request{.version = from_c(c.version), .to = from_c(c.to)};
    if (c.command != 0) request.command = static_cast<socks::command>(c.command);
    if (c.user.data != nullptr) request.credentials = {from_c(c.user), from_c(c.password)};
    return request;
}

template <class Action>
socks_failure failure_of(const Action& failed) noexcept {
    if (failed.error() != socks::errc::refused) return {to_c(failed.error()), SOCKS_VERSION_5, 0};
    return {SOCKS_ERROR_REFUSED, to_c(failed.code().version), failed.code().value};
}

}  // namespace

socks_bytes socks_text(const char* string) { return {string, string == nullptr ? 0 : strlen(string)}; }

bool socks_equal(socks_bytes a, socks_bytes b) { return socks::constant_time_equal(from_c(a), from_c(b)); }

socks_error socks_parse_endpoint(const char* text, socks_endpoint* endpoint) {
    const auto parsed = socks::parse_endpoint(from_c(socks_text(text)));
    if (parsed) *endpoint = to_c(*parsed);
    return to_c(parsed.error());
}

const char* socks_format_endpoint(const socks_endpoint* endpoint, char text[SOCKS_MAX_ENDPOINT_TEXT]) {
    static_assert(SOCKS_MAX_ENDPOINT_TEXT > socks::max_text_endpoint);
    text[socks::format(from_c(*endpoint), {text, SOCKS_MAX_ENDPOINT_TEXT - 1}).size()] = '\0';
    return text;
}

const char* socks_describe(const socks_failure* failure, char text[SOCKS_MAX_FAILURE_TEXT]) {
    static_assert(SOCKS_MAX_FAILURE_TEXT > socks::max_text_outcome);
    socks::outcome outcome = static_cast<socks::errc>(failure->error);
    if (failure->error == SOCKS_ERROR_REFUSED)
        outcome = socks::reply_code(from_c(failure->version), failure->code);
    text[socks::format(outcome, {text, SOCKS_MAX_FAILURE_TEXT - 1}).size()] = '\0';
    return text;
}

socks_code socks_code_for_errno(int number, const socks_endpoint* to) {
    const socks::host host = to == nullptr ? socks::host() : from_c(*to).host;
    return static_cast<socks_code>(socks::code_for(socks::dial_error_from_errno(number, host)));
}

socks_code socks_code_for_getaddrinfo(int result, int number) {
    return static_cast<socks_code>(socks::code_for(socks::dial_error_from_getaddrinfo(result, number)));
}

void socks_client_init(socks_client* c) { new (c) client; }

socks_client_action socks_client_step(socks_client* c, const socks_request* request) {
    using next = client_machine::next;
    auto& [machine, rx, tx] = in(c);
    const auto s = machine.step(from_c(*request), rx, tx);
    socks_client_action now{};
    switch (s.next()) {
        case next::send:
            now.next = SOCKS_CLIENT_SEND;
            now.data = to_c(s.data());
            break;
        case next::recv:
            now.next = SOCKS_CLIENT_RECV;
            now.room = to_c(rx.prepare(s.needed()));
            break;
        case next::bound:
            now.next = SOCKS_CLIENT_BOUND;
            now.bound = to_c(s.bound());
            break;
        case next::done:
            now.next = SOCKS_CLIENT_DONE;
            now.bound = to_c(s.result().reply.bound);
            break;
        case next::fail:
            now.next = SOCKS_CLIENT_FAIL;
            now.failure = failure_of(s);
            break;
        case next::negotiate:
        case next::wait: break;  // not in a machine without feature::other_methods
    }
    return now;
}

void socks_client_sent(socks_client* c, size_t n) { in(c).sent(n); }
void socks_client_received(socks_client* c, size_t n) { in(c).rx.commit(n); }
void socks_client_end_of_stream(socks_client* c) { in(c).machine.end_of_stream(); }
void socks_client_failed(socks_client* c, socks_error why) { in(c).failed(why); }
const char* socks_client_state(const socks_client* c) { return to_string(in(c).machine.state()); }

void socks_server_init(socks_server* s, const uint8_t* methods, size_t count) {
    socks::server_options options{.methods = {}};
    for (size_t i = 0; i < count; ++i) options.methods.add(static_cast<socks::method>(methods[i]));
    if (count > socks::methods::max) options.methods.add(socks::method::no_acceptable);
    new (s) server{.machine = socks::server(options), .rx = {}, .tx = {}};
}

socks_server_action socks_server_step(socks_server* s) {
    using next = socks::server::next;
    auto& [machine, rx, tx] = in(s);
    const auto step = machine.step(rx, tx);
    socks_server_action now{};
    switch (step.next()) {
        case next::send:
            now.next = SOCKS_SERVER_SEND;
            now.data = to_c(step.data());
            break;
        case next::recv:
            now.next = SOCKS_SERVER_RECV;
            now.room = to_c(rx.prepare());
            break;
        case next::authenticate:
            now.next = SOCKS_SERVER_AUTHENTICATE;
            now.user = to_c(step.user());
            now.password = to_c(step.password());
            break;
        case next::negotiate:
            now.next = SOCKS_SERVER_NEGOTIATE;
            now.method = static_cast<uint8_t>(step.method());
            break;
        case next::serve:
            now.next = SOCKS_SERVER_SERVE;
            now.version = to_c(step.version());
            now.command = static_cast<uint8_t>(step.command());
            now.user = to_c(step.user());
            now.to = to_c(step.to());
            break;
        case next::wait: now.next = SOCKS_SERVER_WAIT; break;
        case next::done:
            now.next = SOCKS_SERVER_DONE;
            now.data = to_c(step.result().early);
            break;
        case next::fail:
            now.next = SOCKS_SERVER_FAIL;
            now.failure = failure_of(step);
            break;
    }
    return now;
}

void socks_server_sent(socks_server* s, size_t n) { in(s).sent(n); }
void socks_server_received(socks_server* s, size_t n) { in(s).rx.commit(n); }
void socks_server_end_of_stream(socks_server* s) { in(s).machine.end_of_stream(); }
void socks_server_failed(socks_server* s, socks_error why) { in(s).failed(why); }
const char* socks_server_state(const socks_server* s) { return to_string(in(s).machine.state()); }

void socks_server_authenticated(socks_server* s, bool accepted) {
    in(s).machine.authenticated(accepted, in(s).tx);
}

void socks_server_negotiated(socks_server* s, bool succeeded) { in(s).machine.negotiated(succeeded); }

void socks_server_answer(socks_server* s, socks_code code, const socks_endpoint* bound) {
    socks::reply reply{static_cast<socks::code5>(code), {}};
    if (bound != nullptr) reply.bound = from_c(*bound);
    in(s).machine.answer(reply, in(s).tx);
}

socks_bytes socks_server_input(const socks_server* s) { return to_c(in(s).rx.data()); }
void socks_server_consume(socks_server* s, size_t n) { in(s).rx.consume(n); }
void socks_server_wipe(socks_server* s) { socks::wipe({reinterpret_cast<char*>(s), sizeof *s}); }
