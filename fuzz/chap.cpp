// CHAP messages with every limit: the decoder keeps its invariants, accepts no message above the limit, and
// each message that it finds encodes to the bytes it came from.

#include "requests.hpp"

using namespace fuzzing;

namespace {

// The attribute that counts; there is one.
size_t first_of(socks::chap_type type, const socks::chap_attribute* list) {
    size_t i = 0;
    while (list[i].type != type) ++i;
    return i;
}

//     limit  message
void message(input in) {
    const size_t limit = in.u16();
    const bytes rest = in.rest();
    const auto decode = [&](bytes b) { return socks::decode_chap(b, limit); };
    const auto whole = decode(rest);
    demand(whole.needed() <= (limit < 4 ? 4 : limit));
    const size_t used = decode_checked(rest, decode);
    if (used == 0) return;
    demand(used <= limit && rest[0] == 1);
    socks::chap_attribute list[255];
    size_t count = 0;
    bool granted = false;
    bool denied = false;
    for (const socks::chap_attribute a : *whole) {
        demand(count < 255 && a.value.size() <= 255);
        const bool status = a.type == socks::chap_type::status;
        const bool zero = a.value.size() == 1 && a.value[0] == 0;
        granted = granted || (status && zero);
        denied = denied || (status && !zero);
        list[count++] = a;
    }
    demand(count == rest[1] && whole->succeeded() == (granted && !denied));
    for (size_t i = 0; i < count; ++i) {
        const size_t first = first_of(list[i].type, list);
        demand(whole->value(list[i].type) == list[first].value);
    }
    demand(encode_exactly([&](buffer out) { return socks::encode_chap(list, count, out); }) ==
           text(rest.first(used)));
}

//     count  (type  length  value)...
void attributes(input in) {
    socks::chap_attribute list[255];
    const size_t count = in.byte();
    for (size_t i = 0; i < count; ++i) {
        list[i].type = static_cast<socks::chap_type>(in.byte());
        list[i].value = in.counted();
    }
    if (count == 0) {
        demand(socks::encode_chap(list, count, {}).error() == errc::bad_attribute);
        return;
    }
    const std::string made = encode_exactly([&](buffer out) { return socks::encode_chap(list, count, out); });
    const auto d = socks::decode_chap(made, made.size());
    demand(d && d.consumed() == made.size());
    size_t i = 0;
    for (const socks::chap_attribute a : *d) {
        demand(a.type == list[i].type && a.value == list[i].value);
        ++i;
    }
    demand(i == count);
}

}  // namespace

//     what  bytes
void fuzz(input in) {
    const uint8_t which = in.byte() % 2;
    in.byte();  // the tolerance, which CHAP has no use for
    if (which == 0)
        message(in);
    else
        attributes(in);
}
