// A failed recv gives -1, which would be 4 billion bytes.
// says: deleted (member )?function
// says: test_the_result_of_recv_first = (long|int|long int)

#include <socks/socks.hpp>

void received(socks::inbox<520>& rx, long result) {
#if defined(REFUSED)
    rx.commit(result);
#else
    if (result > 0) rx.commit(static_cast<size_t>(result));
#endif
}
