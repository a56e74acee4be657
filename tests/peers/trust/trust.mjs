// Prints for each server whether Node.js trusts it under its name. Arguments: CA-FILE, then pairs of NAME and PORT.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, connect } from 'node:tls';

const [authority, ...servers] = process.argv.slice(2);
const ca = readFileSync(authority);

function judge(name, port) {
    return new Promise((resolve) => {
        const socket = connect({
            host: '127.0.0.1',
            port: Number(port),
            ca,
            servername: isIP(name) ? '' : name,
            checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
        });
        socket.once('secureConnect', () => resolve('trusted') ?? socket.destroy());
        socket.once('error', (error) => resolve(`refused: ${error.message}`) ?? socket.destroy());
    });
}

for (let at = 0; at < servers.length; at += 2) {
    console.log(servers[at], await judge(servers[at], servers[at + 1]));
}
