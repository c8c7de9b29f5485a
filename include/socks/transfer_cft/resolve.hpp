// Turns the ID of a partner into SOCKS requests. The partner names its protocols. A protocol names the
// network with the proxy, and that network names the network that reaches the proxy. All findings are
// reported together.

#ifndef SOCKS_TRANSFER_CFT_RESOLVE_HPP
#define SOCKS_TRANSFER_CFT_RESOLVE_HPP

#include <socks/core/request.hpp>
#include <socks/transfer_cft/configuration.hpp>

namespace socks::cft {

namespace detail {
class resolver;
}

/// The address of the proxy and the request to it, for one attempt.
/// @lifetime  points into the targets.
struct attempt {
    endpoint proxy;          ///< where to connect to
    socks::request request;  ///< the request to that proxy
    uint16_t maxcnx = 0;     ///< the largest number of connections of this network at the same time
    bytes service;           ///< the SAP if it is a name: look up its port and store it in request.to.port
};

/// The hosts of a partner, the protocols that reach them, and the schedule of the attempts. Each pair of a
/// host and a protocol is a target.
///
///     cft::finding room[32];
///     cft::findings found(room);
///     cft::targets targets;
///     if (!cft::resolve(text, "PARIS", targets, found)) return report(found);
///     retry attempts(targets.schedule(), targets.hosts(), targets.protocols());
///     const cft::attempt first = targets.attempt_for(attempts.target());
///
/// @cost  3 to 4 KiB. It stores all its texts and contains no pointer.
class targets {
  public:
    /// The number of hosts.
    [[nodiscard]] constexpr uint32_t hosts() const noexcept { return static_cast<uint32_t>(tcp_.host.size); }
    /// The number of protocols.
    [[nodiscard]] constexpr uint32_t protocols() const noexcept { return protocols_; }
    /// When to try again.
    [[nodiscard]] constexpr retry_schedule schedule() const noexcept { return tcp_.schedule(); }

    /// Returns the attempt for `target`. target.host < hosts() and target.protocol < protocols().
    ///
    /// With SOCKS5 the request offers only username/password. With SOCKS4, USER is the user ID, and a host
    /// name is sent by SOCKS4a.
    [[nodiscard]] constexpr attempt attempt_for(const retry_target& target) const noexcept
        SOCKS_LIFETIMEBOUND {
        SOCKS_ASSERT(target.host < hosts() && target.protocol < protocols());
        const network& net = networks_[target.protocol];
        const bytes sap = services_[target.protocol].view();
        const bytes user = net.user.value.view();
        attempt a;
        a.proxy = {net.host.value.view(), net.port.value};
        a.request.to.host = tcp_.host.items[target.host].value.view();
        if (const auto port = parse_port(sap))
            a.request.to.port = *port;
        else
            a.service = sap;
        a.maxcnx = net.maxcnx.value;
        if (net.protocol.value == proxy_protocol::socks5) {
            // With credentials, a request offers no other method.
            a.request.credentials = {user, net.password.value.view()};
        } else {
            a.request.version = a.request.to.host.kind() == host_kind::name ? version::v4a : version::v4;
            a.request.credentials = {user};
        }
        return a;
    }

  private:
    friend class detail::resolver;
    network networks_[max_values];
    text<64> services_[max_values];
    tcp tcp_;
    uint32_t protocols_ = 0;
};

namespace detail {

// The steps of cft::resolve(). Each step reports what is missing and continues as far as possible. An object
// that is missing because of an invalid value is not reported, because the value has been reported.
class resolver {
    // The templates come first because clang 14 evaluates a template only after its definition.
    template <class Object>
    static constexpr position class_position(const Object& o) noexcept {
        return o.net_class.given ? o.net_class.position : o.position;
    }

    // Finds an object with configuration::find(), and also reports MODE = CREATE for an object that exists.
    template <class Object, class Wanted>
    constexpr bool find_if(Object& result, Wanted wanted) noexcept {
        bool exists = false;
        return in_.find_if(result, [this, &wanted, &exists](const Object& o) {
            if (!wanted(o)) return false;
            if (exists && o.mode.value == mode::create)
                report({flaw::already_exists, o.id.position, Object::keyword});
            exists = o.mode.value != mode::erase;
            return true;
        });
    }
    template <class Object>
    constexpr bool find(Object& result, bytes id) noexcept {
        return find_if(result, [id](const Object& o) { return o.id.value.view() == id; });
    }

  public:
    constexpr resolver(bytes text, findings& found, targets& result) noexcept
        : in_(text), found_(found), reported_before_(found.size()), result_(result) {}

    constexpr void resolve(bytes id) noexcept {
        result_ = {};
        if (!validate(in_, found_)) return;  // a missing object may come after the syntax error
        partner p;
        if (!find(p, id)) return report({flaw::no_such_object, {}, partner::keyword});
        if (!in_.is_active("PART", id)) report({flaw::not_active, p.id.position, partner::keyword});
        if (!p.prot.given) report({flaw::missing_parameter, p.position, "PROT"});
        for (size_t i = 0; i < p.prot.size; ++i) {
            if (find_network(p.prot.items[i], result_.networks_[result_.protocols_])) ++result_.protocols_;
            read_service(p, i);
        }
        if (p.prot.given && p.sap.size > p.prot.size)
            report({flaw::bad_service, p.sap.items[p.prot.size].position, "SAP"});
        if (find_tcp(p)) validate_requests();
    }

  private:
    // Finds the CFTPROT that PROT names, the CFTNET of the proxy, and the CFTNET that reaches it. `net` is
    // the next network of the result, so the first one is compared with itself.
    constexpr bool find_network(const field<text<32>>& prot, network& net) noexcept {
        protocol p;
        if (prot.faulty) return false;
        if (!find(p, prot.value.view())) return fail_missing(prot, protocol::keyword);
        if (p.net.faulty) return false;
        if (p.net.value.empty()) return fail({flaw::missing_parameter, p.position, "NET"});
        if (!find(net, p.net.value.view())) return fail_missing(p.net, network::keyword);
        check_active(net);
        if (net.protocol.faulty || net.net_class.faulty) return false;
        if (net.call.value == call::in) report({flaw::incoming_only, net.call.position, "CALL"});
        if (net.protocol.value == proxy_protocol::none)
            return fail({flaw::no_proxy, net.position, network::keyword});
        if (net.net_class.value != result_.networks_[0].net_class.value)
            report({flaw::other_class, class_position(net), "CLASS"});
        network first;
        if (net.inet.value.empty()) return true;  // validate() has reported it
        if (!find(first, net.inet.value.view())) return fail_missing(net.inet, network::keyword);
        if (first.protocol.value != proxy_protocol::none)
            report({flaw::proxy_behind_proxy, net.inet.position, "INET"});
        else
            check_active(first);
        return true;
    }

    constexpr void check_active(const network& net) noexcept {
        if (!in_.is_active("NET", net.id.value.view()))
            report({flaw::not_active, net.id.position, network::keyword});
    }

    // Each PROT has a SAP: a port, or a name that does not begin with a digit and contains no NUL.
    constexpr void read_service(const partner& p, size_t i) noexcept {
        if (!p.sap.given) {
            if (i == 0) report({flaw::missing_parameter, p.position, "SAP"});
            return;
        }
        if (i >= p.sap.size) return report({flaw::bad_service, p.prot.items[i].position, "PROT"});
        const bytes sap = p.sap.items[i].value.view();
        if (p.sap.items[i].faulty) return;
        const bool is_name = !socks::detail::is_digit(sap.data()[0]) && !sap.contains('\0');
        const auto port = parse_port(sap);
        if (!is_name && (!port || *port == 0)) report({flaw::bad_service, p.sap.items[i].position, "SAP"});
        result_.services_[i] = p.sap.items[i].value;
    }

    // Finds the CFTTCP of the partner with the CLASS of the networks.
    constexpr bool find_tcp(const partner& p) noexcept {
        const bytes id = p.id.value.view();
        const uint16_t net_class = result_.networks_[0].net_class.value;
        const auto wanted = [id, net_class](const tcp& t) {
            return t.id.value.view() == id && t.net_class.value == net_class;
        };
        tcp& found = result_.tcp_;
        if (result_.protocols_ != 0 && find_if(found, wanted)) {
            if (!found.host.given) return fail({flaw::missing_parameter, found.position, "HOST"});
            return true;
        }
        tcp other;
        if (!find_tcp_of_any_class(id, other)) return fail_missing(p.id, tcp::keyword);
        if (result_.protocols_ == 0 || other.net_class.faulty) return false;
        return fail({flaw::other_class, class_position(other), "CLASS"});
    }

    // Reads the text only twice, because reading it once for each CLASS would take longer.
    constexpr bool find_tcp_of_any_class(bytes id, tcp& result) const noexcept {
        bool exists[max_class + 1] = {};
        const auto note_class = [id, &exists](const tcp& t) {
            if (t.id.value.view() == id) exists[t.net_class.value] = t.mode.value != mode::erase;
            return false;
        };
        static_cast<void>(in_.find_if(result, note_class));
        uint16_t net_class = 0;
        while (net_class <= max_class && !exists[net_class]) ++net_class;
        if (net_class > max_class) return false;
        static_cast<void>(in_.find(result, id, net_class));  // the object exists, so find() succeeds
        return true;
    }

    // Validates the request to each target.
    constexpr void validate_requests() noexcept {
        for (uint32_t h = 0; h < result_.hosts(); ++h) {
            const field<text<64>>& name = result_.tcp_.host.items[h];
            if (name.faulty) continue;
            errc why = errc::none;
            for (uint32_t p = 0; p < result_.protocols() && why == errc::none; ++p)
                why = socks::validate(result_.attempt_for({h, p}).request);
            if (why == errc::bad_host)
                report({flaw::bad_host, name.position, "HOST"});
            else if (why != errc::none)
                report({.what = flaw::invalid_request,
                        .position = name.position,
                        .subject = "HOST",
                        .detail = socks::to_string(why)});
        }
    }

    // Reports a finding once, because several protocols may share a network.
    constexpr void report(const finding& f) noexcept {
        for (size_t i = reported_before_; i < found_.size(); ++i) {
            const finding& other = found_[i];
            if (other.what == f.what && other.position == f.position && other.subject == f.subject) return;
        }
        found_.add(f);
    }
    constexpr bool fail(const finding& f) noexcept {
        report(f);
        return false;
    }
    constexpr bool fail_missing(const field<text<32>>& id, bytes keyword) noexcept {
        return fail({flaw::no_such_object, id.position, keyword});
    }

    configuration in_;
    findings& found_;
    size_t reported_before_;  // the number of findings before this call of resolve()
    targets& result_;
};

}  // namespace detail

/// Finds the targets of a partner.
///
/// @param text     the configuration.
/// @param id       the ID of the partner. It is case-sensitive.
/// @param result   receives the targets. Valid only on success.
/// @param found    receives what is wrong in the text and in the references from the partner to its proxy.
/// @returns        whether `found` contains only warnings. Earlier findings count too.
/// @lifetime       `result` contains no pointer; the findings point into `text`.
/// @cost           at most 26 times O(size of the text), no allocation, constexpr, noexcept. A finding about
///                 MODE = CREATE is compared with all other findings.
[[nodiscard]] constexpr bool resolve(bytes text, bytes id, targets& result, findings& found) noexcept {
    detail::resolver(text, found, result).resolve(id);
    return found.usable();
}

}  // namespace socks::cft

#endif
