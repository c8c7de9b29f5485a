// A breadth-first walk over a graph that is not known before: each node says where its moves lead. Every node
// keeps the move that found it, so a failure can print the shortest way to it.

#ifndef SOCKS_TESTS_EXPLORATION_EXPLORER_HPP
#define SOCKS_TESTS_EXPLORATION_EXPLORER_HPP

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace exploration {

// No walk has so many nodes, unless something grows without end.
inline constexpr size_t too_many_states = 20'000'000;

// `Node` has operator== and hash(). `Move` is what leads from one node to the next.
template <class Node, class Move>
class explorer {
  public:
    using index = uint32_t;

    // Visits every node that can be reached from `initial`. `expand(node)` calls leads_to() for each move.
    template <class Expand>
    void run(const std::vector<Node>& initial, Expand expand) {
        for (const Node& n : initial) (void)find_or_add(n, {});
        for (current_ = 0; current_ < nodes_.size(); ++current_) {
            first_edge_.push_back(edges_.size());
            expand(*nodes_[current_]);
        }
        first_edge_.push_back(edges_.size());
    }

    // Remembers which move is tried, for trail().
    void tries(Move move) { move_ = std::move(move); }
    void leads_to(const Node& n) { edges_.push_back(find_or_add(n, move_)); }

    [[nodiscard]] size_t states() const { return nodes_.size(); }
    [[nodiscard]] size_t edges() const { return edges_.size(); }

    // The moves that lead to a node.
    [[nodiscard]] std::vector<Move> trail(index node) const {
        std::vector<Move> moves;
        for (index i = node; found_by_[i].first != i; i = found_by_[i].first)
            moves.push_back(found_by_[i].second);
        return {moves.rbegin(), moves.rend()};
    }

    // The initial node from which the walk came to the node that is being expanded.
    [[nodiscard]] const Node& origin() const {
        index i = current_;
        while (found_by_[i].first != i) i = found_by_[i].first;
        return *nodes_[i];
    }

    // The moves that lead to the node that is being expanded, and the one that is being tried.
    [[nodiscard]] std::vector<Move> trail() const {
        std::vector<Move> moves = trail(current_);
        moves.push_back(move_);
        return moves;
    }

    // A node that can be reached from itself, if there is one: a member of a strongly connected component of
    // more than one node, or a node with an edge to itself. This is the search of Tarjan, without recursion.
    [[nodiscard]] const index* find_cycle() {
        std::vector<index> order(states(), 0), low(states(), 0), stack;
        std::vector<bool> open(states(), false);
        std::vector<std::pair<index, size_t>> calls;
        index counter = 0;
        const auto enter = [&](index n) {
            order[n] = low[n] = ++counter;
            stack.push_back(n);
            open[n] = true;
            calls.emplace_back(n, first_edge_[n]);
        };
        for (index root = 0; root < states(); ++root) {
            if (order[root] == 0) enter(root);
            while (!calls.empty()) {
                const index n = calls.back().first;
                if (calls.back().second == first_edge_[n + 1]) {
                    calls.pop_back();
                    if (!calls.empty()) low[calls.back().first] = std::min(low[calls.back().first], low[n]);
                    if (low[n] != order[n]) continue;
                    if (stack.back() != n) return &(cyclic_ = n);
                    stack.pop_back();
                    open[n] = false;
                    continue;
                }
                const index to = edges_[calls.back().second++];
                if (to == n) return &(cyclic_ = n);
                if (order[to] == 0)
                    enter(to);
                else if (open[to])
                    low[n] = std::min(low[n], order[to]);
            }
        }
        return nullptr;
    }

  private:
    struct hash {
        size_t operator()(const Node& n) const { return n.hash(); }
    };

    index find_or_add(const Node& n, const Move& by) {
        const auto [place, added] = known_.try_emplace(n, static_cast<index>(nodes_.size()));
        if (added) {
            nodes_.push_back(&place->first);
            found_by_.emplace_back(first_edge_.empty() ? place->second : current_, by);
        }
        return place->second;
    }

    std::unordered_map<Node, index, hash> known_;  // its nodes do not move
    std::vector<const Node*> nodes_;
    std::vector<std::pair<index, Move>> found_by_;  // an initial node is found by itself
    std::vector<size_t> first_edge_;
    std::vector<index> edges_;
    index current_ = 0;
    index cyclic_ = 0;
    Move move_{};
};

}  // namespace exploration

#endif
