// The rows of the program `bench`: each operation beside its floor.

#include "bench.hpp"

namespace bench {

void add_rows(std::vector<row>& rows) {
    add_handshakes(rows);
    add_decoders(rows);
    add_encoders(rows);
    add_mappings(rows);
}

}  // namespace bench
