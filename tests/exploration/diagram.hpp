// A diagram of states as SVG: the positions are given, the arrows and their labels are what was observed.

#ifndef SOCKS_TESTS_EXPLORATION_DIAGRAM_HPP
#define SOCKS_TESTS_EXPLORATION_DIAGRAM_HPP

#include "observations.hpp"

#include <socks/socks.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace exploration {

struct point {
    int x, y;
};

struct box {
    uint8_t state;
    const char* name;
    const char* meaning;  // after "timed out"
    point middle;
};

struct arrow {
    std::pair<uint8_t, uint8_t> states;
    std::vector<point> line;
    point label;     // where its first line begins
    size_t columns;  // of the label
};

struct diagram {
    const char* title;
    int height;
    uint8_t states;          // of the machine
    std::vector<box> boxes;  // the last one is failed
    std::vector<arrow> arrows;
};

// How many states an enum has: the text of the next value says that it is none.
template <class State>
uint8_t count() {
    uint8_t n = 0;
    while (std::string_view(socks::to_string(static_cast<State>(n))) != "in an unknown state") ++n;
    return n;
}

inline constexpr int box_width = 150, box_height = 34;

template <class State>
box state(State s, const char* name, int x, int y) {
    return {static_cast<uint8_t>(s), name, socks::to_string(s), {x, y}};
}

template <class State>
arrow change(State from, State to, std::vector<point> line, point label, size_t columns = 22) {
    return {{static_cast<uint8_t>(from), static_cast<uint8_t>(to)}, std::move(line), label, columns};
}

using words = std::vector<std::string>;

inline std::string joined(const words& all, const char* between) {
    std::string text;
    for (const std::string& w : all) text += (text.empty() ? "" : between) + w;
    return text;
}

// The same event without its message is that of a client that sent the message early.
inline std::vector<words> descriptions(const transition& t) {
    std::vector<words> all;
    for (const event& e : t.events) {
        words parts;
        if (!e.read.empty()) parts.push_back("reads " + e.read);
        if (!e.call.empty()) parts.push_back(e.call);
        if (!e.sent.empty()) parts.push_back("sends " + e.sent);
        if (!all.empty() && parts.size() == 2 && all.back() == words{parts[0]} &&
            t.options.contains("pipelined")) {
            parts[1] += " unless sent early";
            all.pop_back();
        }
        all.push_back(parts);
    }
    return all;
}

// One line for each part, which is broken between words.
inline words lines_of(const transition& t, size_t columns) {
    words lines;
    for (const words& parts : descriptions(t)) {
        if (!lines.empty()) lines.back() += ", or";
        for (size_t i = 0; i < parts.size(); ++i) {
            std::string rest = parts[i] + (i + 1 == parts.size() ? "" : ",");
            while (rest.size() > columns && rest.rfind(' ', columns) != std::string::npos) {
                const size_t space = rest.rfind(' ', columns);
                lines.push_back(rest.substr(0, space));
                rest.erase(0, space + 1);
            }
            lines.push_back(rest);
        }
    }
    return lines;
}

inline const char* name_of(const diagram& d, uint8_t state) {
    for (const box& b : d.boxes)
        if (b.state == state) return b.name;
    return "a state without a box";
}

// What was observed and is not drawn, or the reverse.
inline std::string difference(const diagram& d, const observations& seen) {
    std::string text;
    const auto report = [&](const std::string& what) { text += "  " + what + "\n"; };
    const uint8_t failed = d.boxes.back().state;
    for (uint8_t s = 0; s < d.states; ++s) {
        const std::string name = name_of(d, s);
        if (!seen.visited.contains(s)) report(name + " was never visited");
        if (!seen.can_fail.contains(s) && s != failed) report(name + " cannot end in failed");
    }
    const auto drawn = [&](const auto& states) {
        for (const arrow& a : d.arrows)
            if (a.states == states) return true;
        return false;
    };
    for (const auto& [states, t] : seen.transitions)
        if (!drawn(states))
            report(std::string(name_of(d, states.first)) + " to " + name_of(d, states.second) +
                   " has no arrow");
    for (const arrow& a : d.arrows)
        if (!seen.transitions.contains(a.states))
            report(std::string(name_of(d, a.states.first)) + " to " + name_of(d, a.states.second) +
                   " was never seen");
    return text;
}

inline std::string number(int n) { return std::to_string(n); }
inline std::string attribute(const char* name, int value) {
    return std::string(" ") + name + "=\"" + number(value) + '"';
}
inline std::string at(point p) { return number(p.x) + ' ' + number(p.y); }
inline int sign(int n) { return (n > 0) - (n < 0); }

// `n` pixels from `from` towards `to`, which is above, below, or beside it.
inline point towards(point from, point to, int n) {
    return {from.x + n * sign(to.x - from.x), from.y + n * sign(to.y - from.y)};
}

inline std::string path(const std::vector<point>& line) {
    std::string d = "M" + at(line.front());
    for (size_t i = 1; i + 1 < line.size(); ++i)
        d += " L" + at(towards(line[i], line[i - 1], 8)) + " Q" + at(line[i]) + ' ' +
             at(towards(line[i], line[i + 1], 8));
    return d + " L" + at(line.back());
}

inline std::string text_at(point p, const std::string& kind, const std::string& text) {
    return "<text" + kind + attribute("x", p.x) + attribute("y", p.y) + '>' + text + "</text>\n";
}

inline constexpr std::string_view style = R"(<style>
text { font: 13px sans-serif; fill: #1f2328 }
.name { font-weight: bold } .name, .note { text-anchor: middle }
.box { fill: #ddf4ff; stroke: #0550ae; stroke-width: 1.5 }
.done { fill: #dafbe1; stroke: #1a7f37 } .failed { fill: #fff1e5; stroke: #bc4c00 }
.line { fill: none; stroke: #59636e; stroke-width: 1.5; marker-end: url(#head) }
.option { stroke-dasharray: 5 4 }
.head { fill: #59636e }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.box { fill: #0c2d6b; stroke: #79c0ff }
.done { fill: #033a16; stroke: #7ee787 } .failed { fill: #3d1300; stroke: #ffa657 }
.line { stroke: #9198a1 }
.head { fill: #9198a1 }
}
</style>
<defs>
<marker id="head" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse"
orient="auto">
<path class="head" d="M0 0 L8 4 L0 8 z"/>
</marker>
</defs>
)";

// The same arrows as sentences, for readers who do not see them.
inline std::string description(const diagram& d, const observations& seen) {
    std::string text = "<desc id=\"desc\">";
    for (const arrow& a : d.arrows) {
        words all;
        for (const words& parts : descriptions(seen.transitions.at(a.states)))
            all.push_back(joined(parts, ", "));
        text += std::string(name_of(d, a.states.first)) + " to " + name_of(d, a.states.second) + ": " +
                joined(all, "; or ") + ".\n";
    }
    return text + "Every state can end in failed.</desc>\n";
}

// For a diagram without a difference.
inline std::string draw(const diagram& d, const observations& seen) {
    const std::string size = number(d.height);
    std::string svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"" + size + "\" viewBox=\"0 0 900 " +
        size + "\" role=\"img\" aria-labelledby=\"title\" aria-describedby=\"desc\">\n<title id=\"title\">" +
        d.title + "</title>\n" + description(d, seen);
    svg += style;
    std::set<std::string> options;
    for (const arrow& a : d.arrows) {
        const transition& t = seen.transitions.at(a.states);
        const bool optional = !t.options.contains("");
        if (optional) options.insert(t.options.begin(), t.options.end());
        svg += std::string("<path class=\"line") + (optional ? " option" : "") + "\" d=\"" + path(a.line) +
               "\"/>\n";
        point where = a.label;
        for (const std::string& line : lines_of(t, a.columns)) {
            svg += text_at(where, "", line);
            where.y += 16;
        }
    }
    for (const box& b : d.boxes) {
        const point corner{b.middle.x - box_width / 2, b.middle.y - box_height / 2};
        if (seen.initial.contains(b.state))
            svg += "<circle class=\"head\"" + attribute("cx", b.middle.x) + attribute("cy", corner.y - 25) +
                   " r=\"5\"/><path class=\"line\" d=\"M" + at({b.middle.x, corner.y - 25}) + " L" +
                   at({b.middle.x, corner.y}) + "\"/>\n";
        const std::string name = b.name;
        const std::string kind = name == "done" || name == "failed" ? " " + name : "";
        svg += "<g><title>" + std::string(b.meaning) + "</title><rect class=\"box" + kind + '"' +
               attribute("x", corner.x) + attribute("y", corner.y) + attribute("width", box_width) +
               attribute("height", box_height) + " rx=\"6\"/>" +
               text_at({b.middle.x, b.middle.y + 5}, " class=\"name\"", name) + "</g>\n";
    }
    const point failed = d.boxes.back().middle;
    svg += text_at({failed.x, failed.y + 35}, " class=\"note\"", "Every state can end in failed.");
    svg += text_at(
        {25, d.height - 12}, "",
        "Dashed: only with the option " + joined(words(options.begin(), options.end()), " or ") + ".");
    return svg + "</svg>\n";
}

}  // namespace exploration

#endif
