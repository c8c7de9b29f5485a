// well_formed json|xml FILE
// Checks that a report can be parsed: RFC 8259, and the part of XML that a report of JUnit uses.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

class text {
  public:
    explicit text(std::string_view content) : content_(content) {}

    [[nodiscard]] bool ended() const noexcept { return at_ == content_.size(); }
    [[nodiscard]] char peek() const noexcept { return ended() ? '\0' : content_[at_]; }

    char next() {
        if (ended()) fail("the text ends too early");
        return content_[at_++];
    }
    bool skip(std::string_view words) noexcept {
        if (!content_.substr(at_).starts_with(words)) return false;
        at_ += words.size();
        return true;
    }
    void require(std::string_view words) {
        if (!skip(words)) fail("expected " + std::string(words));
    }
    void skip_space() noexcept {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at_;
    }
    [[noreturn]] void fail(const std::string& why) const {
        throw std::runtime_error("byte " + std::to_string(at_) + ": " + why);
    }

  private:
    std::string_view content_;
    size_t at_ = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

void json_string(text& t) {
    t.require("\"");
    for (char c = t.next(); c != '"'; c = t.next()) {
        if (static_cast<unsigned char>(c) < 0x20) t.fail("a control character in a string");
        if (c != '\\') continue;
        c = t.next();
        if (c == 'u') {
            for (int i = 0; i < 4; ++i)
                if (!is_hex(t.next())) t.fail("a wrong escape");
        } else if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
            t.fail("a wrong escape");
        }
    }
}

void json_value(text& t, int depth = 0) {
    if (depth > 8) t.fail("too deep");
    t.skip_space();
    const char first = t.peek();
    if (first == '"') {
        json_string(t);
    } else if (first == '{' || first == '[') {
        const std::string_view end = first == '{' ? "}" : "]";
        t.next();
        t.skip_space();
        if (t.skip(end)) return t.skip_space();
        for (;;) {
            t.skip_space();
            if (first == '{') {
                json_string(t);
                t.skip_space();
                t.require(":");
            }
            json_value(t, depth + 1);
            if (t.skip(end)) break;
            t.require(",");
        }
    } else if (t.skip("true") || t.skip("false")) {
        // a complete value
    } else if (is_digit(first)) {
        while (is_digit(t.peek())) t.next();
    } else {
        t.fail("no value");
    }
    t.skip_space();
}

// Text up to `end`, with its references.
void xml_text(text& t, char end) {
    while (t.peek() != end && !t.ended()) {
        const char c = t.next();
        if (c == '<' || (static_cast<unsigned char>(c) < 0x20 && c != '\n') ||
            static_cast<unsigned char>(c) > 0x7e)
            t.fail("a character that must be escaped");
        if (c != '&') continue;
        if (t.skip("amp;") || t.skip("lt;") || t.skip("gt;") || t.skip("quot;") || t.skip("#10;")) continue;
        t.require("#x");
        if (!is_hex(t.next()) || !is_hex(t.next())) t.fail("a wrong reference");
        t.require(";");
    }
}

std::string xml_name(text& t) {
    std::string name;
    while (t.peek() >= 'a' && t.peek() <= 'z') name += t.next();
    if (name.empty()) t.fail("no name");
    return name;
}

void xml_document(text& t) {
    t.require("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    std::vector<std::string> open;
    do {
        t.require("<");
        if (t.skip("/")) {
            if (open.empty() || xml_name(t) != open.back()) t.fail("an end without its beginning");
            open.pop_back();
            t.require(">");
        } else {
            open.push_back(xml_name(t));
            while (t.skip(" ")) {
                xml_name(t);
                t.require("=\"");
                xml_text(t, '"');
                t.require("\"");
            }
            if (t.skip("/")) open.pop_back();
            t.require(">");
        }
        xml_text(t, '<');
    } while (!open.empty());
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 3) throw std::runtime_error("usage: well_formed json|xml FILE");
        std::ifstream file(argv[2], std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(file), {}};
        text t(content);
        if (std::string_view(argv[1]) == "json")
            json_value(t);
        else
            xml_document(t);
        if (!t.ended()) t.fail("more after the end");
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
