// A server by @mongodb-js/socksv5 of npm, which is in the folder that PEERS_OF_NPM names.
//
//     node socksv5.js PORT [USER PASSWORD]

const {createRequire} = require('module');
const socks = createRequire(`${process.env.PEERS_OF_NPM}/`)('@mongodb-js/socksv5');

const [port, user, password] = process.argv.slice(2);
const server = socks.createServer((_info, accept) => accept());
server.useAuth(user === undefined
    ? socks.auth.None() : socks.auth.UserPassword((name, word, done) => done(name === user && word === password)));
server.listen(Number(port), '127.0.0.1');
