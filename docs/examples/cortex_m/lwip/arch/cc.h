/* What lwIP needs to know about the compiler and the board. */
#ifndef EXAMPLES_CORTEX_M_CC_H
#define EXAMPLES_CORTEX_M_CC_H

#include <stdint.h>

#define BYTE_ORDER LITTLE_ENDIAN
#define LWIP_NO_CTYPE_H 1
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) __builtin_trap()
#define LWIP_RAND() random_number()

#ifdef __cplusplus
extern "C" {
#endif
uint32_t random_number(void);
#ifdef __cplusplus
}
#endif

#endif
