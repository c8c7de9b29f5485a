// The memory of a handshake: the size of each type that a program stores, and the memory of up to a million
// handshakes at once. It also proves that none of them allocates, because it counts operator new and malloc.
// It prints two tables and the count.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>

#include <socks/socks.hpp>

extern "C" void* __libc_malloc(size_t);
extern "C" void* __libc_calloc(size_t, size_t);
extern "C" void* __libc_realloc(void*, size_t);

namespace {

unsigned long allocations = 0;

}  // namespace

// NOLINTBEGIN: the C library's own names.
extern "C" void* malloc(size_t n) {
    ++allocations;
    return __libc_malloc(n);
}
extern "C" void* calloc(size_t n, size_t size) {
    ++allocations;
    return __libc_calloc(n, size);
}
extern "C" void* realloc(void* p, size_t n) {
    ++allocations;
    return __libc_realloc(p, n);
}
// NOLINTEND

void* operator new(size_t n) {
    ++allocations;
    return __libc_malloc(n);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace {

constexpr size_t many = 1'000'000;

// A client and its server in the middle of a handshake, both waiting for each other's next bytes.
struct pending {
    socks::client client;
    socks::server server;
};

// Bytes of the pages at `from` that the system has given memory to.
size_t resident(void* from, size_t size) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    static unsigned char pages[many * sizeof(pending) / 4096 + 1];
    if (mincore(from, size, pages) != 0) std::exit(1);
    size_t sum = 0;
    for (size_t i = 0; i * page < size; ++i) sum += pages[i] & 1U;
    return sum * page;
}

// Moves what one side sends to the other until both wait, `limit` times at most; whether the handshake is
// done.
bool drive(pending& p, const socks::request& request, int limit) {
    char tx[socks::client::max_output];
    char answer[socks::server::max_output];
    socks::bytes to_server;
    socks::bytes to_client;
    for (int turn = 0; turn < limit; ++turn) {
        const auto c = p.client.step(request, to_client, tx);
        if (c.next() == socks::client::next::done) return true;
        if (c.next() != socks::client::next::send) return false;
        to_server = c.data();
        for (to_client = {}; to_client.empty();) {
            const auto s = p.server.step(to_server, answer);
            to_server = to_server.subspan(s.consumed());
            switch (s.next()) {
                case socks::server::next::send: to_client = s.data(); break;
                case socks::server::next::authenticate:
                    to_client = p.server.authenticated(s.user() == "john", answer).data();
                    break;
                case socks::server::next::serve:
                    to_client =
                        p.server.answer({socks::code5::succeeded, {socks::ipv4{192, 0, 2, 7}, 1080}}, answer)
                            .data();
                    break;
                case socks::server::next::recv:
                case socks::server::next::negotiate:
                case socks::server::next::wait:
                case socks::server::next::done:
                case socks::server::next::fail: return false;
            }
        }
    }
    return false;
}

// Adds what was allocated in its scope.
class counted_allocations {
  public:
    explicit counted_allocations(unsigned long& sum) : sum_(sum), before_(allocations) {}
    ~counted_allocations() { sum_ += allocations - before_; }
    counted_allocations(const counted_allocations&) = delete;
    counted_allocations& operator=(const counted_allocations&) = delete;

  private:
    unsigned long& sum_;
    unsigned long before_;
};

// Otherwise clang leaves out an allocation that nobody uses.
template <class T>
void opaque(T*& p) {
    asm volatile("" : "+r"(p) : : "memory");
}

template <class T>
void show(const char* name) {
    std::printf("| `%s` | %zu |\n", name, sizeof(T));
}

}  // namespace

int main() {
    std::puts("| type | bytes |\n| --- | ---: |");
    show<socks::client>("client");
    show<socks::server>("server");
    show<socks::chain>("chain");
    show<socks::client::action>("client::action");
    show<socks::server::action>("server::action");
    show<socks::encoded>("encoded");
    show<socks::message_size>("message_size");
    show<socks::decoded<socks::request5>>("decoded<request5>");
    show<socks::host>("host");
    show<socks::endpoint>("endpoint");
    show<socks::request>("request");
    show<socks::reply>("reply");
    show<socks::datagram>("datagram");
    show<socks::inbox<socks::client::max_input>>("inbox<client::max_input>");
    show<socks::inbox<socks::server::max_input>>("inbox<server::max_input>");
    show<socks::outbox<socks::client::max_output>>("outbox<client::max_output>");
    show<socks::outbox<socks::server::max_pending>>("outbox<server::max_pending>");

    const socks::request request{.to = {"files.example.com", 443},
                                 .credentials = {"john", "foo"},
                                 .methods = {socks::method::none, socks::method::username_password}};
    constexpr size_t room = many * sizeof(pending);
    void* const memory = mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    auto* const all = static_cast<pending*>(memory);
    std::puts("\n| handshakes at once | bytes of each |\n| ---: | ---: |");
    unsigned long made = 0;
    size_t begun = 0;
    for (size_t count = 1000; count <= many; count *= 10) {
        const counted_allocations counting(made);
        for (; begun < count; ++begun) {
            new (&all[begun]) pending{{}, socks::server({.methods = socks::method::username_password})};
            if (drive(all[begun], request, 1)) return 1;
        }
        const size_t held = resident(memory, room);
        std::printf("| %zu | %.1f |\n", count, static_cast<double>(held) / static_cast<double>(count));
    }
    bool complete = true;
    {
        const counted_allocations counting(made);
        for (size_t i = 0; i < many; ++i) {
            pending fresh{{}, socks::server({.methods = socks::method::username_password})};
            complete = complete && drive(fresh, request, 8);
        }
    }
    unsigned long noticed = 0;
    {
        const counted_allocations counting(noticed);
        void* plain = std::malloc(begun);
        opaque(plain);
        std::free(plain);
        auto* made_new = new pending(all[0]);
        opaque(made_new);
        delete made_new;
    }
    std::printf("\nAllocations in two million handshakes: %lu. (In two allocations: %lu.)\n", made, noticed);
    return complete && made == 0 && noticed == 2 ? 0 : 1;
}
