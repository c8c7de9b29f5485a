// A failed send gives -1; to Winsock and to this mailbox it is an int.
// says: deleted (member )?function
// says: test_the_result_of_send_first = (int|long|long int)

#include <socks/socks.hpp>

void transmitted(socks::outbox<524>& tx, int result) {
#if defined(REFUSED)
    tx.consume(result);
#else
    if (result >= 0) tx.consume(static_cast<size_t>(result));
#endif
}
