// A server by simple-socks of npm, which is in the folder that PEERS_OF_NPM names.
//
//     node simple_socks.js PORT [USER PASSWORD]

const {createRequire} = require('module');

const [port, user, password] = process.argv.slice(2);
const login = user === undefined ? {} : {
    authenticate: (name, word, _socket, done) => setImmediate(done, name === user && word === password ? null : new Error('refused')),
};

import(createRequire(`${process.env.PEERS_OF_NPM}/`).resolve('simple-socks'))
    .then(({default: socks5}) => socks5.createServer(login).listen(Number(port), '127.0.0.1'));
