// What happened in one case, for the reader of a failure: the bytes of both directions, explained, and events
// such as the end of a stream. It is bounded, and it shows no password.

#ifndef EXAMPLES_SOCKS_CHECK_EVIDENCE_HPP
#define EXAMPLES_SOCKS_CHECK_EVIDENCE_HPP

#include "../common/transcript.hpp"
#include "secret.hpp"

namespace example {

class evidence {
  public:
    /// A new connection to the proxy begins.
    void begin(std::string title) { add({kind::start, true, std::move(title)}); }

    /// Forgets what happened. For a case that tries many variants, of which the last counts.
    void restart() {
        entries_.clear();
        lost_ = 0;
    }

    /// Bytes that the client sent to the proxy, or the other way.
    void bytes(bool by_client, std::string_view bytes) {
        if (entries_.empty() || entries_.back().what != kind::bytes || entries_.back().by_client != by_client)
            add({kind::bytes, by_client, {}});
        if (entries_.back().what != kind::bytes) return;
        entry& e = entries_.back();
        e.text += bytes.substr(0, std::min(bytes.size(), most_bytes - std::min(most_bytes, e.text.size())));
        e.total += bytes.size();
        ++e.pieces;
    }

    /// A complete datagram to or from the relay.
    void datagram(bool by_client, std::string_view bytes) {
        add({kind::datagram, by_client, std::string(bytes.substr(0, most_bytes)), bytes.size()});
    }

    /// Something else that happened: "the proxy closes".
    void note(std::string words) { add({kind::note, true, std::move(words)}); }

    /// One or more lines for each message and event.
    [[nodiscard]] std::string text() const {
        std::string lines;
        annotator annotated;
        const auto flush = [&] { lines += std::exchange(annotated, {}).lines(); };
        for (const entry& e : entries_) {
            if (e.what == kind::start) flush();
            const size_t before = annotated.lines().size();
            switch (e.what) {
                case kind::start: lines += "  " + e.text + '\n'; break;
                case kind::note: annotated.note(e.text); break;
                case kind::bytes: annotated.annotate(e.by_client, masked(e.text)); break;
                case kind::datagram: annotated.datagram(e.by_client, masked(e.text)); break;
            }
            if (e.total > e.text.size())
                annotated.note("of " + std::to_string(e.total) + " bytes, the first " +
                               std::to_string(e.text.size()) + " are shown");
            if (e.pieces > 1 && e.by_client && annotated.lines().size() != before)
                annotated.note("sent in " + std::to_string(e.pieces) + " pieces");
        }
        flush();
        if (lost_ != 0) lines += "  and " + std::to_string(lost_) + " events more\n";
        return lines;
    }

  private:
    static constexpr size_t most_bytes = 600;  // the longest message has 513
    static constexpr size_t most_entries = 200;

    enum class kind { start, bytes, datagram, note };
    struct entry {
        kind what;
        bool by_client;
        std::string text;
        size_t total = 0;
        size_t pieces = 0;
    };

    void add(entry e) {
        if (entries_.size() < most_entries)
            entries_.push_back(std::move(e));
        else
            ++lost_;
    }

    std::vector<entry> entries_;
    size_t lost_ = 0;
};

}  // namespace example

#endif
