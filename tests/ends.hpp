// The three ways to call a machine, behind one interface: plain views, an inbox, an inbox and an outbox.

#ifndef SOCKS_TESTS_ENDS_HPP
#define SOCKS_TESTS_ENDS_HPP

#include "tape.hpp"

namespace drive {

// Plain views. Every call gets its input and its room in memory of their own, exactly as large as they say;
// both are overwritten and freed before the next call, so that a machine which kept a pointer is found out.
class plain {
  public:
    constexpr plain() = default;
    plain(const plain&) = delete;
    plain& operator=(const plain&) = delete;
    constexpr ~plain() { forget(); }

    template <class Machine, class... Request>
    constexpr typename Machine::action step(Machine& machine, const Request&... request) {
        forget();
        in_size_ = unread_.size();
        in_ = new char[in_size_];
        for (size_t i = 0; i < in_size_; ++i) in_[i] = unread_.data()[i];
        const typename Machine::action a =
            machine.step(request..., bytes(in_, in_size_), fresh(Machine::max_output));
        drop(a.consumed());
        return a;
    }

    constexpr void send(bytes data, tape& sent) { sent.put(data); }
    template <class Server>
    constexpr void authenticate(Server& machine, bool granted, tape& sent) {
        forget();
        sent.put(machine.authenticated(granted, fresh(Server::max_output)).data());
    }
    template <class Server>
    constexpr void answer(Server& machine, const socks::reply& outcome, tape& sent) {
        forget();
        sent.put(machine.answer(outcome, fresh(Server::max_output)).data());
    }

    // `portion` lies behind what was received before, in the peer's own bytes.
    constexpr void receive(bytes portion) {
        unread_ = {unread_.empty() ? portion.data() : unread_.data(), unread_.size() + portion.size()};
    }
    constexpr void drop(size_t n) { unread_ = unread_.subspan(n); }
    [[nodiscard]] constexpr bytes remaining() const { return unread_; }
    [[nodiscard]] constexpr size_t room() const { return SIZE_MAX; }

  private:
    constexpr socks::buffer fresh(size_t room) {
        out_size_ = room;
        out_ = new char[room];
        return {out_, room};
    }

    constexpr void forget() {
        for (size_t i = 0; i < in_size_; ++i) in_[i] = '\xdd';
        for (size_t i = 0; i < out_size_; ++i) out_[i] = '\xdd';
        delete[] in_;
        delete[] out_;
        in_ = out_ = nullptr;
        in_size_ = out_size_ = 0;
    }

    bytes unread_;
    char* in_ = nullptr;
    char* out_ = nullptr;
    size_t in_size_ = 0;
    size_t out_size_ = 0;
};

// An inbox, by default of the least size that every machine takes, and a plain buffer.
template <size_t Input = socks::server::max_input>
class boxed_in {
  public:
    template <class Machine, class... Request>
    constexpr typename Machine::action step(Machine& machine, const Request&... request) {
        return machine.step(request..., in_, socks::buffer(out_));
    }

    constexpr void send(bytes data, tape& sent) { sent.put(data); }
    template <class Server>
    constexpr void authenticate(Server& machine, bool granted, tape& sent) {
        sent.put(machine.authenticated(granted, out_).data());
    }
    template <class Server>
    constexpr void answer(Server& machine, const socks::reply& outcome, tape& sent) {
        sent.put(machine.answer(outcome, out_).data());
    }

    constexpr void receive(bytes portion) {
        const socks::buffer to = in_.prepare(portion.size());
        for (size_t i = 0; i < portion.size(); ++i) to.data()[i] = portion.data()[i];
        in_.commit(portion.size());
    }
    constexpr void drop(size_t n) { in_.consume(n); }
    [[nodiscard]] constexpr bytes remaining() const { return in_.data(); }
    [[nodiscard]] constexpr size_t room() const { return in_.capacity - in_.data().size(); }

  protected:
    socks::inbox<Input> in_;

  private:
    char out_[socks::client::max_output] = {};
};
using boxed = boxed_in<>;

// An inbox and an outbox. The socket takes `Portion` bytes at a time, and now and then none.
template <size_t Portion, size_t Input = socks::server::max_input,
          size_t Pending = socks::server::max_pending>
class posted : boxed_in<Input> {
  public:
    using boxed_in<Input>::drop;
    using boxed_in<Input>::receive;
    using boxed_in<Input>::remaining;
    using boxed_in<Input>::room;

    template <class Machine, class... Request>
    constexpr typename Machine::action step(Machine& machine, const Request&... request) {
        return machine.step(request..., this->in_, post_);
    }

    constexpr void send(bytes data, tape& sent) {
        const size_t n = ++sends_ % 3 == 0 ? 0 : Portion < data.size() ? Portion : data.size();
        sent.put(data.first(n));
        post_.consume(n);
    }
    template <class Server>
    constexpr void authenticate(Server& machine, bool granted, tape&) {
        machine.authenticated(granted, post_);
    }
    template <class Server>
    constexpr void answer(Server& machine, const socks::reply& outcome, tape&) {
        machine.answer(outcome, post_);
    }

  private:
    socks::outbox<Pending> post_;
    size_t sends_ = 0;
};

}  // namespace drive

#endif
