// The addresses of this machine, each with its network interface.

#ifndef EXAMPLES_PROXY_INTERFACES_HPP
#define EXAMPLES_PROXY_INTERFACES_HPP

#include <ifaddrs.h>

#include "../common/posix.hpp"

namespace example {

/// The addresses at the time of the construction.
class interface_addresses {
  public:
    interface_addresses() noexcept : known_(::getifaddrs(&first_) == 0) {}
    interface_addresses(const interface_addresses&) = delete;
    interface_addresses& operator=(const interface_addresses&) = delete;
    ~interface_addresses() {
        if (known_) ::freeifaddrs(first_);
    }

    /// False if the system cannot say; then there is no address.
    [[nodiscard]] bool known() const noexcept { return known_; }

    /// Calls `visit(interface, host)` for each address until it returns true. @returns whether it did.
    template <class Visit>
    bool find(Visit visit) const noexcept {
        for (const ifaddrs* i = first_; i != nullptr; i = i->ifa_next) {
            if (i->ifa_addr == nullptr) continue;
            const socklen_t size =
                i->ifa_addr->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
            if (visit(std::string_view(i->ifa_name), socks::from_sockaddr(i->ifa_addr, size).host))
                return true;
        }
        return false;
    }

  private:
    ifaddrs* first_ = nullptr;
    bool known_;
};

}  // namespace example

#endif
