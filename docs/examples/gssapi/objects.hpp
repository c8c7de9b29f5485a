// Owners that release the objects of GSS-API, and exceptions for its failures.

#ifndef EXAMPLES_GSSAPI_OBJECTS_HPP
#define EXAMPLES_GSSAPI_OBJECTS_HPP

#include <gssapi/gssapi.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace example {

/// Bytes that GSS-API allocated.
class gss_bytes {
  public:
    gss_bytes() noexcept = default;
    gss_bytes(const gss_bytes&) = delete;
    gss_bytes& operator=(const gss_bytes&) = delete;
    ~gss_bytes() { reset(); }

    [[nodiscard]] gss_buffer_t out() noexcept {
        reset();
        return &bytes_;
    }
    [[nodiscard]] std::string_view view() const noexcept {
        return {static_cast<const char*>(bytes_.value), bytes_.length};
    }

  private:
    void reset() noexcept {
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &bytes_);
    }
    gss_buffer_desc bytes_ = GSS_C_EMPTY_BUFFER;
};

/// A security context, empty at first.
struct gss_context {
    gss_ctx_id_t handle = GSS_C_NO_CONTEXT;

    gss_context() noexcept = default;
    gss_context(const gss_context&) = delete;
    gss_context& operator=(const gss_context&) = delete;
    ~gss_context() {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &handle, GSS_C_NO_BUFFER);
    }
};

/// The name of a service or a user.
struct gss_name {
    gss_name_t handle = GSS_C_NO_NAME;

    gss_name() noexcept = default;
    gss_name(const gss_name&) = delete;
    gss_name& operator=(const gss_name&) = delete;
    ~gss_name() {
        OM_uint32 minor = 0;
        gss_release_name(&minor, &handle);
    }
};

/// A view of bytes that GSS-API reads. The C type lacks const, but GSS-API never writes to them.
inline gss_buffer_desc gss_view(std::string_view bytes) noexcept {
    return {bytes.size(), const_cast<char*>(bytes.data())};
}

/// Says which message is missing, repeated or out of order, or returns nullptr. For GSS_ERROR() these bits
/// are no errors, because other protocols accept such messages. In a stream they mean an attack.
inline const char* gss_sequence_fault(OM_uint32 major) noexcept {
    if ((major & GSS_S_DUPLICATE_TOKEN) != 0) return "a message came twice";
    if ((major & GSS_S_OLD_TOKEN) != 0) return "a message is too old";
    if ((major & GSS_S_UNSEQ_TOKEN) != 0) return "a message came after a later one";
    if ((major & GSS_S_GAP_TOKEN) != 0) return "a message is missing";
    return nullptr;
}

/// Throws the message of GSS-API if a call failed. `minor` is the code of the mechanism.
inline void gss_must(OM_uint32 major, OM_uint32 minor, const char* what) {
    std::string said = what;
    if (!GSS_ERROR(major)) {
        const char* const fault = gss_sequence_fault(major);
        if (fault == nullptr) return;
        throw std::runtime_error(said + ": " + fault);
    }
    for (const auto& [code, kind] : {std::pair{major, GSS_C_GSS_CODE}, std::pair{minor, GSS_C_MECH_CODE}}) {
        OM_uint32 ignored = 0;
        OM_uint32 more = 0;
        gss_bytes text;
        gss_display_status(&ignored, code, kind, GSS_C_NO_OID, &more, text.out());
        said.append(": ").append(text.view());
    }
    throw std::runtime_error(said);
}

}  // namespace example

#endif
