// Shares a limited number of places among clients: who is next, and how many places one client may have. It
// starts nothing and reads no clock.

#ifndef EXAMPLES_PROXY_TURNS_HPP
#define EXAMPLES_PROXY_TURNS_HPP

#include <deque>
#include <list>
#include <optional>
#include <socks/socks.hpp>

namespace example {

/// Items that wait for a place. Clients take turns, and the items of one client keep their order.
///
/// A client gets another place only while more places are free than it has. So the first client gets half of
/// them, the second one half of the rest, and a client without a place finds one.
template <class Item>
class fair_queue {
  public:
    struct turn {
        socks::host client;
        Item item;
    };

    explicit fair_queue(size_t places) noexcept : free_(places) {}

    /// @param client  an address, not a name.
    void add(const socks::host& client, Item item) { of(client).waiting.push_back(item); }

    /// The client does not wait for `item` any more.
    void remove(const socks::host& client, const Item& item) {
        std::erase(of(client).waiting, item);
        forget_idle(client);
    }

    /// Takes the next item, which has a place until finished().
    [[nodiscard]] std::optional<turn> next() {
        for (auto c = clients_.begin(); c != clients_.end(); ++c) {
            if (c->waiting.empty() || c->places >= free_) continue;
            const turn result{c->client, c->waiting.front()};
            c->waiting.pop_front();
            ++c->places;
            --free_;
            clients_.splice(clients_.end(), clients_, c);  // its next turn is after those of the others
            return result;
        }
        return {};
    }

    /// An item of this client gives its place back.
    void finished(const socks::host& client) {
        --of(client).places;
        ++free_;
        forget_idle(client);
    }

  private:
    struct share {
        socks::host client;
        std::deque<Item> waiting;
        size_t places = 0;
    };

    share& of(const socks::host& client) {
        for (share& s : clients_)
            if (s.client == client) return s;
        return clients_.emplace_back(share{client, {}, 0});
    }

    void forget_idle(const socks::host& client) {
        clients_.remove_if(
            [&](const share& s) { return s.client == client && s.waiting.empty() && s.places == 0; });
    }

    std::list<share> clients_;  // the next turn is that of the first one
    size_t free_;
};

}  // namespace example

#endif
