// From a partner's ID to what must be asked of which proxy: partner, protocol, network, and the network behind it.
// All that is at fault on the way is told at once. Outgoing calls only.

#ifndef SOCKS_TRANSFER_CFT_RESOLVE_HPP
#define SOCKS_TRANSFER_CFT_RESOLVE_HPP

#include <socks/core/request.hpp>
#include <socks/transfer_cft/configuration.hpp>

namespace socks::cft {

namespace detail {
class resolver;
}

/// What one attempt needs: where the proxy is, and what to ask it for.
/// @lifetime  points into the targets that it came from.
struct attempt {
    endpoint proxy;
    request want;
    uint16_t maxcnx = 0;  ///< most connections at once on this network
    bytes service;        ///< the SAP, where it is no number: look its port up and put it into want.to.port
};

/// The targets of the calls to a partner: its hosts, by each of the protocols that reach them, each through a proxy;
/// and when to try again.
///
///     cft::finding room[32];
///     cft::findings found(room);
///     cft::targets targets;
///     if (!cft::resolve(text, "PARIS", targets, found)) return tell(found);
///     retry attempts(targets.schedule(), targets.hosts(), targets.protocols());
///     const cft::attempt first = targets.to(attempts.target());
///
/// @cost  3 to 4 KiB; it holds all its texts and points nowhere.
class targets {
  public:
    [[nodiscard]] constexpr uint32_t hosts() const noexcept { return static_cast<uint32_t>(tcp_.host.size); }
    [[nodiscard]] constexpr uint32_t protocols() const noexcept { return protocols_; }
    [[nodiscard]] constexpr retry_schedule schedule() const noexcept { return tcp_.schedule(); }

    /// What the attempt towards `target` needs; target.host < hosts() and target.protocol < protocols().
    ///
    /// SOCKS5 offers username/password only. SOCKS4 sends USER as the user ID; for a host name it is SOCKS4a.
    [[nodiscard]] constexpr attempt to(const retry_target& target) const noexcept SOCKS_LIFETIMEBOUND {
        SOCKS_ASSERT(target.host < hosts() && target.protocol < protocols());
        const network& net = networks_[target.protocol];
        const bytes sap = services_[target.protocol].view();
        const bytes user = net.user.value.view();
        attempt a;
        a.proxy = {net.host.value.view(), net.port.value};
        a.want.to.host = tcp_.host.items[target.host].value.view();
        if (const auto port = parse_port(sap))
            a.want.to.port = *port;
        else
            a.service = sap;
        a.maxcnx = net.maxcnx.value;
        if (net.protocol.value == proxy_protocol::socks5) {
            a.want.credentials = {user, net.password.value.view()};  // with a login, nothing else is offered
        } else {
            a.want.version = a.want.to.host.kind() == host_kind::name ? version::v4a : version::v4;
            a.want.credentials = {user};
        }
        return a;
    }

  private:
    friend class detail::resolver;
    network networks_[max_targets];
    text<64> services_[max_targets];
    tcp tcp_;
    uint32_t protocols_ = 0;
};

namespace detail {

// The walk of resolve(). Each step reports what it misses and goes as far as it can; what is missing because its value
// was at fault has been reported with the value.
class resolver {
    // These come first: clang 14 does not evaluate a template whose body stands behind its use.
    // They find as the configuration does, and tell of what was to be created although it was there.
    template <class Object, class Wanted>
    constexpr bool find_if(Object& result, Wanted wanted) noexcept {
        bool there = false;
        return in_.find_if(result, [this, &wanted, &there](const Object& o) {
            if (!wanted(o)) return false;
            if (there && o.mode.value == mode::create) tell({flaw::already_there, o.id.at, Object::keyword});
            there = o.mode.value != mode::erase;
            return true;
        });
    }
    template <class Object>
    constexpr bool find(Object& result, bytes id) noexcept {
        return find_if(result, [id](const Object& o) { return o.id.value.view() == id; });
    }

  public:
    constexpr resolver(bytes text, findings& found, targets& result) noexcept
        : in_(text), found_(found), told_(found.size()), to_(result) {}

    constexpr void walk(bytes id) noexcept {
        to_ = {};
        if (!validate(in_, found_)) return;  // whatever seems to be missing may stand behind the fault
        partner p;
        if (!find(p, id)) return tell({flaw::no_such_object, {}, partner::keyword});
        if (!in_.is_active("PART", id)) tell({flaw::not_active, p.id.at, partner::keyword});
        if (!p.prot.given) tell({flaw::missing_parameter, p.at, "PROT"});
        for (size_t i = 0; i < p.prot.size; ++i) {
            if (reaches(p.prot.items[i], to_.networks_[to_.protocols_])) ++to_.protocols_;
            serves(p, i);
        }
        if (p.prot.given && p.sap.size > p.prot.size)
            tell({flaw::bad_service, p.sap.items[p.prot.size].at, "SAP"});
        if (calls(p)) ask();
    }

  private:
    // PROT, the CFTPROT that it names, the CFTNET that this names, and the CFTNET behind that.
    constexpr bool reaches(const field<text<32>>& prot, network& net) noexcept {
        protocol p;
        if (prot.faulty) return false;
        if (!find(p, prot.value.view())) return missing(prot, protocol::keyword);
        if (p.net.faulty) return false;
        if (p.net.value.empty()) return fault({flaw::missing_parameter, p.at, "NET"});
        if (!find(net, p.net.value.view())) return missing(p.net, network::keyword);
        active(net);
        if (net.protocol.faulty || net.net_class.faulty) return false;
        if (net.call.value == call::in) tell({flaw::incoming_only, net.call.at, "CALL"});
        if (net.protocol.value == proxy_protocol::none)
            return fault({flaw::no_proxy, net.at, network::keyword});
        if (to_.protocols_ != 0 && net.net_class.value != to_.networks_[0].net_class.value)
            tell({flaw::other_class, net.net_class.given ? net.net_class.at : net.at, "CLASS"});
        network first;
        if (net.inet.value.empty()) return true;  // told by its check
        if (!find(first, net.inet.value.view())) return missing(net.inet, network::keyword);
        if (first.protocol.value != proxy_protocol::none)
            tell({flaw::proxy_behind_proxy, net.inet.at, "INET"});
        else
            active(first);
        return true;
    }

    constexpr void active(const network& net) noexcept {
        if (!in_.is_active("NET", net.id.value.view())) tell({flaw::not_active, net.id.at, network::keyword});
    }

    // SAP: a port, or a name that begins with no digit and holds no NUL, for each PROT.
    constexpr void serves(const partner& p, size_t i) noexcept {
        if (!p.sap.given) {
            if (i == 0) tell({flaw::missing_parameter, p.at, "SAP"});
            return;
        }
        if (i >= p.sap.size) return tell({flaw::bad_service, p.prot.items[i].at, "PROT"});
        const bytes sap = p.sap.items[i].value.view();
        if (p.sap.items[i].faulty) return;
        const bool is_name = !socks::detail::is_digit(sap.data()[0]) && !sap.contains('\0');
        const auto port = parse_port(sap);
        if (!is_name && (!port || *port == 0)) tell({flaw::bad_service, p.sap.items[i].at, "SAP"});
        to_.services_[i] = p.sap.items[i].value;
    }

    // The partner's CFTTCP of the networks' class.
    constexpr bool calls(const partner& p) noexcept {
        const bytes id = p.id.value.view();
        const uint16_t net_class = to_.networks_[0].net_class.value;
        const auto wanted = [id, net_class](const tcp& t) {
            return t.id.value.view() == id && t.net_class.value == net_class;
        };
        if (to_.protocols_ != 0 && find_if(to_.tcp_, wanted)) {
            if (!to_.tcp_.host.given) return fault({flaw::missing_parameter, to_.tcp_.at, "HOST"});
            return true;
        }
        tcp other;
        if (!of_any_class(id, other)) return missing(p.id, tcp::keyword);
        if (to_.protocols_ == 0 || other.net_class.faulty) return false;
        return fault({flaw::other_class, other.net_class.given ? other.net_class.at : other.at, "CLASS"});
    }

    // In two readings, however many classes there are.
    constexpr bool of_any_class(bytes id, tcp& result) const noexcept {
        bool there[max_class + 1] = {};
        const auto note = [id, &there](const tcp& t) {
            if (t.id.value.view() == id) there[t.net_class.value] = t.mode.value != mode::erase;
            return false;
        };
        static_cast<void>(in_.find_if(result, note));
        uint16_t net_class = 0;
        while (net_class <= max_class && !there[net_class]) ++net_class;
        if (net_class > max_class) return false;
        static_cast<void>(in_.find(result, id, net_class));  // it is there
        return true;
    }

    // Every request that may become due can be made.
    constexpr void ask() noexcept {
        for (uint32_t h = 0; h < to_.hosts(); ++h) {
            const field<text<64>>& name = to_.tcp_.host.items[h];
            if (name.faulty) continue;
            errc why = errc::none;
            for (uint32_t p = 0; p < to_.protocols() && why == errc::none; ++p)
                why = socks::validate(to_.to({h, p}).want);
            if (why == errc::bad_host)
                tell({flaw::bad_host, name.at, "HOST"});
            else if (why != errc::none)
                tell({flaw::cannot_be_asked, name.at, "HOST", 0, 0, socks::to_string(why)});
        }
    }

    // Once: protocols may share a network.
    constexpr void tell(const finding& f) noexcept {
        for (size_t i = told_; i < found_.size(); ++i)
            if (found_[i].what == f.what && found_[i].at == f.at && found_[i].subject == f.subject) return;
        found_.add(f);
    }
    constexpr bool fault(const finding& f) noexcept {
        tell(f);
        return false;
    }
    constexpr bool missing(const field<text<32>>& id, bytes keyword) noexcept {
        return fault({flaw::no_such_object, id.at, keyword});
    }

    configuration in_;
    findings& found_;
    size_t told_;  // findings before this walk
    targets& to_;
};

}  // namespace detail

/// Finds the targets of the calls to a partner.
///
/// @param text     the configuration.
/// @param id       the partner's ID, in its own case.
/// @param result   the targets; of use only on success.
/// @param found    receives everything that is at fault in the text and on the way, each with its place.
/// @returns        whether there is nothing but warnings, in `found` as a whole.
/// @lifetime       the result points nowhere; findings point into `text`.
/// @cost           O(size of the text) for each of at most 26 readings, in which a clash of MODE = CREATE is compared
///                 with all that `found` holds; no allocation, constexpr, noexcept.
[[nodiscard]] constexpr bool resolve(bytes text, bytes id, targets& result, findings& found) noexcept {
    detail::resolver(text, found, result).walk(id);
    return found.sound();
}

}  // namespace socks::cft

#endif
