// A page by HTTP through a proxy, by socks-proxy-agent of npm, which is in the folder that PEERS_OF_NPM names. The proxy
// has TIME_LIMIT seconds to answer.
//
//     node socks_proxy_agent.js PROXY_URI PAGE_URI

const {createRequire} = require('module');
const http = require('http');

const [proxy, page] = process.argv.slice(2);
const limit = {timeout: 1000 * process.env.TIME_LIMIT};

function fail(why) {
    console.error(why.message);
    process.exit(1);
}

import(createRequire(`${process.env.PEERS_OF_NPM}/`).resolve('socks-proxy-agent'))
    .then(({SocksProxyAgent}) => http.get(page, {agent: new SocksProxyAgent(proxy, limit)}, (answer) => answer.pipe(process.stdout))
        .on('error', fail));
