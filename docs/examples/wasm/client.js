#!/usr/bin/env node
// A SOCKS5 client for Node. It sends standard input to a destination through a proxy, and copies the answer
// to standard output. The module client.wasm runs the handshake; this file has the socket and the deadline.
//
//     node client.js 127.0.0.1:1080 files.example.com:80 [USER PASSWORD]

'use strict';

const fs = require('fs');
const net = require('net');
const path = require('path');

const HANDSHAKE_MS = 10_000; // for connecting and the handshake together

// The results of step() in client.cpp.
const MUST_SEND = 0;
const MUST_RECEIVE = 1;
const IS_DONE = 2;
const HAS_FAILED = 3;

/** One handshake. It has the functions of client.wasm, with strings and buffers instead of addresses. */
class Handshake {
    constructor() {
        const module = new WebAssembly.Module(fs.readFileSync(path.join(__dirname, 'client.wasm')));
        this.machine = new WebAssembly.Instance(module).exports;
        this.machine._initialize();
    }

    /** A view of the module's memory. */
    memory(address, size) {
        return Buffer.from(this.machine.memory.buffer, address, size);
    }

    text(address) {
        const memory = this.memory(address);
        return memory.toString('latin1', 0, memory.indexOf(0));
    }

    /** Writes strings into the module, one after the other. @returns their sizes. */
    write(strings) {
        let room = this.memory(this.machine.arguments_data(), this.machine.arguments_size());
        return strings.map((string) => {
            const size = room.write(string);
            room = room.subarray(size);
            return size;
        });
    }

    /** @returns the proxy for net.connect(), or null if it is no address with a port. */
    parseProxy(string) {
        const port = this.machine.parse_proxy(...this.write([string]));
        return port < 0 ? null : { host: this.text(this.machine.proxy_host()), port };
    }

    /** @returns false if the destination is invalid. */
    setRequest(destination, user = '', password = '', authenticates = false) {
        return this.machine.set_request(...this.write([destination, user, password]), authenticates) !== 0;
    }

    /**
     * Advances the handshake with received bytes, until it needs more of them.
     * @returns the last result of step(), and the bytes that are not part of the handshake.
     */
    advance(received, send) {
        const m = this.machine;
        for (;;) {
            const result = m.step();
            if (result === MUST_SEND) {
                const data = Buffer.from(this.memory(m.output_data(), m.output_size()));
                m.sent();
                send(data);
            } else if (result === MUST_RECEIVE && received.length !== 0) {
                const n = received.copy(this.memory(m.input_data(), m.input_capacity()));
                m.received(n);
                received = received.subarray(n);
            } else {
                return [result, received];
            }
        }
    }
}

function run(proxy, handshake, input) {
    let state = 'connecting'; // then handshake, tunnel, ended
    const deadline = setTimeout(() => {
        const waiting = handshake.text(handshake.machine.state());
        end(`timed out ${state === 'connecting' ? 'connecting to the proxy' : waiting}`);
    }, HANDSHAKE_MS);

    // onread() gets every byte at once. A stream would drop bytes in its buffer if the connection is reset.
    const onread = {
        buffer: () => Buffer.allocUnsafe(65536),
        callback: (size, buffer) => receive(buffer.subarray(0, size)),
    };
    const socket = net.connect({ ...proxy, onread });
    socket.on('connect', () => {
        state = 'handshake';
        shakeHands();
    });
    socket.on('end', () => {
        if (state === 'tunnel') return end();
        handshake.machine.end_of_stream();
        shakeHands();
    });
    socket.on('error', (error) => {
        if (state === 'connecting') return end(`cannot connect to the proxy: ${error.message}`);
        if (state === 'tunnel') return end(`the tunnel failed: ${error.message}`);
        handshake.machine.stream_failed();
        shakeHands();
    });
    process.stdout.on('error', (error) => end(`cannot write: ${error.message}`));
    process.stdout.on('drain', () => socket.resume());

    /** @returns whether to continue to receive; false if standard output takes no more now. */
    function receive(bytes) {
        if (state === 'handshake') bytes = shakeHands(bytes);
        if (state === 'tunnel' && bytes.length !== 0) return process.stdout.write(bytes);
        return state !== 'ended';
    }

    /** @returns the bytes of the destination. */
    function shakeHands(received = Buffer.alloc(0)) {
        const [result, rest] = handshake.advance(received, (data) => socket.write(data, () => data.fill(0)));
        if (result === HAS_FAILED) end(handshake.text(handshake.machine.failure()));
        if (result === IS_DONE) {
            state = 'tunnel';
            clearTimeout(deadline);
            handshake.machine.wipe_arguments();
            socket.write(input);
        }
        return rest;
    }

    function end(failure) {
        if (state === 'ended') return;
        state = 'ended';
        clearTimeout(deadline);
        handshake.machine.wipe_arguments();
        socket.destroy();
        if (failure === undefined) return;
        process.exitCode = 1;
        process.stderr.write(`client: ${failure}\n`);
    }
}

async function main(args) {
    const handshake = new Handshake();
    const authenticates = args.length === 4;
    const proxy = args.length === 2 || authenticates ? handshake.parseProxy(args[0]) : null;
    if (!proxy || !handshake.setRequest(args[1], args[2], args[3], authenticates)) {
        process.stderr.write('usage: client.js ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]\n');
        process.exitCode = 2;
        return;
    }
    const input = [];
    for await (const chunk of process.stdin) input.push(chunk);
    run(proxy, handshake, Buffer.concat(input));
}

main(process.argv.slice(2)).catch((error) => {
    process.exitCode = 1;
    process.stderr.write(`client: ${error.message}\n`);
});
