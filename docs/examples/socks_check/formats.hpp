// The report as a document: JSON, JUnit's XML for CI, and Markdown.

#ifndef EXAMPLES_SOCKS_CHECK_FORMATS_HPP
#define EXAMPLES_SOCKS_CHECK_FORMATS_HPP

#include "report.hpp"

namespace example {

namespace detail {

inline std::string escaped_unit(std::string_view prefix, unsigned char byte, std::string_view suffix) {
    constexpr std::string_view digits = "0123456789abcdef";
    return std::string(prefix) + digits[byte >> 4] + digits[byte & 0xf] + std::string(suffix);
}

}  // namespace detail

/// A string of JSON, with its quotes. A byte that is not ASCII becomes the character of its number.
inline std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (byte < 0x20 || byte > 0x7e)
            out += detail::escaped_unit("\\u00", byte, "");
        else
            out += c;
    }
    return out + '"';
}

/// Text of XML, also inside quotes. XML cannot express most control characters, so "?" replaces them.
inline std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\n': out += "&#10;"; break;
            default: out += byte < 0x20 || byte == 0x7f ? '?' : c;
        }
        if (byte >= 0x80) out.replace(out.size() - 1, 1, detail::escaped_unit("&#x", byte, ";"));
    }
    return out;
}

/// A cell of a table in Markdown.
inline std::string markdown_cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

inline std::string to_json(const report& r) {
    std::string out = "{\n  \"tool\": \"socks-check\",\n  \"mode\": " + json_string(r.mode) +
                      ",\n  \"peer\": " + json_string(r.peer) +
                      ",\n  \"milliseconds\": " + std::to_string(r.took.count());
    for (const verdict v : {verdict::passed, verdict::failed, verdict::skipped})
        out += std::string(",\n  \"") + to_string(v) + "\": " + std::to_string(r.count(v));
    out += ",\n  \"exit_status\": " + std::to_string(r.exit_status()) +
           ",\n  \"complete\": " + (r.complete ? "true" : "false") + ",\n  \"cases\": [";
    const char* separator = "\n";
    for (const result& each : r.results) {
        out += separator;
        out +=
            "    {\"id\": " + json_string(each.what.id) + ", \"group\": " + json_string(each.what.group()) +
            ", \"level\": " + json_string(to_string(each.what.importance)) +
            ", \"rule\": " + json_string(each.what.text) + ", \"source\": " + json_string(each.what.source) +
            ", \"result\": " + json_string(to_string(each.outcome)) +
            ", \"milliseconds\": " + std::to_string(each.took.count());
        if (!each.reason.empty()) out += ", \"reason\": " + json_string(each.reason);
        if (!each.transcript.empty()) out += ", \"transcript\": " + json_string(each.transcript);
        out += '}';
        separator = ",\n";
    }
    return out + "\n  ]\n}\n";
}

/// One test suite, with a class name for each group.
inline std::string to_junit(const report& r) {
    const auto seconds = [](std::chrono::milliseconds t) {
        std::string fraction = std::to_string(t.count() % 1000);
        fraction.insert(0, 3 - fraction.size(), '0');
        return std::to_string(t.count() / 1000) + '.' + fraction;
    };
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"socks-check " +
        xml_text(r.mode + ' ' + r.peer) + "\" tests=\"" + std::to_string(r.results.size()) +
        "\" failures=\"" + std::to_string(r.count(verdict::failed)) + "\" errors=\"0\" skipped=\"" +
        std::to_string(r.count(verdict::skipped)) + "\" time=\"" + seconds(r.took) + "\">\n";
    for (const result& each : r.results) {
        out += "    <testcase classname=\"socks-check." + xml_text(r.mode) + '.' +
               xml_text(each.what.group()) + "\" name=\"" + xml_text(each.what.id) + "\" time=\"" +
               seconds(each.took) + '"';
        if (each.outcome == verdict::passed) {
            out += "/>\n";
            continue;
        }
        const bool bad = each.outcome == verdict::failed;
        out += std::string(">\n      <") + (bad ? "failure" : "skipped") + " message=\"" +
               xml_text(each.reason) + '"';
        if (bad)
            out += " type=\"" + std::string(to_string(each.what.importance)) + "\">" +
                   xml_text(std::string(each.what.text) + " (" + origin_of(each.what) + ")\n" + each.reason +
                            '\n' + each.transcript) +
                   "</failure>\n";
        else
            out += "/>\n";
        out += "    </testcase>\n";
    }
    return out + "  </testsuite>\n</testsuites>\n";
}

inline std::string to_markdown(const report& r) {
    std::string out = "# socks-check " + r.mode + " " + markdown_cell(r.peer) + "\n\n" + r.summary() +
                      ".\n\n| group | passed | failed | skipped |\n| --- | --- | --- | --- |\n";
    for (const std::string_view group : r.groups()) {
        std::map<verdict, size_t> counts;
        for (const result& each : r.results)
            if (each.what.group() == group) ++counts[each.outcome];
        out += "| " + std::string(group) + " | " + std::to_string(counts[verdict::passed]) + " | " +
               std::to_string(counts[verdict::failed]) + " | " + std::to_string(counts[verdict::skipped]) +
               " |\n";
    }
    for (const auto& [reason, cases] : r.skip_reasons())
        out += "\n" + std::to_string(cases) + " skipped: " + markdown_cell(reason) + "\n";
    out += "\n| case | level | result | rule |\n| --- | --- | --- | --- |\n";
    for (const result& each : r.results)
        out += "| `" + std::string(each.what.id) + "` | " + to_string(each.what.importance) + " | " +
               (each.outcome == verdict::failed ? "**failed**" : to_string(each.outcome)) + " | " +
               markdown_cell(each.what.text) + " |\n";
    for (const result& each : r.results) {
        if (each.outcome != verdict::failed) continue;
        out += "\n## " + std::string(each.what.id) + "\n\n" + markdown_cell(each.what.text) + " (" +
               markdown_cell(origin_of(each.what)) + ")\n\n" + markdown_cell(each.reason) + "\n\n```text\n" +
               each.transcript + "```\n";
    }
    return out;
}

}  // namespace example

#endif
