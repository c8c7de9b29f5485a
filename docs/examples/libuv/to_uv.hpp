// The bytes of a view as a buffer of libuv.

#ifndef EXAMPLES_LIBUV_TO_UV_HPP
#define EXAMPLES_LIBUV_TO_UV_HPP

#include <uv.h>

#include <socks/core/bytes.hpp>

inline uv_buf_t to_uv(socks::bytes data) {
    uv_buf_t all;
    all.base = const_cast<char*>(data.data());  // uv_write only reads the bytes
    all.len = data.size();
    return all;
}

#endif
