// Standard input and output through a proxy, by `socks`, the library of Node.js.
//
//     node node_socks.js COMMAND VERSION PROXY_PORT HOST PORT [USER PASSWORD]
//
// connect and bind carry a stream until both sides have ended; associate sends standard input as one datagram and
// prints the answer behind its source, HOST PORT. With TIME_LIMIT in the environment, the proxy has so many seconds to
// answer.

const dgram = require('dgram');
const { SocksClient } = require('socks');

const [command, version, proxyPort, host, port, userId, password] = process.argv.slice(2);
const proxy = { host: '127.0.0.1', port: Number(proxyPort), type: Number(version) };
if (userId) Object.assign(proxy, { userId, password });

function fail(why) {
    console.error(why.message);
    process.exit(1);
}

function relay(socket) {
    socket.on('error', fail);
    process.stdin.pipe(socket);
    socket.pipe(process.stdout);
    socket.resume();
}

function exchange({ host: address, port: relayPort }) {
    const input = [];
    const socket = dgram.createSocket('udp4');
    socket.on('message', (datagram) => {
        const { remoteHost, data } = SocksClient.parseUDPFrame(datagram);
        process.stdout.write(`${remoteHost.host} ${remoteHost.port}\n`);
        process.stdout.write(data, () => process.exit(0));
    });
    process.stdin.on('data', (part) => input.push(part));
    process.stdin.on('end', () => {
        const remoteHost = { host, port: Number(port) };
        socket.send(SocksClient.createUDPFrame({ remoteHost, data: Buffer.concat(input) }), relayPort, address);
    });
}

// Without a destination, which the proxy would take for the client's own address.
const destination = command === 'associate' ? { host: '0.0.0.0', port: 0 } : { host, port: Number(port) };
const limit = process.env.TIME_LIMIT ? { timeout: 1000 * process.env.TIME_LIMIT } : {};
const client = new SocksClient({ proxy, command, destination, ...limit });
client.on('error', fail);
client.on('bound', ({ remoteHost }) => console.error(`bound to ${remoteHost.host} ${remoteHost.port}`));
client.on('established', ({ socket, remoteHost }) => {
    if (command === 'associate') exchange(remoteHost);
    else relay(socket);
});
client.connect();
