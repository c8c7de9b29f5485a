# Standard input and output through a proxy, by IO::Socket::Socks of Perl; or a proxy of it.
#
#     perl socks.pl connect|bind VERSION PROXY_PORT HOST PORT [USER PASSWORD]
#     perl socks.pl serve PORT [USER PASSWORD]
#
# A stream is carried until both sides have ended. With TIME_LIMIT in the environment, the proxy has so many seconds to
# answer.

use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::IP;
use IO::Socket::Socks qw(:DEFAULT :constants);

$SIG{CHLD} = 'IGNORE';
$| = 1;

# Hands on what comes from $from until its end, and then the end.
sub carry {
    my ($from, $to) = @_;
    while (sysread($from, my $bytes, 65536)) {
        for (my $done = 0; $done < length $bytes;) {
            $done += syswrite($to, $bytes, length($bytes) - $done, $done) // return;
        }
    }
    shutdown($to, 1);
}

sub both_ways {
    my ($here, $there, $back) = @_;
    my $child = fork();
    if (!$child) {
        carry($there, $back);
        exit 0;
    }
    carry($here, $there);
    waitpid($child, 0);
}

sub client {
    my ($command, $version, $proxy, $host, $port, $user, $password) = @_;
    my @login = defined $user ? (AuthType => 'userpass', Username => $user, Password => $password) : ();
    my $what = $command eq 'bind' ? 'Bind' : 'Connect';
    my $is_name = $host !~ /:|^[\d.]+$/;    # left to the proxy, where the others would be names too
    my $s = IO::Socket::Socks->new(
        SocksVersion => $version, ProxyAddr => '127.0.0.1', ProxyPort => $proxy, SocksResolve => $is_name,
        "${what}Addr" => $host, "${what}Port" => $port, Timeout => $ENV{TIME_LIMIT}, @login);
    die "$SOCKS_ERROR\n" unless $s;
    if ($command eq 'bind') {
        my ($address, $at) = $s->dst;
        print STDERR "bound to $address $at\n";
        $s->accept or die "$SOCKS_ERROR\n";
    }
    local $SIG{CHLD} = 'DEFAULT';
    both_ways(\*STDIN, $s, \*STDOUT);
}

sub serve_one {
    my $client = shift;
    my ($command, $host, $port) = @{$client->command};
    my ($granted, $refused, $unknown) =
        $client->version == 4
        ? (REQUEST_GRANTED, REQUEST_FAILED, REQUEST_FAILED)
        : (REPLY_SUCCESS, REPLY_CONN_REFUSED, REPLY_CMD_NOT_SUPPORTED);
    my $there;
    if ($command == CMD_CONNECT) {
        $there = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port);
    } elsif ($command == CMD_BIND) {
        my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 1);
        $client->command_reply($granted, $listener->sockhost, $listener->sockport);
        $there = $listener->accept;
    } else {
        return $client->command_reply($unknown, '0.0.0.0', 0);
    }
    return $client->command_reply($refused, '0.0.0.0', 0) unless $there;
    my ($address, $at) =
        $command == CMD_BIND ? ($there->peerhost, $there->peerport) : ($there->sockhost, $there->sockport);
    $client->command_reply($granted, $address, $at);
    local $SIG{CHLD} = 'DEFAULT';
    both_ways($client, $there, $client);
}

# A client that blocks would forget here what accept() has read of it.
sub handshaken {
    my $client = shift;
    my $readable = IO::Select->new($client);
    $client->blocking(0);
    until ($client->ready) {
        return 0 if $SOCKS_ERROR != SOCKS_WANT_READ;
        $readable->can_read;
    }
    $client->blocking(1);
    return 1;
}

sub serve {
    my ($at, $user, $password) = @_;
    my @login = defined $user
        ? (RequireAuth => 1, UserAuth => sub { $_[0] eq $user && $_[1] eq $password }) : ();
    my $listener = IO::Socket::Socks->new(
        SocksVersion => defined $user ? 5 : [4, 5], SocksResolve => 1, ProxyAddr => '127.0.0.1', ProxyPort => $at,
        Listen => 128, Blocking => 0, @login) or die "$SOCKS_ERROR\n";
    my $waiting = IO::Select->new($listener);
    while ($waiting->can_read) {
        my $client = $listener->accept or next;    # a blocking one would wait for the request
        if (!fork()) {
            serve_one($client) if handshaken($client);
            exit 0;
        }
        close $client;
    }
}

my $what = shift;
$what eq 'serve' ? serve(@ARGV) : client($what, @ARGV);
