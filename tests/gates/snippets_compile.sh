#!/bin/sh
# The snippets of README.md, docs/io_models.md and docs/guides compile as they stand, each as the body of a function, with
# what a reader has to bring. A snippet that begins with "// NAME.cpp" is a complete program, which tests/pages runs.
# usage: snippets_compile.sh SOURCE_DIR SCRATCH_FILE COMPILER [OPTION...]
set -eu
source=$1
scratch=$2
shift 2

# The snippets of a page, each as a function.
snippets_of() {
    awk '/^```cpp$/ {n++; begins = inside = 1; next}
         /^```$/ && inside {if (!program) print "}"; program = inside = 0; next}
         begins {begins = 0; program = /^\/\/ [a-z_]+\.cpp/; if (!program) print "void snippet" n "() {"}
         inside && !program && !/^#include/ {print}' "$1"
}

# A fence that is written otherwise would hide its snippet.
if grep -nE '^[[:space:]]*(```|~~~)' "$source/README.md" "$source/docs/io_models.md" "$source"/docs/guides/*.md |
    grep -vE ':```(cpp|cmake|sh|text|yaml)?$'; then
    echo 'a fence of another form'
    exit 1
fi

{
    cat <<'END'
#include <errno.h>
#include <sys/socket.h>
#include <socks/system/errno.hpp>
#include <socks/socks.hpp>
#include <socks/system/error_code.hpp>
#include <socks/system/sockaddr.hpp>
extern int fd;
extern size_t max_token;
extern socks::bytes hello, text, token, user, password;
extern socks::endpoint proxy, to;
extern socks::reply reply;
extern socks::client::action s;
extern socks::server handshake;
extern socks::inbox<socks::server::max_input> rx;
extern socks::outbox<socks::server::max_pending> tx;
extern char out[4096];
void write_all(int, socks::bytes);
size_t write_some(int, socks::bytes);
size_t read_some(int, socks::buffer);
void tell_peer(const socks::endpoint&);
bool known(socks::bytes, socks::bytes);
template <size_t N> bool authenticate(socks::method, socks::inbox<N>&);
socks::stored_reply ask(const socks::request&);
std::error_code ask(int);
template <size_t N> socks::bytes unwrap(socks::inbox<N>&, socks::gssapi_type);
socks::bytes hmac_md5(socks::bytes, socks::bytes);
socks::reply dial(socks::command, socks::endpoint);
socks::endpoint look_up(socks::endpoint);
void relay(int, socks::bytes);
void relay(int, const socks::reply&, socks::bytes);
struct received { socks::endpoint from; ssize_t size; };
void report(const socks::outcome&);
void report(size_t, socks::errc);
void report(size_t, const socks::outcome&, socks::client::early_messages);
void send_to(socks::endpoint, socks::bytes);
received receive_from(socks::buffer);
void use(socks::endpoint, socks::bytes);
void take(socks::bytes);
void try_later();
void ask_operator();
void close_connection(int);
extern int64_t deadline;
int64_t now();
void log(const char*, const char*);
END
    for page in "$source/README.md" "$source"/docs/guides/*.md; do
        echo "namespace $(basename "$page" .md) {"
        snippets_of "$page"
        echo '}'
    done
    cat <<'END'
namespace io_models {
struct foreign_buffer;
extern foreign_buffer& input;
extern socks::request request;
extern socks::client handshake;
extern socks::inbox<socks::client::max_input> rx;
extern socks::outbox<socks::client::max_output> tx;
extern char out[socks::client::max_output];
void start_send(int, socks::bytes);
void start_receive(int, socks::buffer);
void finish(const socks::client::action&);
socks::bytes front_of(const foreign_buffer&);
void drain(foreign_buffer&, size_t);
void use(socks::bytes);
void watch_readable(int);
void watch_writable(int);
void stop_deadline();
void report(const socks::outcome&, int);
END
    snippets_of "$source/docs/io_models.md"
    echo '}'
} > "$scratch"
[ "$(grep -c '^void snippet' "$scratch")" -ge 24 ] || { echo 'a page has lost a snippet'; exit 1; }
"$@" -Wno-shadow -Wno-unused-variable -Wno-unused-but-set-variable -fsyntax-only -xc++ "$scratch"
