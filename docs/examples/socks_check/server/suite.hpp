// The list of cases that the files of the groups fill.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_SUITE_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_SUITE_HPP

#include "session.hpp"

namespace example {

class suite {
  public:
    /// A case of a server. It returns if the proxy keeps the rule.
    using function = void (*)(const target& to, evidence& record);

    explicit suite(const target& to) noexcept : to_(&to) {}

    void add(const rule& what, function run, bool alone = false) {
        list_.push_back({what, [run, to = to_](evidence& record) { run(*to, record); }, alone});
    }

    [[nodiscard]] const std::vector<check>& list() const noexcept { return list_; }

  private:
    const target* to_;
    std::vector<check> list_;
};

/// How long a proxy may take to close after a failure.
/// RFC 1928 section 6: "the SOCKS server MUST terminate the TCP connection shortly after sending the reply.
/// This must be no more than 10 seconds after detecting the condition that caused a failure."
constexpr std::chrono::seconds closing_limit{10};

/// How long a proxy may look for a name that does not exist. Resolvers give up after several tries.
constexpr std::chrono::seconds lookup_limit{20};

/// How long a case looks for what must not come.
constexpr std::chrono::milliseconds silence{300};

}  // namespace example

#endif
