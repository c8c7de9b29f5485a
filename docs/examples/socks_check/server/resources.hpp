// Cases for clients that cost a proxy more than they should. Each runs alone.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_RESOURCES_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_RESOURCES_HPP

#include <memory>

#include "association.hpp"
#include "suite.hpp"

namespace example {

namespace detail {

// Connections that record nothing.
inline std::vector<unique_fd> crowd(const target& to, size_t size, std::string_view first = "") {
    std::vector<unique_fd> list;
    for (size_t i = 0; i < size; ++i) {
        try {
            list.push_back(connect_to(to.proxy, to.patience));
        } catch (const std::system_error&) {
            break;  // the proxy takes no more, which is its right
        }
        static_cast<void>(::send(list.back().get(), first.data(), first.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    }
    return list;
}

inline void require_service(const target& to, evidence& record) {
    tunnel t(to, record);
    require_echo(t.near, t.far);
}

}  // namespace detail

inline void add_resources(suite& s) {
    constexpr bool alone = true;
    s.add(
        {"resources-200-silent", level::security, "200 silent clients do not keep out an honest one.",
         "field"},
        [](const target& to, evidence& record) {
            const auto silent = detail::crowd(to, 200);
            record.note(std::to_string(silent.size()) + " connections are open and silent");
            detail::require_service(to, record);
        },
        alone);
    s.add(
        {"resources-200-half", level::security,
         "200 clients that stop inside a message do not keep out an honest one.", "field"},
        [](const target& to, evidence& record) {
            const auto half = detail::crowd(to, 200, hex("05 02 00"));
            record.note(std::to_string(half.size()) + " connections have sent a part of a greeting");
            detail::require_service(to, record);
        },
        alone);
    s.add(
        {"resources-drip", level::security,
         "50 clients that send a byte at a time do not keep out an honest one.", "field"},
        [](const target& to, evidence& record) {
            const auto slow = detail::crowd(to, 50, hex("05 ff"));
            record.note(std::to_string(slow.size()) + " connections send a greeting a byte at a time");
            for (int i = 0; i < 20; ++i) {
                for (const unique_fd& fd : slow)
                    static_cast<void>(::send(fd.get(), "\xfe", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                if (i % 10 == 5) detail::require_service(to, record);
            }
        },
        alone);
    s.add(
        {"resources-200-resets", level::security, "200 clients that reset at once do no harm.", "field"},
        [](const target& to, evidence& record) {
            for (const unique_fd& fd : detail::crowd(to, 200, hex("05 01 00"))) reset_on_close(fd.get());
            record.note("200 connections sent a greeting and were reset");
            detail::require_service(to, record);
        },
        alone);
    s.add(
        {"resources-50-connections", level::should, "50 connections at once all carry data.", "field"},
        [](const target& to, evidence& record) {
            std::vector<std::unique_ptr<tunnel>> list;
            for (int i = 0; i < 50; ++i) {
                record.restart();
                list.push_back(std::make_unique<tunnel>(to, record));
            }
            for (const auto& t : list) require_echo(t->near, t->far);
        },
        alone);
    s.add(
        {"resources-20-associations", level::should, "20 associations at once all carry datagrams.", "field"},
        [](const target& to, evidence& record) {
            udp_destination there(to, record);
            std::vector<std::unique_ptr<association>> list;
            for (int i = 0; i < 20; ++i) {
                record.restart();
                list.push_back(std::make_unique<association>(to, record));
            }
            for (const auto& a : list) a->exchange(there);
        },
        alone);
    s.add(
        {"resources-still-serves", level::must, "After all cases the proxy serves a client.", "field"},
        [](const target& to, evidence& record) { detail::require_service(to, record); }, alone);
}

}  // namespace example

#endif
