// Copies that own their texts: they outlive their origin, can be moved anywhere, and keep their meaning.

#include <socks/core/stored.hpp>

#include <memory>
#include <type_traits>
#include <utility>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

static_assert(std::is_trivially_copyable_v<stored_reply> &&
              std::is_nothrow_move_constructible_v<stored_request>);
// The comments say how many bytes a copy is.
static_assert(sizeof(stored_endpoint) <= 300 && sizeof(stored_reply) <= 310 && sizeof(stored_request) <= 850);
static_assert(sizeof(stored_endpoint) >= 280 && sizeof(stored_reply) >= 285 && sizeof(stored_request) >= 750);
static_assert(std::is_convertible_v<const stored_reply&, reply> &&
              !std::is_convertible_v<stored_reply, reply>);
static_assert(std::is_convertible_v<const stored_request&, request> &&
              !std::is_convertible_v<stored_request, request>);
static_assert(std::is_convertible_v<const stored_endpoint&, endpoint> &&
              !std::is_convertible_v<stored_endpoint, endpoint>);

// A name that is gone when this returns.
constexpr stored_reply an_answer(char first) {
    char name[] = {first, 'i', 'l', 'e', 's', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e'};
    const reply r{code5::succeeded, {host::as_received(bytes(name, sizeof name)), 1080}};
    const stored_reply kept = r;
    for (char& c : name) c = '?';
    return kept;
}

constexpr void a_stored_reply_outlives_its_message(check& t) {
    const stored_reply one = an_answer('f');
    stored_reply other = an_answer('m');
    t.ok(one.view().bound == endpoint{"files.example", 1080} && one.view().code == code5::succeeded);
    t.ok(other.view().bound == endpoint{"miles.example", 1080});
    other = one;
    const reply r = other;
    t.ok(r.bound == endpoint{"files.example", 1080} &&
         r.bound.host.name().data() != one.view().bound.host.name().data());
    const stored_reply moved = std::move(other);
    t.ok(moved.view().bound == r.bound);
    const stored_reply nothing;
    t.ok(nothing.code == reply().code && nothing.view().bound == endpoint{});
}
PROVE_AND_RUN(a_stored_reply_outlives_its_message)

constexpr void a_stored_endpoint_is_the_same_endpoint(check& t) {
    message<255> longest;
    longest.letters(255);
    for (const endpoint& e :
         {endpoint{}, endpoint{"192.0.2.7", 80}, endpoint{"[2001:db8::1]", 81}, endpoint{"h.example", 82},
          endpoint{host::as_received("192.0.2.7"), 83}, endpoint{host::as_received("a\0b"), 84},
          endpoint{host::as_received({}), 85}, endpoint{host(bytes("a:b")), 86},
          endpoint{host::as_received(longest.view()), 87}}) {
        const auto entered = t.in();
        const stored_endpoint kept = e;
        const stored_endpoint copy = kept;
        const endpoint same = copy;
        t.ok(same == e && same.host.is_sendable() == e.host.is_sendable());
        const char* const place = copy.view().host.name().data();
        t.ok(same.host.name().empty() ||
             (same.host.name().data() == place && kept.view().host.name().data() != place));
    }
}
PROVE_AND_RUN(a_stored_endpoint_is_the_same_endpoint)

constexpr bool same(const socks::request& a, const socks::request& b) {
    return a.version == b.version && a.command == b.command && a.to == b.to &&
           a.credentials.given == b.credentials.given && a.credentials.user == b.credentials.user &&
           a.credentials.password == b.credentials.password && a.methods.as_bytes() == b.methods.as_bytes();
}

constexpr stored_request asked(char first) {
    char texts[] = {first, 'o', 'h', 'n', 's', 'e', 'c', 'r', 'e', 't', 'f', '.', 'e', 'x'};
    const stored_request kept = socks::request{.version = version::v4a,
                                               .command = command::bind,
                                               .to = {host(bytes(texts + 10, 4)), 443},
                                               .credentials = {bytes(texts, 4), bytes(texts + 4, 6)},
                                               .methods = {method::gssapi, method::username_password}};
    for (char& c : texts) c = '?';
    return kept;
}

constexpr void a_stored_request_outlives_its_texts(check& t) {
    stored_request request = asked('j');
    const socks::request expected{.version = version::v4a,
                                  .command = command::bind,
                                  .to = {"f.ex", 443},
                                  .credentials = {"john", "secret"},
                                  .methods = {method::gssapi, method::username_password}};
    t.ok(same(request, expected));
    const stored_request copy = request;
    request = asked('r');
    t.ok(request.view().credentials.user == "rohn" && same(copy, expected));
    const stored_request moved = std::move(request);
    t.ok(moved.view().credentials.user == "rohn" && moved.view().credentials.password == "secret");
    request = moved.view();
    t.ok(same(request, moved));
    const stored_request nothing;
    t.ok(nothing.view().version == version::v5 && nothing.view().command == command::connect);
    t.ok(same(nothing, socks::request{}));
}
PROVE_AND_RUN(a_stored_request_outlives_its_texts)

constexpr void no_credentials_stay_none_and_empty_ones_stay_given(check& t) {
    const stored_request none = socks::request{.to = {"a.example", 80}};
    const stored_request empty = socks::request{.to = {"a.example", 80}, .credentials = {"", ""}};
    t.ok(!none.view().credentials.given && none.view().offer().as_bytes() == "00"_bytes);
    t.ok(empty.view().credentials.given && empty.view().offer().as_bytes() == "02"_bytes);
}
PROVE_AND_RUN(no_credentials_stay_none_and_empty_ones_stay_given)

// The user ID of SOCKS4 needs no password, and so nothing that is given.
constexpr void a_user_that_is_not_given_is_kept(check& t) {
    message<300> text;
    text.letters(300);
    socks::request r{.version = version::v4, .to = {"192.0.2.7", 80}};
    r.credentials.user = "john";
    r.credentials.password = "secret";
    const stored_request kept = r;
    t.ok(same(kept, r) && kept.view().credentials.user == "john" && !kept.view().credentials.given);
    const bytes users[] = {text.view(), "a\0b"};
    for (const bytes user : users) {
        const auto entered = t.in(user);
        r.credentials.user = user;
        const stored_request wrong = r;
        t.ok(validate(r) == errc::bad_user && validate(wrong) == errc::bad_user);
    }
}
PROVE_AND_RUN(a_user_that_is_not_given_is_kept)

constexpr void what_may_not_be_asked_stays_so(check& t) {
    message<300> text;
    text.letters(300);
    for (const size_t n : {size_t{255}, size_t{256}, size_t{300}}) {
        const auto entered = t.in(n);
        const bytes longer = text.view().first(n);
        const request requests[] = {
            {.to = {"a.example", 80}, .credentials = {longer, "foo"}},
            {.to = {"a.example", 80}, .credentials = {"john", longer}},
            {.to = {host(longer), 80}},
            {.version = version::v4, .to = {"192.0.2.7", 80}, .credentials = {"a\0b", ""}},
            {.to = {"a.example", 80}, .methods = method::no_acceptable}};
        for (const socks::request& r : requests) {
            const auto nested = t.in();
            const stored_request kept = r;
            t.ok(validate(kept) == validate(r));
        }
    }
}
PROVE_AND_RUN(what_may_not_be_asked_stays_so)

constexpr void clearing_a_stored_request_wipes_its_credentials(check& t) {
    stored_request request = socks::request{.to = {"a.example", 80}, .credentials = {"john", "secret"}};
    const bytes user = request.view().credentials.user;
    const bytes password = request.view().credentials.password;
    request.clear();
    t.ok(user == "00 00 00 00"_bytes && password == "00 00 00 00 00 00"_bytes &&
         !request.view().credentials.given);
}
PROVE_AND_RUN(clearing_a_stored_request_wipes_its_credentials)

void a_stored_request_leaves_no_password_behind(check& t) {
    alignas(stored_request) char storage[sizeof(stored_request)];
    auto* const request = ::new (storage) stored_request(socks::request{.credentials = {"john", "secret"}});
    t.ok(bytes(storage, sizeof storage).contains('j'));
    request->~stored_request();
    bool found = false;
    for (size_t i = 0; i + 6 <= sizeof storage; ++i)
        found = found || bytes(storage + i, 6) == "secret" || bytes(storage + i, 4) == "john";
    t.ok(!found);
}
RUN(a_stored_request_leaves_no_password_behind)

}  // namespace
