// The fields of a message, as the annotator of the examples names them, with the width of each on the wire.

#ifndef SOCKS_TESTS_DRAWINGS_MESSAGE_HPP
#define SOCKS_TESTS_DRAWINGS_MESSAGE_HPP

#include "../../docs/examples/common/transcript.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace drawings {

struct field {
    std::string name;   // as in the RFC
    std::string value;  // for people
    std::string hex;    // "05 01 ", "** " for each byte of a password
    size_t width() const { return hex.size() / 3; }
};

struct message {
    bool by_client;
    bool is_datagram;
    std::vector<field> fields;
};

// The width of a field that always has the same one; otherwise 0.
inline size_t fixed_width(const std::string& name, bool is_datagram) {
    for (const char* one : {"VER", "VN", "NMETHODS", "METHOD", "ULEN", "PLEN", "STATUS", "CMD", "REP", "CD",
                            "ATYP", "LEN", "FRAG", "NUL"})
        if (name == one) return 1;
    if (name == "RSV") return is_datagram ? 2 : 1;
    if (name == "DSTPORT" || name == "DST.PORT" || name == "BND.PORT") return 2;
    if (name == "DSTIP") return 4;
    return 0;
}

// One line of the annotator, without its continuations: "VER 5, CMD 1 CONNECT", and all its bytes. One field
// may have any width: it gets the bytes that the others leave.
inline void add_line(message& m, const std::string& words, const std::string& hex) {
    std::vector<field> fields;
    for (size_t begin = 0; begin < words.size();) {
        size_t end = words.find(", ", begin);
        if (end == std::string::npos) end = words.size();
        const std::string part = words.substr(begin, end - begin);
        const size_t space = part.find(' ');
        begin = end + 2;
        const std::string name = part.substr(0, space);
        const bool is_name = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ.") == std::string::npos;
        if (is_name)
            fields.push_back({name, space == std::string::npos ? "" : part.substr(space + 1), ""});
        else
            fields.back().value += ", " + part;  // a comma in the words of the field before
    }
    size_t fixed = 0;
    for (const field& f : fields) fixed += fixed_width(f.name, m.is_datagram);
    size_t at = 0;
    for (field& f : fields) {
        const size_t width = fixed_width(f.name, m.is_datagram);
        f.hex = hex.substr(at, 3 * (width != 0 ? width : hex.size() / 3 - fixed));
        at += f.hex.size();
        m.fields.push_back(f);
    }
    if (at != hex.size()) throw std::runtime_error("these fields have another width: " + words);
}

// The lines begin with a direction or blanks. Eight bytes stand in a line. A line without words continues the
// line before it.
inline message fields_of(const std::string& lines, message m) {
    constexpr size_t margin = 11, columns = 8 * 3 + 2;
    std::string words, hex;
    for (size_t begin = 0; begin < lines.size();) {
        const size_t end = lines.find('\n', begin);
        const std::string line = lines.substr(begin + margin, end - begin - margin);
        begin = end + 1;
        std::string bytes = line.substr(0, columns);
        bytes.erase(bytes.find_last_not_of(' ') + 1);
        if (line.size() > columns) {
            if (!words.empty()) add_line(m, words, hex);
            words = line.substr(columns);
            hex.clear();
        }
        hex += bytes + ' ';
    }
    add_line(m, words, hex);
    return m;
}

// The annotator keeps the lines of all messages: the new ones are those of this message.
inline message message_of(example::annotator& annotator, bool by_client, socks::bytes data) {
    const size_t before = annotator.lines().size();
    annotator.annotate(by_client, data);
    return fields_of(annotator.lines().substr(before), {by_client, false, {}});
}

inline message datagram_of(bool by_client, socks::bytes data) {
    example::annotator annotator;
    annotator.datagram(by_client, data);
    return fields_of(annotator.lines(), {by_client, true, {}});
}

}  // namespace drawings

#endif
