// The rows of the program `users`: what programs run.

#include "../bench.hpp"

namespace bench {

void add_rows(std::vector<row>& rows) {
    add_users(rows);
    add_guides(rows);
    add_parts(rows);
    add_interleaved(rows);
}

}  // namespace bench
