// A program that takes the component transfer_cft: it resolves a partner, and asks what follows a refusal.

#include <socks/transfer_cft/disposition.hpp>
#include <socks/transfer_cft/resolve.hpp>

int main() {
    constexpr socks::bytes text =
        "CFTNET ID=net CFTNET ID=proxy, CLASS=2, INET=net, PROTOCOL=SOCKS4, HOST=proxy.example.com "
        "CFTPROT ID=pesit, NET=proxy CFTPART ID=paris, PROT=pesit, SAP=1761 "
        "CFTTCP ID=paris, CLASS=2, HOST=paris.example.com";
    socks::cft::findings found;
    socks::cft::targets targets;
    if (!socks::cft::resolve(text, "paris", targets, found)) return 1;
    if (targets.attempt_for({0, 0}).request.to != socks::endpoint{"paris.example.com", 1761}) return 2;
    const auto again = socks::decide(socks::code4::rejected, socks::cft::dispositions);
    return again == socks::disposition::retry ? 0 : 3;
}
