// What refuses a literal in constant evaluation are functions that nobody defines. Defined here, they tell at
// run time which literals call them: those of tests/compile_fail, and no others.

#include "../check.hpp"

namespace {

int refused_arrays = 0;
int refused_hosts = 0;

}  // namespace

namespace socks::detail {

void a_char_array_without_closing_nul_is_not_a_literal() noexcept { ++refused_arrays; }
void this_text_is_neither_an_address_nor_a_host_name() noexcept { ++refused_hosts; }

}  // namespace socks::detail

namespace {

using ::check;

void an_array_is_refused_where_its_last_byte_is_no_nul(check& t) {
    const char closed[] = {'f', 'o', 'o', '\0'};
    const char open[] = {'f', 'o', 'o'};
    t.ok(socks::bytes(closed) == socks::bytes("foo") && refused_arrays == 0);
    t.ok(socks::bytes(open).size() == 2 && refused_arrays == 1);
}
RUN(an_array_is_refused_where_its_last_byte_is_no_nul)

void a_host_is_refused_where_its_text_is_bad(check& t) {
    t.ok(socks::host("files.example.com").kind() == socks::host_kind::name);
    t.ok(socks::host("192.0.2.1").kind() == socks::host_kind::ipv4 && refused_hosts == 0);
    t.ok(socks::host("localhost:80").kind() == socks::host_kind::bad && refused_hosts == 1);
    t.ok(socks::host("1.2.3").kind() == socks::host_kind::bad && refused_hosts == 2);
}
RUN(a_host_is_refused_where_its_text_is_bad)

}  // namespace
