// A whole configuration: a text in which objects are found by their IDs, and every object checked by itself.
// Nothing is kept: each question reads the text again, so that there is no limit to the objects it may hold.

#ifndef SOCKS_TRANSFER_CFT_CONFIGURATION_HPP
#define SOCKS_TRANSFER_CFT_CONFIGURATION_HPP

#include <socks/transfer_cft/objects.hpp>

namespace socks::cft {

namespace detail {

// Reads objects one after the other.
class object_reader {
  public:
    constexpr explicit object_reader(bytes text) noexcept : in_(text), ahead_(in_.step()) {}

    // What comes next: a command, or the end, or a failure.
    [[nodiscard]] constexpr const parser::event& ahead() const noexcept { return ahead_; }

    // Whether the command that comes next makes an Object.
    template <class Object>
    [[nodiscard]] constexpr bool is() const noexcept {
        return same_word(ahead_.text, Object::keyword);
    }

    template <class Object>
    constexpr Object read_object(findings& found) noexcept {
        Object o;
        o.at = ahead_.at;
        ahead_ = in_.step();
        while (ahead_.next == parser::next::parameter) {
            const parser::event parameter = ahead_;
            ahead_ = in_.step();
            for (size_t i = 0; ahead_.next == parser::next::value; ++i, ahead_ = in_.step()) {
                assignment a(parameter, ahead_, i, found);
                o.take(a);
                if (i == 0 && !a.taken()) found.add({flaw::unknown_parameter, parameter.at, parameter.text});
            }
        }
        if (ahead_.next != parser::next::fail) o.validate(found);
        return o;
    }

    constexpr void skip() noexcept {
        do ahead_ = in_.step();
        while (ahead_.next == parser::next::parameter || ahead_.next == parser::next::value);
    }

  private:
    parser in_;
    parser::event ahead_;
};

}  // namespace detail

/// The text of a configuration. Commands other than CFTNET, CFTPROT, CFTPART, CFTTCP and CFTPARM are skipped.
///
/// A later object with the key of an earlier one replaces it; MODE = DELETE removes it. The key is the ID, for CFTTCP
/// the ID and the CLASS. CFTPARM has none.
///
/// @lifetime  points into the text.
/// @cost      each call O(size of the text); no allocation, constexpr, noexcept.
class configuration {
  public:
    constexpr explicit configuration(bytes text SOCKS_LIFETIMEBOUND) noexcept : text_(text) {}

    [[nodiscard]] constexpr bytes source() const noexcept { return text_; }

    /// Finds the last object that `wanted(object)` accepts, unless it is deleted.
    /// @param wanted  accepts the objects of one key, no more: what stands before one that was deleted is not sought.
    /// @param result  of use only when there is one.
    template <class Object, class Wanted>
    [[nodiscard]] constexpr bool find_if(Object& result, Wanted wanted) const noexcept {
        findings unheard;
        bool found = false;
        for (detail::object_reader in(text_); in.ahead().next == parser::next::command;) {
            if (!in.is<Object>()) {
                in.skip();
                continue;
            }
            const Object o = in.read_object<Object>(unheard);
            if (!wanted(o)) continue;
            found = o.mode.value != mode::erase;
            if (found) result = o;
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
    constexpr bool find(tcp& result, bytes id) const noexcept = delete;  // it has one for each CLASS

    /// Whether CFTPARM, if it has a list of this name (NET or PART) at all, has `id` in it. Several lists add up,
    /// whatever their ID and MODE.
    [[nodiscard]] constexpr bool is_active(bytes list_name, bytes id) const noexcept {
        bool inside = false;  // CFTPARM
        bool listing = false;
        bool listed = false;
        parser in(text_);
        for (auto e = in.step(); e.next != parser::next::end && e.next != parser::next::fail; e = in.step()) {
            if (e.next == parser::next::command) inside = same_word(e.text, parameters::keyword);
            if (e.next == parser::next::parameter) listing = inside && same_word(e.text, list_name);
            if (e.next != parser::next::value || !listing) continue;
            text<32> value;
            listed = true;
            if (value.decode(e.text) && value.view() == id) return true;
        }
        return !listed;
    }

  private:
    bytes text_;
};

namespace detail {

// Reads one object, and reports what is wrong with it.
template <class Object>
constexpr void check_one(object_reader& in, findings& found) noexcept {
    const Object o = in.read_object<Object>(found);
    if (!o.id.given && in.ahead().next != parser::next::fail)
        found.add({flaw::missing_parameter, o.at, "ID"});
}

}  // namespace detail

/// Checks every object by itself, in the order of the text, up to the first fault of the syntax. What objects are to
/// each other, resolve() sees.
/// @returns  whether the whole text could be read; what it says may still be at fault.
/// @cost     O(size of the text), no allocation, constexpr, noexcept.
constexpr bool validate(const configuration& all, findings& found) noexcept {
    detail::object_reader in(all.source());
    while (in.ahead().next == parser::next::command) {
        if (in.is<network>())
            detail::check_one<network>(in, found);
        else if (in.is<protocol>())
            detail::check_one<protocol>(in, found);
        else if (in.is<partner>())
            detail::check_one<partner>(in, found);
        else if (in.is<tcp>())
            detail::check_one<tcp>(in, found);
        else if (in.is<parameters>())
            static_cast<void>(in.read_object<parameters>(found));
        else
            in.skip();
    }
    if (in.ahead().next != parser::next::fail) return true;
    found.add({flaw::bad_syntax, in.ahead().at, {}, 0, 0, in.ahead().expected});
    return false;
}

}  // namespace socks::cft

#endif
