// Runs a target without a fuzzer: on each file, or each file of each directory, that is named; whole, with
// every byte in turn changed, and cut at every byte. A file that fails is named before it aborts.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

size_t runs = 0;
bool unread = false;

// In a block of exactly its size.
void run(const std::vector<uint8_t>& bytes, size_t size) {
    const std::vector<uint8_t> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(exact.data(), size);
    ++runs;
}

void replay(const std::filesystem::path& file) {
    std::fprintf(stderr, "%s\n", file.c_str());
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        std::fprintf(stderr, "it cannot be read\n");
        unread = true;
        return;
    }
    std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    run(bytes, bytes.size());
    // Long inputs are cut and changed at so many places at most.
    const size_t step = 1 + bytes.size() / 400;
    for (size_t i = 0; i < bytes.size(); i += step) {
        run(bytes, i);
        for (const int change : {0x01, 0x02, 0x04, 0x10, 0x5a, 0x80, 0xff}) {
            bytes[i] = static_cast<uint8_t>(bytes[i] ^ change);
            run(bytes, bytes.size());
            bytes[i] = static_cast<uint8_t>(bytes[i] ^ change);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (std::filesystem::is_directory(argv[i]))
            for (const auto& entry : std::filesystem::directory_iterator(argv[i])) replay(entry.path());
        else
            replay(argv[i]);
    }
    std::fprintf(stderr, "%zu runs\n", runs);
    return runs == 0 || unread ? 1 : 0;
}
