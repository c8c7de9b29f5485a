# Standard input and output through a proxy, by socksify of Ruby.
#
#     ruby ruby_client.rb VERSION PROXY_PORT HOST PORT [USER PASSWORD]
#
# VERSION is 4a or 5.

require 'socksify'

version, proxy, host, port, user, password = ARGV
TCPSocket.socks_version = version == '5' ? '5' : version
TCPSocket.socks_server = '127.0.0.1'
TCPSocket.socks_port = proxy.to_i
TCPSocket.socks_username = user
TCPSocket.socks_password = password
TCPSocket.socks_ignores = []

s = TCPSocket.new(host, port.to_i)
Thread.new do
  IO.copy_stream($stdin, s)
  s.close_write
end
$stdout.sync = true
IO.copy_stream(s, $stdout)
