// Proxies as URIs: which are read, which are refused and at which byte, and that no password is printed.

#include <socks/text/uri.hpp>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

// Reads `text` from storage of exactly its size, into room of exactly `size`.
struct reading {
    exact_copy from;
    exact_copy into;
    parsed<proxy_uri> uri;

    constexpr explicit reading(bytes text, size_t size = max_uri_credentials,
                               proxy_scheme plain = proxy_scheme::socks4)
        : from(text),
          into(message<max_uri_credentials>().letters(size).view()),
          uri(parse_proxy_uri(from.view(), into.room(), plain)) {}
};

constexpr bool reads(bytes text, version via, bool resolve_here, const endpoint& proxy,
                     const credentials& who = {}) {
    const reading r(text);
    return r.uri && r.uri.error() == errc::none && r.uri.position() == 0 && r.uri->version == via &&
           r.uri->resolve_here == resolve_here && r.uri->proxy == proxy && same(r.uri->credentials, who);
}

// `text` is refused for `why` at `at`.
constexpr bool refused(bytes text, errc why, size_t at, size_t room = max_uri_credentials) {
    const reading r(text, room);
    return !r.uri && r.uri.error() == why && r.uri.position() == at;
}

constexpr void four_schemes_say_version_and_who_resolves(check& t) {
    const endpoint proxy{"proxy.example", 1081};
    t.ok(reads("socks4://proxy.example:1081", version::v4, true, proxy));
    t.ok(reads("socks4a://proxy.example:1081", version::v4a, false, proxy));
    t.ok(reads("socks5://proxy.example:1081", version::v5, true, proxy));
    t.ok(reads("socks5h://proxy.example:1081", version::v5, false, proxy));
    t.ok(reads("SOCKS5H://proxy.example:1081", version::v5, false, proxy));
    t.ok(reads("sOcKs4A://proxy.example:1081", version::v4a, false, proxy));
}
PROVE_AND_RUN(four_schemes_say_version_and_who_resolves)

// GNOME writes socks:// into ALL_PROXY.
constexpr void socks_alone_is_what_the_caller_says(check& t) {
    const endpoint proxy{"proxy.example", 1081};
    t.ok(reads("socks://proxy.example:1081/", version::v4, true, proxy));
    t.ok(reads("SOCKS://john@proxy.example:1081", version::v4, true, proxy, {"john"}));
    t.ok(refused("socks://john:foo@p", errc::bad_password, 13));
    char room[max_uri_credentials] = {};
    t.ok((*parse_proxy_uri("socks://proxy.example", room)).version == version::v4);
    const struct {
        proxy_scheme plain;
        version via;
        bool resolve_here;
        bytes printed;
    } rows[] = {{proxy_scheme::socks4, version::v4, true, "socks4://p:1080"},
                {proxy_scheme::socks4a, version::v4a, false, "socks4a://p:1080"},
                {proxy_scheme::socks5, version::v5, true, "socks5://p:1080"},
                {proxy_scheme::socks5h, version::v5, false, "socks5h://p:1080"}};
    for (const auto& row : rows) {
        const auto entered = t.in();
        const reading plain("socks://p", max_uri_credentials, row.plain);
        t.ok(plain.uri && plain.uri->version == row.via && plain.uri->resolve_here == row.resolve_here);
        char out[max_text_uri] = {};
        t.ok(format(*plain.uri, out).data() == row.printed);
        // Whoever says more is not asked what socks:// means.
        const reading full("socks5://p", max_uri_credentials, row.plain);
        t.ok(full.uri && full.uri->version == version::v5 && full.uri->resolve_here);
        const reading five_h("socks5h://p", max_uri_credentials, row.plain);
        t.ok(five_h.uri && five_h.uri->version == version::v5 && !five_h.uri->resolve_here);
        const reading four("socks4://p", max_uri_credentials, row.plain);
        t.ok(four.uri && four.uri->version == version::v4 && four.uri->resolve_here);
        const reading four_a("socks4a://p", max_uri_credentials, row.plain);
        t.ok(four_a.uri && four_a.uri->version == version::v4a && !four_a.uri->resolve_here);
    }
    const reading login("socks://john:foo@p", max_uri_credentials, proxy_scheme::socks5h);
    t.ok(login.uri && login.uri->credentials.password == "foo");
}
PROVE_AND_RUN(socks_alone_is_what_the_caller_says)

constexpr void other_schemes_are_refused(check& t) {
    t.ok(refused("", errc::bad_scheme, 0) && refused("proxy.example", errc::bad_scheme, 0));
    t.ok(refused("http://proxy.example", errc::bad_scheme, 0) && refused("://h", errc::bad_scheme, 0));
    t.ok(refused("sock://h", errc::bad_scheme, 0) && refused("socks6://h", errc::bad_scheme, 0));
    t.ok(refused("sockss://h", errc::bad_scheme, 0) && refused("socksh://h", errc::bad_scheme, 0));
    t.ok(refused("socks", errc::bad_scheme, 5) && refused("socks:/h", errc::bad_scheme, 7));
    t.ok(refused("socks5a://h", errc::bad_scheme, 0) && refused("socks4h://h", errc::bad_scheme, 0));
    t.ok(refused(" socks5://h", errc::bad_scheme, 0) && refused("\x73ock\x13"
                                                                "5://h",
                                                                errc::bad_scheme, 0));
    t.ok(refused("socks5", errc::bad_scheme, 6) && refused("socks5:", errc::bad_scheme, 7));
    t.ok(refused("socks5h:/", errc::bad_scheme, 9) && refused("socks4:/h", errc::bad_scheme, 8));
    t.ok(refused("socks4:h", errc::bad_scheme, 7) && refused("socks5h//h:80", errc::bad_scheme, 0));
    t.ok(refused("socks5:./h", errc::bad_scheme, 7) && refused("socks5:/.h", errc::bad_scheme, 8));
}
PROVE_AND_RUN(other_schemes_are_refused)

constexpr void a_port_left_out_is_1080(check& t) {
    t.ok(reads("socks5h://proxy.example", version::v5, false, {"proxy.example", 1080}));
    t.ok(reads("socks4://192.0.2.7/", version::v4, true, {ipv4{192, 0, 2, 7}, 1080}));
    t.ok(reads("socks5://[2001:db8::1]", version::v5, true, {"2001:db8::1", 1080}));
    t.ok(reads("socks5://a:1", version::v5, true, {"a", 1}) &&
         reads("socks5://a:65535/", version::v5, true, {"a", 65535}));
    for (const bytes bad : {bytes("socks5://ab:"), bytes("socks5://ab:0"), bytes("socks5://ab:65536"),
                            bytes("socks5://ab:1o80"), bytes("socks5://ab:-1/"), bytes("socks5://ab:/")})
        t.in(bad).ok(refused(bad, errc::bad_port, 12));
    t.ok(refused("socks5://u:p@[::1]:http", errc::bad_port, 19) &&
         refused("socks5://[::1]:80:90", errc::bad_port, 15));
}
PROVE_AND_RUN(a_port_left_out_is_1080)

constexpr void ipv6_stands_in_brackets(check& t) {
    t.ok(reads("socks5://[2001:db8::1]:1081", version::v5, true, {"2001:db8::1", 1081}));
    t.ok(reads("socks5h://john:foo@[::1]:9050/", version::v5, false, {"::1", 9050}, {"john", "foo"}));
    for (const bytes bad :
         {bytes("socks5://::1"), bytes("socks5://2001:db8::1"), bytes("socks5://fe80::1:80"),
          bytes("socks5://[::1"), bytes("socks5://[]"), bytes("socks5://[::1]x:80"),
          bytes("socks5://[proxy]"), bytes("socks5://[192.0.2.7]"), bytes("socks5://[fe80::1%25eth0]")})
        t.in(bad).ok(refused(bad, errc::bad_host, 9));
}
PROVE_AND_RUN(ipv6_stands_in_brackets)

constexpr void a_host_is_an_address_or_a_name_in_ascii(check& t) {
    t.ok(reads("socks5://my_proxy-1.example.", version::v5, true, {"my_proxy-1.example.", 1080}));
    t.ok(reads("socks5://!$&'()*+,;=~", version::v5, true, {"!$&'()*+,;=~", 1080}));
    for (const bytes bad : {bytes("socks5h://"), bytes("socks5h:///"), bytes("socks5h://:80"),
                            bytes("socks5h://127.1"), bytes("socks5h://192.0.2.256:80")})
        t.in(bad).ok(refused(bad, errc::bad_host, 10));
    t.ok(refused("socks5://john:foo@", errc::bad_host, 18));
    t.ok(refused("socks5://pro xy", errc::bad_host_byte, 12) &&
         refused("socks5://pr%6fxy", errc::bad_host, 11));
    t.ok(refused("socks5://pr\xc3\xb6xy:80", errc::bad_host_byte, 11) &&
         refused("socks5://pro\\xy", errc::bad_host, 12));
    t.ok(refused("socks5://john:foo@[::1 ]:80", errc::bad_host_byte, 22) &&
         refused("socks5h://proxy\r\n:80", errc::bad_host_byte, 15));
    t.ok(refused("socks5://\"roxy", errc::bad_host, 9) && refused("socks5://^", errc::bad_host, 9));
    t.ok(refused("socks5://a\0b", errc::bad_host_byte, 10) && refused("socks5://a]", errc::bad_host, 10));
    message<300> longest;
    longest.put("socks5://").letters(255);
    t.ok((*reading(longest.view()).uri).proxy.host.name().size() == 255);
    t.ok(refused(longest.put("z").view(), errc::bad_host, 9));
}
PROVE_AND_RUN(a_host_is_an_address_or_a_name_in_ascii)

constexpr void a_slash_may_stand_at_the_end_and_nothing_behind_it(check& t) {
    t.ok(reads("socks5://ab/", version::v5, true, {"ab", 1080}));
    t.ok(refused("socks5://ab/x", errc::bad_path, 12) && refused("socks5://ab//", errc::bad_path, 12));
    t.ok(refused("socks5://ab?x", errc::bad_path, 11) && refused("socks5://ab#", errc::bad_path, 11));
    t.ok(refused("socks5://ab/?", errc::bad_path, 12) && refused("socks5://ab/#x", errc::bad_path, 12));
    t.ok(refused("socks5://john:fo/o@ab", errc::bad_path, 17) && refused("socks5://?", errc::bad_path, 9));
}
PROVE_AND_RUN(a_slash_may_stand_at_the_end_and_nothing_behind_it)

constexpr void user_and_password_are_percent_decoded(check& t) {
    const endpoint p{"p", 1080};
    t.ok(reads("socks5://john:foo!@p", version::v5, true, p, {"john", "foo!"}));
    t.ok(reads("socks5h://j%6Fhn:%66o%6f%21@p", version::v5, false, p, {"john", "foo!"}));
    t.ok(reads("socks5://a%40b:%2F%3f%23%3A%25@p", version::v5, true, p, {"a@b", "/?#:%"}));
    t.ok(reads("socks5://a%00b:%FF%c3%B6@p", version::v5, true, p, {"a\0b", "\xff\xc3\xb6"}));
    t.ok(reads("socks5://j@hn:f:o@@p", version::v5, true, p, {"j@hn", "f:o@"}));
    t.ok(reads("socks5://%25%34%31@p", version::v5, true, p, {"%41", ""}));
}
PROVE_AND_RUN(user_and_password_are_percent_decoded)

constexpr void a_percent_sign_takes_two_digits(check& t) {
    // The digits do not come from behind the user or the password.
    t.ok(refused("socks5://john%@12", errc::bad_escape, 13) &&
         refused("socks5://john%4@2", errc::bad_escape, 13));
    t.ok(refused("socks5://a%:12@h", errc::bad_escape, 10) &&
         refused("socks5://a:b%@12", errc::bad_escape, 12));
    t.ok(refused("socks5://jo%@p", errc::bad_escape, 11) && refused("socks5://jo%4@p", errc::bad_escape, 11));
    t.ok(refused("socks5://jo%4g:x@p", errc::bad_escape, 11) &&
         refused("socks5://jo%%41@p", errc::bad_escape, 11));
    t.ok(refused("socks5://john:%@p", errc::bad_escape, 14) &&
         refused("socks5://john:a%f@p", errc::bad_escape, 15));
    t.ok(refused("socks5://j%4:1@p", errc::bad_escape, 10) &&
         refused("socks5://j%4@@p", errc::bad_escape, 10));
}
PROVE_AND_RUN(a_percent_sign_takes_two_digits)

// A9.
constexpr void empty_credentials_are_not_the_same_as_none(check& t) {
    const endpoint p{"p", 1080};
    t.ok(reads("socks5://p", version::v5, true, p, credentials()));
    t.ok(reads("socks5://@p", version::v5, true, p, credentials("", "")));
    t.ok(reads("socks5://:@p", version::v5, true, p, credentials("", "")));
    t.ok(reads("socks5://john@p", version::v5, true, p, credentials("john", "")));
    t.ok(reads("socks5://:foo@p", version::v5, true, p, credentials("", "foo")));
    t.ok(reads("socks4a://@p", version::v4a, false, p, credentials("")));
}
PROVE_AND_RUN(empty_credentials_are_not_the_same_as_none)

// The user ID of SOCKS4, which users asked for.
constexpr void a_user_id_of_socks4_has_a_place(check& t) {
    const endpoint p{"p", 1080};
    t.ok(reads("socks4://jo%68n@p", version::v4, true, p, {"john"}));
    t.ok(reads("socks4://j%F6hn@p", version::v4, true, p, {"j\xf6hn"}));
    t.ok(reads("socks4a://john:@p", version::v4a, false, p, {"john"}));
    t.ok(refused("socks4://john:foo@p", errc::bad_password, 14) &&
         refused("socks4a://:f@p", errc::bad_password, 11));
    t.ok(refused("socks4://jo%00hn@p", errc::bad_user, 11) &&
         refused("socks4a://jo\0hn@p", errc::bad_user, 12));
    const reading r("socks4a://john@p");
    const socks::request request{
        .version = r.uri->version, .to = {"files.example.com", 443}, .credentials = r.uri->credentials};
    char out[client::max_output] = {};
    client machine;
    const auto a = machine.step(request, {}, out);
    t.ok(a.next() == client::next::send);
    t.ok(a.data() == "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes);
}
PROVE_AND_RUN(a_user_id_of_socks4_has_a_place)

// A10, A11: 255 bytes each, counted when decoded.
constexpr void user_and_password_hold_255_bytes_each(check& t) {
    for (const bytes last : {bytes("z"), bytes("%7a")}) {
        const auto entered = t.in(last);
        message<1100> most;
        most.put("socks5://").letters(254).put(last).put(":").letters(254).put(last);
        const size_t before = most.view().size();
        message<1100> more = most;
        const reading r(most.put("@p").view());
        t.ok(r.uri && r.uri->credentials.user.size() == 255 && r.uri->credentials.password.size() == 255);
        t.ok(r.uri->credentials.user[254] == 'z' && r.uri->credentials.password[254] == 'z' &&
             r.uri->credentials.user[0] == 'a');
        t.ok(refused(more.put(last).put("@p").view(), errc::bad_password, before));
    }
    message<300> long_user;
    long_user.put("socks4://").letters(256).put("@p");
    t.ok(refused(long_user.view(), errc::bad_user, 264));
}
PROVE_AND_RUN(user_and_password_hold_255_bytes_each)

constexpr void credentials_need_room_and_nothing_else_does(check& t) {
    t.ok(reading("socks5h://proxy.example:1080", 0).uri && reading("socks5h://:@p", 0).uri);
    const reading exact("socks5://john:f%6fo@p", 7);
    t.ok(exact.uri && exact.uri->credentials.password == "foo");
    t.ok(refused("socks5://john:f%6fo@p", errc::no_space, 18, 6) &&
         refused("socks5://john:f%6fo@p", errc::no_space, 15, 5));
    t.ok(refused("socks5://john:f%6fo@p", errc::no_space, 9, 0) &&
         refused("socks5://john:f%6fo@p", errc::no_space, 12, 3));
}
PROVE_AND_RUN(credentials_need_room_and_nothing_else_does)

constexpr void views_point_where_they_are_said_to(check& t) {
    const reading r("socks5://jo:foo@proxy.example");
    t.ok(r.uri->credentials.user.data() == r.into.view().data() &&
         r.uri->credentials.password.data() == r.into.view().data() + 2);
    t.ok(r.uri->proxy.host.name().data() == r.from.view().data() + 16);
}
PROVE_AND_RUN(views_point_where_they_are_said_to)

// Whatever the text: exactly one verdict, at a place of the text, and no byte looked at that is not there.
void any_text_is_read_or_refused_in_its_place(check& t) {
    constexpr char alphabet[] = "so5h4a:/@%[].?#1\0\xff";
    uint32_t dice = 1;
    for (int round = 0; round < 20000; ++round) {
        const auto entered = t.in(static_cast<size_t>(round));
        message<64> text;
        text.put(round % 3 == 0 ? bytes("socks5://") : round % 3 == 1 ? bytes("SOCKS4a://") : bytes());
        for (dice = dice * 1664525 + 1013904223; (dice >> 16 & 15) != 0 && text.view().size() < 60;
             dice = dice * 1664525 + 1013904223)
            text.put(static_cast<uint8_t>(alphabet[(dice >> 20) % (sizeof alphabet - 1)]));
        const reading r(text.view(), 40);
        t.ok(r.uri.position() <= text.view().size() &&
             static_cast<bool>(r.uri) == (r.uri.error() == errc::none));
        t.ok(!r.uri || r.uri->proxy.host.kind() != host_kind::bad);
    }
    constexpr bytes whole = "socks5h://jo%68n:f%6fo@[2001:db8::1]:1080/";
    for (size_t n = 0; n <= whole.size(); ++n) t.in(n).ok(reading(whole.first(n)).uri.position() <= n);
}
RUN(any_text_is_read_or_refused_in_its_place)

constexpr bool prints(bytes in, bytes out) {
    const reading r(in);
    char room[max_text_uri] = {};
    if (!r.uri) return false;
    const encoded made = format(*r.uri, room);
    return made && made.data() == out;
}

// P3.
constexpr void a_printed_uri_holds_no_password(check& t) {
    t.ok(prints("socks5h://john:secret@[2001:DB8::1]", "socks5h://john:***@[2001:db8::1]:1080"));
    t.ok(prints("socks5://john@proxy.example:81/", "socks5://john:***@proxy.example:81"));
    t.ok(prints("socks5://:@192.0.2.7", "socks5://:***@192.0.2.7:1080"));
    t.ok(prints("SOCKS4://192.0.2.7", "socks4://192.0.2.7:1080"));
    t.ok(prints("socks4://john@proxy.example", "socks4://john@proxy.example:1080"));
    t.ok(prints("socks4a://john@proxy.example", "socks4a://john@proxy.example:1080"));
    t.ok(prints("socks5://j%0Ah%40%C3~n:x@p", "socks5://j%0Ah%40%C3~n:***@p:1080"));
    t.ok(prints("socks5://_-.~%7e%60{|}%7f@p", "socks5://_-.~~%60%7B%7C%7D%7F:***@p:1080"));
}
PROVE_AND_RUN(a_printed_uri_holds_no_password)

constexpr void the_longest_uri_fits_its_room(check& t) {
    message<255> user;
    for (int i = 0; i < 255; ++i) user.put(0xff);
    message<255> name;
    name.letters(255);
    proxy_uri longest{.proxy = {host(name.view()), 65535}, .credentials = {user.view(), "foo"}};
    char room[max_text_uri + 1] = {};
    t.ok(format(longest, room).size() == max_text_uri && format(longest, room).data()[11] == 'F');
    const encoded missed = format(longest, buffer(room, max_text_uri - 1));
    t.ok(missed.error() == errc::no_space && missed.required() == max_text_uri);
}
PROVE_AND_RUN(the_longest_uri_fits_its_room)

}  // namespace
