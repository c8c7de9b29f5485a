// Messages between a client and a proxy as SVG: each message is a box, each field a row. Time goes down.

#ifndef SOCKS_TESTS_DRAWINGS_SVG_HPP
#define SOCKS_TESTS_DRAWINGS_SVG_HPP

#include "message.hpp"

#include <string_view>

namespace drawings {

inline constexpr int width = 640, line_height = 19, left = 20, right = width - 20;
inline constexpr int box = 36, box_end = width - 36;
inline constexpr int name_column = box + 10, hex_column = box + 96, value_column = box + 276,
                     width_column = box_end - 10;

inline constexpr std::string_view style = R"(<style>
text { font: 12px sans-serif; fill: #1f2328 }
.mono { font-family: monospace; white-space: pre } .name { font-weight: bold } .end { text-anchor: end }
.middle { text-anchor: middle; font-weight: bold } .soft { fill: #59636e }
.client { fill: #ddf4ff; stroke: #0550ae } .proxy { fill: #dafbe1; stroke: #1a7f37 }
.line { stroke: #59636e; stroke-width: 1.5 } .rule { stroke: #59636e; stroke-opacity: 0.3 }
.head { fill: #59636e }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .soft { fill: #b1bac4 }
.client { fill: #0c2d6b; stroke: #79c0ff } .proxy { fill: #033a16; stroke: #7ee787 }
.line { stroke: #9198a1 } .rule { stroke: #9198a1 } .head { fill: #9198a1 }
}
</style>
)";

inline std::string number(int n) { return std::to_string(n); }

inline std::string escaped_xml(const std::string& text) {
    std::string safe;
    for (const char c : text)
        safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return safe;
}

inline std::string text_at(int x, int y, const char* kind, const std::string& text) {
    return "<text class=\"" + std::string(kind) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">" +
           escaped_xml(text) + "</text>\n";
}

inline std::string line_at(const char* kind, int x1, int y1, int x2, int y2) {
    return "<path class=\"" + std::string(kind) + "\" d=\"M" + number(x1) + ' ' + number(y1) + " L" +
           number(x2) + ' ' + number(y2) + "\"/>\n";
}

// A longer value would reach into the next column.
inline const std::string& fitting(const std::string& value) {
    if (value.size() > 34) throw std::runtime_error("this value is too long to draw: " + value);
    return value;
}

inline std::string bytes_of(const field& f) {
    return std::to_string(f.width()) + (f.width() == 1 ? " byte" : " bytes");
}

// Eight bytes a line, so that a long name has several lines.
inline size_t lines_of(const field& f) { return (f.width() + 7) / 8; }

inline std::string rows_of(const message& m, int& y) {
    std::string svg;
    for (const field& f : m.fields) {
        if (&f != &m.fields.front()) svg += line_at("rule", box, y, box_end, y);
        svg += text_at(name_column, y + 14, "name", f.name) +
               text_at(value_column, y + 14, "value", fitting(f.value)) +
               text_at(width_column, y + 14, "soft end", bytes_of(f));
        for (size_t i = 0; i < lines_of(f); ++i, y += line_height)
            svg += text_at(hex_column, y + 14, "mono", f.hex.substr(24 * i, 24));
    }
    return svg;
}

inline std::string arrow(bool to_the_right, int y) {
    const int tip = to_the_right ? right : left, back = to_the_right ? tip - 10 : tip + 10;
    return line_at("line", to_the_right ? left : box, y, to_the_right ? box : left, y) +
           line_at("line", to_the_right ? box_end : right, y, to_the_right ? right : box_end, y) +
           "<path class=\"head\" d=\"M" + number(tip) + ' ' + number(y) + " L" + number(back) + ' ' +
           number(y - 5) + " L" + number(back) + ' ' + number(y + 5) + " z\"/>\n";
}

// The same as sentences, for readers who do not see the boxes.
inline std::string description(const std::vector<message>& all) {
    std::string text = "<desc id=\"desc\">";
    for (const message& m : all) {
        text += m.by_client ? "The client sends" : "The proxy sends";
        for (const field& f : m.fields)
            text += (&f == &m.fields.front() ? " " : "; ") + escaped_xml(f.name) +
                    (f.value.empty() ? "" : " ") + escaped_xml(f.value) + ", " + bytes_of(f);
        text += ".\n";
    }
    return text + "</desc>\n";
}

inline std::string svg_of(const std::string& title, const std::vector<message>& all) {
    std::string body;
    int y = 62;
    for (const message& m : all) {
        if (m.is_datagram && !all[size_t(&m - all.data()) - 1].is_datagram) {
            body += text_at(width / 2, y + 8, "middle", "Datagrams to and from the relay");
            y += 24;
        }
        const int begin = y;
        const std::string rows = rows_of(m, y);
        body += std::string("<rect class=\"") + (m.by_client ? "client" : "proxy") + "\" x=\"" + number(box) +
                "\" y=\"" + number(begin) + "\" width=\"" + number(box_end - box) + "\" height=\"" +
                number(y - begin) + "\" rx=\"5\"/>\n" + rows + arrow(m.by_client, (begin + y) / 2);
        y += 14;
    }
    const std::string height = number(y + 2);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + height +
           "\" viewBox=\"0 0 " + number(width) + ' ' + height +
           "\" role=\"img\" aria-labelledby=\"title\" aria-describedby=\"desc\">\n<title id=\"title\">" +
           title + "</title>\n" + description(all) + std::string(style) +
           text_at(width / 2, 18, "middle", title) + text_at(left - 10, 44, "name", "client") +
           text_at(right + 10, 44, "name end", "proxy") + line_at("line", left, 50, left, y) +
           line_at("line", right, 50, right, y) + body + "</svg>\n";
}

}  // namespace drawings

#endif
