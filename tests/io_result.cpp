// A result is a number of bytes, a pause or a failure, and no signed number becomes one.

#include <socks/core/io_result.hpp>

#include <type_traits>

#include "check.hpp"

namespace {

using ::check;
using socks::errc;
using socks::io;
using socks::io_result;

static_assert(std::is_convertible_v<size_t, io_result> && std::is_convertible_v<unsigned, io_result>);
static_assert(!std::is_convertible_v<int, io_result> && !std::is_convertible_v<ptrdiff_t, io_result> &&
              !std::is_convertible_v<bool, io_result> && !std::is_convertible_v<double, io_result>);
enum counted : unsigned {};
static_assert(!std::is_convertible_v<counted, io_result>);
static_assert(std::is_trivially_copyable_v<io_result>);

constexpr void a_result_is_a_number_a_pause_or_a_failure(check& t) {
    const io_result seven = 7U;
    t.ok(seven.size() == 7 && seven.error() == errc::none);
    t.ok(!seven.is(io::would_block) && !seven.is(io::interrupted));
    const io_result blocked = io::would_block;
    t.ok(blocked.is(io::would_block) && !blocked.is(io::interrupted) && blocked.size() == 0);
    const io_result again = io::interrupted;
    t.ok(again.is(io::interrupted) && !again.is(io::would_block) && again.error() == errc::none);
    const io_result broken = errc::stream_failed;
    t.ok(broken.error() == errc::stream_failed && broken.size() == 0 && !broken.is(io::would_block));
    t.ok(io_result(errc::none).error() == errc::out_of_turn);
    t.ok(seven == io_result(7U) && seven != io_result(8U) && blocked != again && blocked != io_result(0U));
}
PROVE_AND_RUN(a_result_is_a_number_a_pause_or_a_failure)

}  // namespace
