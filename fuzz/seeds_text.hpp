// Single messages and texts for the codec targets, typed from the documents: the target, what it is, which
// decoder of the target it goes to, and its bytes.

#ifndef SOCKS_FUZZ_SEEDS_TEXT_HPP
#define SOCKS_FUZZ_SEEDS_TEXT_HPP

#include <bytes_literal.hpp>
#include <transfer_cft_example.hpp>

namespace seeds {

struct row {
    const char* target;
    const char* what;
    int which;
    socks::bytes bytes;
};

// Behind the decoder's number stands the tolerance.
inline constexpr row messages[] = {
    {"socks5", "greeting", 0, "05 02 00 02"_bytes},
    {"socks5", "choice", 1, "05 02"_bytes},
    {"socks5", "request for IPv4", 2, "05 01 00 01 42660763 0050"_bytes},
    {"socks5", "request for IPv6", 2, "05 02 00 04 20010db800000000000000000000001f 20fb"_bytes},
    {"socks5", "request for a name", 2, "05 03 00 03 11 'files.example.com' 01bb 'GET'"_bytes},
    {"socks5", "reply with IPv4", 3, "05 00 00 01 c0000207 0438"_bytes},
    {"socks5", "reply with a name", 3, "05 05 00 03 03 'a.b' 0438 'SSH'"_bytes},
    {"socks5", "reply with an empty name", 3, "05 00 00 03 00 0438"_bytes},
    {"socks5", "a reply with a reserved byte", 3, "05 00 01 01 c0000207 0438"_bytes},
    {"socks5", "a reply with a name of one byte", 3, "05 00 00 03 01 'a' 0438"_bytes},
    {"socks5", "a reply with a NUL in its name", 3, "05 00 00 03 03 'a' 00 'b' 0438"_bytes},
    {"socks5", "IPv6 there and back", 4, "01 02 20010db800000000000000000000001f 0019"_bytes},
    {"socks5", "a name there and back", 4, "01 03 09 'a.example' 0019"_bytes},
    {"socks4", "request", 0, "04 01 0050 42660763 'fred' 00 'GET'"_bytes},
    {"socks4", "request with a name", 0, "04 01 01bb 00000001 'john' 00 'files.example.com' 00"_bytes},
    {"socks4", "reply", 1, "00 5a 1f90 c0000207"_bytes},
    {"socks4", "a reply of version 4", 1, "04 5a 1f90 c0000207"_bytes},
    {"socks4", "a user ID with a NUL", 2, "01 01 c0000207 0019 04 'jo' 00 'n'"_bytes},
    {"socks4", "a name there and back", 2, "01 03 09 'a.example' 0019 04 'john'"_bytes},
    {"username_password", "request", 0, "01 04 'john' 03 'foo'"_bytes},
    {"username_password", "empty request", 0, "01 00 00"_bytes},
    {"username_password", "an empty password", 0, "01 04 'john' 00"_bytes},
    {"username_password", "equal secrets", 2, "15 'a secret of two words' 'a secret of two words'"_bytes},
    {"username_password", "status", 1, "01 00"_bytes},
    {"username_password", "secrets", 2, "03 'fooFoo'"_bytes},
    {"datagram", "IPv4", 0, "0000 00 01 08080404 0035 'data'"_bytes},
    {"datagram", "IPv6", 0, "0000 00 04 20010db800000000000000000000001f 14e9 'data'"_bytes},
    {"datagram", "a reserved byte", 0, "0001 00 01 08080404 0035 'data'"_bytes},
    {"datagram", "a NUL in the name", 0, "0000 00 03 03 'a' 00 'b' 0035 'data'"_bytes},
    {"datagram", "a name, fragmented", 1, "0000 81 03 09 'a.example' 0035 'data'"_bytes},
    {"gssapi", "an authentication token", 0, "00 0010 01 01 0005 'token' 'behind'"_bytes},
    {"gssapi", "a protection level", 0, "01 0010 01 02 0001 02"_bytes},
    {"gssapi", "user data", 0, "02 0010 01 03 0004 'data'"_bytes},
    {"gssapi", "a token as long as the limit", 0, "00 0005 01 01 0005 'token'"_bytes},
    {"gssapi", "an authentication without a token", 0, "00 0010 01 01 0000"_bytes},
    {"gssapi", "no data", 0, "02 0010 01 03 0000"_bytes},
    {"gssapi", "a selective level for confidentiality", 2, "03 02"_bytes},
    {"gssapi", "a level without a name", 2, "04 00"_bytes},
    {"gssapi", "a datagram and more", 1, "01 03 0004 'data' 'm'"_bytes},
    {"gssapi", "an abort", 0, "01 0010 01 ff"_bytes},
    {"gssapi", "a datagram", 1, "01 03 0004 'data'"_bytes},
    {"gssapi", "levels", 2, "02 01"_bytes},
    {"chap", "algorithms and a user", 0, "0100 01 02 11 02 85 05 02 04 'john' 'behind'"_bytes},
    {"chap", "a challenge", 0, "0100 01 02 11 01 85 03 08 '12345678'"_bytes},
    {"chap", "a response", 0, "0100 01 01 04 10 750c783e6ab0b503eaa86e310a5db738"_bytes},
    {"chap", "a status and a text", 0, "0100 01 02 00 01 ff 01 05 'wrong'"_bytes},
    {"chap", "a status of two bytes", 0, "0100 01 01 00 02 00 00"_bytes},
    {"chap", "an attribute without a value", 0, "0100 01 01 02 00"_bytes},
    {"chap", "an attribute twice, after an empty one", 0, "0100 01 03 05 00 02 04 'john' 02 03 'bob'"_bytes},
    {"chap", "an unknown attribute", 0, "0010 01 02 7f 02 'no' 00 01 00"_bytes},
    {"chap", "a list there and back", 1, "03 04 01 'a' 11 02 85 05 02 00"_bytes},
};

inline constexpr row texts[] = {
    {"literal", "IPv4", 0, "192.0.2.1:80"},
    {"literal", "IPv6", 0, "2001:db8::1"},
    {"literal", "IPv6 with an IPv4 tail", 0, "64:ff9b::198.51.100.4"},
    {"literal", "IPv6 in brackets, with a port", 0, "[fe80::1:0:0:2]:1080"},
    {"literal", "a name with a port", 0, "files.example.com:443"},
    {"literal", "a number that is no address", 0, "0x7f.1"},
    {"literal", "IPv6 with two longest runs of zeros", 0, "2001:0:0:1:0:0:1:1"},
    {"literal", "IPv6 with an IPv4 address inside", 0, "::ffff:192.0.2.1"},
    {"literal", "IPv6 with a gap for nothing", 0, "1:2:3:4:5:6:7::8"},
    {"literal", "IPv6 in capitals", 0, "2001:DB8::1"},
    {"literal", "an IPv4 number that is too large", 0, "192.0.2.256"},
    {"literal", "a port that is too large", 0, "65536"},
    {"literal", "bytes of IPv4 and a port", 1, "c0000207 0438"_bytes},
    {"literal", "bytes of IPv6 with a single group of zeros, and a port", 2,
     "20010db8000000010001000100010001 0438"_bytes},
    {"literal", "bytes of IPv6", 2, "20010db8000000000000000000000001"_bytes},
};

// Without a number in front.
inline constexpr row inputs[] = {
    {"reassembly", "two fragments", 0,
     "10 80  00 0e 0000 01 01 08080404 0035 'data'  01 0c 0000 82 01 08080404 0035 'da'"_bytes},
    {"reassembly", "a sequence that is left", 0,
     "10 80  00 0e 0000 01 01 08080404 0035 'data'  01 0c 0000 03 01 08080404 0035 'da'"_bytes},
    {"reassembly", "a sequence out of time", 0,
     "05 80  00 0e 0000 01 01 08080404 0035 'data'  05 0c 0000 82 01 08080404 0035 'da'"_bytes},
    {"reassembly", "a sequence that takes too long", 0,
     "05 80  00 0d 0000 01 01 08080404 0035 'dat'  03 0c 0000 02 01 08080404 0035 'a '"
     " 03 0b 0000 83 01 08080404 0035 '.'"_bytes},
    {"reassembly", "a fragment that is repeated", 0,
     "10 80  00 0d 0000 01 01 08080404 0035 'dat'  01 0c 0000 02 01 08080404 0035 'a '"
     " 01 0c 0000 02 01 08080404 0035 'a '  01 0b 0000 83 01 08080404 0035 '.'"_bytes},
    {"reassembly", "a complete datagram between two fragments", 0,
     "10 80  00 0d 0000 01 01 08080404 0035 'dat'  01 0b 0000 00 01 08080404 0035 '!'"
     " 01 0b 0000 82 01 08080404 0035 'a'"_bytes},
    {"reassembly", "fragments that fill the storage", 0,
     "10 0e  00 0d 0000 01 01 08080404 0035 'dat'  01 0b 0000 82 01 08080404 0035 'a'"_bytes},
    {"udp_over_tcp", "the shortest frame", 0, "0000 08 03 01 'a' 0035 'next'"_bytes},
    {"udp_over_tcp", "a NUL in the name", 0, "0002 0a 03 03 'a' 00 'b' 0035 'da'"_bytes},
    {"udp_over_tcp", "IPv4", 0, "0004 0a 01 08080404 0035 'data' 'next'"_bytes},
    {"udp_over_tcp", "a name", 0, "0002 10 03 09 'a.example' 0035 'da'"_bytes},
    {"udp_over_tcp", "lengths that disagree", 0, "0002 0b 01 08080404 0035 'da'"_bytes},
    {"sniff", "SOCKS4", 0, "04 01 0050"_bytes},
    {"sniff", "SOCKS5", 0, "05 01 00"_bytes},
    {"sniff", "HTTP", 0, "GET / HTTP/1.1"},
    {"sniff", "HTTP TRACE", 0, "TRACE / HTTP/1.1"},
    {"sniff", "a text", 0, "get / HTTP/1.1"},
    {"sniff", "version 6", 0, "06 01 00"_bytes},
    {"sniff", "TLS", 0, "16 03 01"_bytes},
    {"sniff", "a TLS alert", 0, "15 03 01"_bytes},
    {"sniff", "SSH", 0, "SSH-2.0-x"},
    {"uri", "SOCKS without its version", 0, "socks://john@files.example.com:1081/"},
    {"uri", "SOCKS5 with a login", 0, "socks5h://john:f%40o@files.example.com:1081/"},
    {"uri", "SOCKS5 to IPv6", 0, "socks5://:@[2001:db8::1]"},
    {"uri", "SOCKS4 with a user ID", 0, "socks4://fred@192.0.2.7:9050"},
    {"uri", "SOCKS4a", 0, "SOCKS4A://a.example"},
    // What follows is made of known parts: see build(). The texts are no URI.
    {"uri", "parts of SOCKS5 with the longest texts", 0, "1e 10 20 0438"_bytes},
    {"uri", "parts of SOCKS5 with texts that are too long", 0, "1f 08 18 0438"_bytes},
    {"uri", "parts of SOCKS5h with special bytes", 0, "7f 05 'a@ ' ef 06 ':@/%' 00 0438"_bytes},
    {"uri", "parts of SOCKS4 with a user ID", 0, "0c 05 'a@ ' ef 0438"_bytes},
    {"uri", "parts of SOCKS5 with the port 0", 0, "2a 0000"_bytes},
    {"tor", "legacy", 0, "04 'john' 03 'foo' 01 1234 5678"_bytes},
    {"tor", "a token", 0, "09 '<torS0X>0' 05 'token' 01 0000 0001 00 00 01 c0000207 0438 f0"_bytes},
    {"tor", "a name for an address", 0,
     "04 'john' 03 'foo' 01 0000 0001 00 00 04 09 'a.example' 0000 f1"_bytes},
    {"tor", "an object", 0, "0c '<torS0X>1abc' 05 'token' 01 0000 0001"_bytes},
    {"tor", "invalid", 0, "09 '<torS0X>2' 05 'token' 01 0000 0001"_bytes},
    {"cftutil", "every escape", 0, "CFTNET ID='a/'b//c/x4a/112', USER = /x4A/052"},
    {"cftutil", "slashes that begin no escape", 0, "CFTNET ID='/400', USER=/x4g, PASSWORD='/'"},
    {"cftutil", "lists and commas", 0, "CFTTCP HOST=('ip1' , ip2),\nRETRYW=(1), CFTPART ID=(a,)"},
    {"cftutil", "comments", 0, "/*/ a /* b */CFTNET/**/ID/***/=\n/*'*/n//* not one */"},
    {"cftutil", "a comment without its end", 0, "CFTPROT ID=p /* NET=n"},
    {"transfer_cft", "the documents' example", 0, documented_example},
    {"transfer_cft", "a partner by SOCKS4", 0,
     "CFTPARM NET=(n,m),PART=P CFTNET ID=m CFTNET ID=n,INET=m,PROTOCOL=SOCKS4,HOST=h,USER='/x4a/'/101'/* */"
     "CFTPROT ID=p,NET=n CFTPART ID=P,PROT=(p,p),SAP=(1,pesit) "
     "CFTTCP ID=P,HOST=(192.0.2.7,b),RETRYW=2,RETRYN=1"},
    {"transfer_cft", "a partner by SOCKS5", 0,
     "CFTNET ID=m CFTNET ID=n,INET=m,CLASS=2,PROTOCOL=SOCKS5,HOST=h,PORT=1081,USER=u,PASSWORD=p,\n"
     "CFTPROT ID=p,NET=n,\nCFTPART ID=P,PROT=p,SAP=1761,\nCFTTCP ID=P,CLASS=2,HOST='::1'"},
    {"transfer_cft", "seventeen warnings and a syntax error", 0,
     "CFTNET ID=n,A=1,B=1,C=1,D=1,E=1,F=1,G=1,H=1,I=1,J=1,K=1,L=1,M=1,N=1,O=1,P=1,Q=1 ID="},
    // Read by any_values() of configuration.cpp.
    {"configuration", "values of two protocols and four hosts", 0,
     "02 01 04 0c 01  01 04 6a6f272f 03 'f o' 00 19 00 1f  00 02 'u/' 00 01 38 04  03 01 00 01 00"_bytes},
    {"disposition", "codes of both versions", 0,
     "0a  01 00 02 01 00 03 01 00 04 01 00 05 01 00 06 01 00 07 01 00 08"
     " 01 01 5c 01 01 5d 01 01 5b 000d"_bytes},
    {"disposition", "two rows changed", 0, "02 01 00 04 00 02 20 806f"_bytes},
    {"retry", "the default schedule", 0, "0001 0004 000c 01 01 00 00000000000000000000000000"_bytes},
    {"retry", "a hold and its restart", 0, "0005 0003 0006 02 02 07 0000 02"_bytes},
    {"relay", "an unspecified relay", 0,
     "01 00000000 0438  02 20010db8000000000000000000000001 0438  01"_bytes},
    {"relay", "an IPv6 relay", 0,
     "02 20010db8000000000000000000000001 0438  02 20010db8000000000000000000000001 0438  01"
     "  02 20010db8000000000000000000000001 0438  02 20010db8000000000000000000000001 0439"_bytes},
    {"relay", "another IPv6 form of a mapped peer", 0,
     "02 00000000000000000000ffffc0000207 1234  00 0000  00  01 c0000207 0438  01 c0000207 0438"_bytes},
    {"relay", "a private address", 0, "01 ac1f0207 1234  01 ac200207 0438  02"_bytes},
    {"relay", "the declared source", 0, "01 c0000207 1234  01 c0000207 0438  00  01 c0000207 0438"_bytes},
    {"relay", "an IPv4-mapped source", 0,
     "01 c0000207 1234  00 0000  04  02 00000000000000000000ffffc0000207 0438  01 c0000207 0439"_bytes},
};

}  // namespace seeds

#endif
