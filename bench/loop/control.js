// An idle server: what it takes to answer is the share of the machine, not of a hub.
import { createServer } from 'node:http';

const server = createServer((_, response) => response.end('ok'));
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
