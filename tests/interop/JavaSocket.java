// A client by java.net.Socket: standard input to the destination, what comes back to standard output.
//
//     java -DsocksProxyVersion=VERSION JavaSocket PROXY_PORT HOST PORT [USER PASSWORD]
//
// A name goes to a SOCKS5 proxy as it is. SOCKS4 as Java has it carries addresses only, so with "here:" in front the name
// is looked up first, as new Socket(name, port) does. USER and PASSWORD are what an Authenticator answers. With
// TIME_LIMIT in the environment, a connection takes at most so many seconds.

import java.io.InputStream;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.Socket;

public class JavaSocket {
    private static InetSocketAddress destination(String host, int port) throws Exception {
        if (host.startsWith("here:")) return new InetSocketAddress(InetAddress.getByName(host.substring(5)), port);
        if (host.matches("[0-9.]+|.*:.*")) return new InetSocketAddress(InetAddress.getByName(host), port);
        return InetSocketAddress.createUnresolved(host, port);
    }

    private static void send(Socket socket) {
        try {
            OutputStream out = socket.getOutputStream();
            System.in.transferTo(out);
            socket.shutdownOutput();
        } catch (Exception e) {
            System.err.println("while sending: " + e);
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 5) {
            PasswordAuthentication login = new PasswordAuthentication(args[3], args[4].toCharArray());
            Authenticator.setDefault(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return login;
                }
            });
        }
        Proxy proxy = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
        try (Socket socket = new Socket(proxy)) {
            String limit = System.getenv().getOrDefault("TIME_LIMIT", "0");
            socket.connect(destination(args[1], Integer.parseInt(args[2])), 1000 * Integer.parseInt(limit));
            Thread sender = new Thread(() -> send(socket));
            sender.setDaemon(true);
            sender.start();
            InputStream in = socket.getInputStream();
            in.transferTo(System.out);
            System.out.flush();
        } catch (Exception e) {
            System.err.println(e);
            System.exit(1);
        }
    }
}
