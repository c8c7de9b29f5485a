// The invariants of a machine, each under its name, and how a walk reports a broken one.

#ifndef SOCKS_TESTS_EXPLORATION_INVARIANTS_HPP
#define SOCKS_TESTS_EXPLORATION_INVARIANTS_HPP

#include <string>

namespace exploration {

struct broken {
    const char* invariant;
    std::string how;
};

inline void require(bool holds, const char* invariant, const std::string& how) {
    if (!holds) throw broken{invariant, how};
}

namespace invariant {

inline constexpr const char
    // One step, one action.
    *one_action = "a_step_returns_one_complete_action",
    *purity = "a_step_depends_on_its_arguments_only", *bounded = "steps_between_two_reads_are_bounded",
    *state = "a_state_goes_with_its_actions",
    // Input.
        *consumed = "a_step_consumes_complete_messages_only",
    *needed = "needed_is_the_shortest_rest_of_the_message", *early_refusal = "two_bytes_decide_a_refusal",
    *pace = "the_pace_of_the_input_does_not_matter", *early = "every_byte_after_the_handshake_is_early",
    *on_the_way = "a_proxy_on_the_way_says_nothing_after_its_reply",
    *end = "nothing_is_received_after_the_end_of_the_stream",
    // Output.
        *outside = "nothing_is_written_outside_the_space",
    *no_space = "no_space_changes_nothing_and_says_how_much",
    *enough = "the_required_space_is_enough",
    // Questions.
        *waits = "a_step_waits_while_a_question_is_open",
    *out_of_turn = "an_answer_without_its_question_is_a_final_error", *answers = "an_answer_has_its_result",
    *admitted = "no_request_is_served_before_authentication",
    *offered = "nothing_is_accepted_that_was_not_offered",
    *granted = "a_handshake_succeeds_only_after_a_reply_that_grants",
    // Ends.
        * final = "a_failure_is_final", *after_done = "a_step_after_done_is_an_error",
    *stream_failed = "a_failure_of_the_stream_ends_the_handshake",
    // A client with a server.
        *ends = "every_run_ends", *no_deadlock = "one_side_can_always_go_on_until_both_have_ended",
    *agree = "both_sides_agree_on_the_outcome", *tunnel = "every_byte_of_the_tunnel_arrives";

}  // namespace invariant

}  // namespace exploration

#endif
