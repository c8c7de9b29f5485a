// Finds the objects of a configuration by their IDs, and checks each object. A configuration stores no
// object: each call reads the text again. So the number of objects has no limit.

#ifndef SOCKS_TRANSFER_CFT_CONFIGURATION_HPP
#define SOCKS_TRANSFER_CFT_CONFIGURATION_HPP

#include <socks/transfer_cft/objects.hpp>

namespace socks::cft {

namespace detail {

// Reads the objects of a text in their order.
class object_reader {
  public:
    constexpr explicit object_reader(bytes text) noexcept : in_(text), event_(in_.step()) {}

    // The first event that was not read yet: a command, the end of the text or a failure.
    [[nodiscard]] constexpr const parser::event& event() const noexcept { return event_; }

    // Whether this event is the command that defines an object of the type Object.
    template <class Object>
    [[nodiscard]] constexpr bool is_at() const noexcept {
        return same_word(event_.text, Object::keyword);
    }

    template <class Object>
    constexpr Object read_object(findings& found) noexcept {
        Object o;
        o.position = event_.position;
        event_ = in_.step();
        while (event_.next == parser::next::parameter) {
            const parser::event parameter = event_;
            event_ = in_.step();
            for (size_t i = 0; event_.next == parser::next::value; ++i, event_ = in_.step()) {
                assignment a(parameter, event_, i, found);
                o.assign(a);
                if (i == 0 && !a.matched())
                    found.add({flaw::unknown_parameter, parameter.position, parameter.text});
            }
        }
        if (event_.next != parser::next::fail) o.validate(found);
        return o;
    }

    constexpr void skip() noexcept {
        do event_ = in_.step();
        while (event_.next == parser::next::parameter || event_.next == parser::next::value);
    }

  private:
    parser in_;
    parser::event event_;
};

}  // namespace detail

/// The text of a configuration. Only CFTNET, CFTPROT, CFTPART, CFTTCP and CFTPARM are read. Other commands
/// are skipped.
///
/// An object replaces an earlier object with the same key. MODE = DELETE removes the earlier object. The key
/// is the ID; for CFTTCP it is the ID and the CLASS. CFTPARM has no key.
///
/// @lifetime  points into the text.
/// @cost      each call O(size of the text), no allocation, constexpr, noexcept.
class configuration {
  public:
    /// The configuration in `text`.
    constexpr explicit configuration(bytes text SOCKS_LIFETIMEBOUND) noexcept : text_(text) {}

    /// The text that was passed to the constructor.
    [[nodiscard]] constexpr bytes source() const noexcept { return text_; }

    /// Finds the last object for which `wanted(object)` is true, unless that object is deleted.
    /// @param wanted  true for the objects of one key only, because a deleted object hides all earlier ones.
    /// @param result  receives the object. Valid only if one was found.
    /// @returns       whether one was found.
    template <class Object, class Wanted>
    [[nodiscard]] constexpr bool find_if(Object& result, Wanted wanted) const noexcept {
        findings ignored;
        bool found = false;
        for (detail::object_reader in(text_); in.event().next == parser::next::command;) {
            if (!in.is_at<Object>()) {
                in.skip();
                continue;
            }
            const Object o = in.read_object<Object>(ignored);
            if (!wanted(o)) continue;
            found = o.mode.value != mode::erase;
            result = o;
        }
        return found;
    }

    /// Finds the CFTNET, CFTPROT or CFTPART with this ID.
    template <class Object>
    [[nodiscard]] constexpr bool find(Object& result, bytes id) const noexcept {
        return find_if(result, [id](const Object& o) { return o.id.value.view() == id; });
    }

    /// Finds the CFTTCP with this ID and CLASS.
    [[nodiscard]] constexpr bool find(tcp& result, bytes id, uint16_t net_class) const noexcept {
        return find_if(result, [id, net_class](const tcp& o) {
            return o.id.value.view() == id && o.net_class.value == net_class;
        });
    }
    constexpr bool find(tcp& result, bytes id) const noexcept = delete;  // a CFTTCP also needs its CLASS

    /// Whether `id` is active: a CFTPARM names it in its list, or no CFTPARM has a list. The lists of several
    /// CFTPARM are combined, regardless of their ID and MODE.
    /// @param list_name  "NET" or "PART".
    [[nodiscard]] constexpr bool is_active(bytes list_name, bytes id) const noexcept {
        bool in_parameters = false;
        bool in_list = false;
        bool any_list = false;
        parser in(text_);
        for (auto e = in.step(); e.next != parser::next::end && e.next != parser::next::fail; e = in.step()) {
            if (e.next == parser::next::command) in_parameters = same_word(e.text, parameters::keyword);
            if (e.next == parser::next::parameter) in_list = in_parameters && same_word(e.text, list_name);
            if (e.next != parser::next::value || !in_list) continue;
            text<32> value;
            any_list = true;
            if (value.decode(e.text) && value.view() == id) return true;
        }
        return !any_list;
    }

  private:
    bytes text_;
};

namespace detail {

// Reads an object and reports what is wrong with it.
template <class Object>
constexpr void check_one(object_reader& in, findings& found) noexcept {
    const Object o = in.read_object<Object>(found);
    if (!o.id.given && in.event().next != parser::next::fail)
        found.add({flaw::missing_parameter, o.position, "ID"});
}

}  // namespace detail

/// Checks each object, in the order of the text, up to the first syntax error. resolve() also checks the
/// references between the objects.
/// @param found  receives what is wrong.
/// @returns      whether the syntax of the complete text is correct. `found` may contain errors even if it
///               is.
/// @cost         O(size of the text), no allocation, constexpr, noexcept.
constexpr bool validate(const configuration& all, findings& found) noexcept {
    detail::object_reader in(all.source());
    while (in.event().next == parser::next::command) {
        if (in.is_at<network>())
            detail::check_one<network>(in, found);
        else if (in.is_at<protocol>())
            detail::check_one<protocol>(in, found);
        else if (in.is_at<partner>())
            detail::check_one<partner>(in, found);
        else if (in.is_at<tcp>())
            detail::check_one<tcp>(in, found);
        else if (in.is_at<parameters>())
            static_cast<void>(in.read_object<parameters>(found));
        else
            in.skip();
    }
    if (in.event().next != parser::next::fail) return true;
    found.add({.what = flaw::bad_syntax, .position = in.event().position, .detail = in.event().expected});
    return false;
}

}  // namespace socks::cft

#endif
