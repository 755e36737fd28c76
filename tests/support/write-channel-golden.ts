import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindChannel, CHANNEL_NAMES } from '../../src/channels/registry.ts';
import { CHANNEL_FIXTURES, channelCases, messageOf, replaced, shownRequest } from './channel-fixtures.ts';
import { channelWorld } from './channel-world.ts';
import { startHttpReceiver } from './http-receiver.ts';

// `npx tsx tests/support/write-channel-golden.ts CHANNEL…`: the requests and the result of each case that has none, for a person to review.
for (const name of CHANNEL_NAMES.filter((one) => process.argv.includes(one))) {
  for (const [file, one] of channelCases(name)) {
    if (one.requests !== undefined || one.target !== undefined) continue;
    const server = await startHttpReceiver();
    const world = channelWorld();
    const replies = [...(one.replies ?? [{}])];
    server.reply = () => (replies.length > 1 ? replies.shift() : replies[0]) ?? {};
    const channel = await bindChannel(name, replaced(one.options, '{server}', server.url), world);
    const result = await channel.deliver(messageOf(one), { signal: new AbortController().signal });
    const requests = server.requests.map((request) => shownRequest(request, server.url));
    const golden = { ...one, requests, result: replaced(result, new URL(server.url).host, '{host}') };
    writeFileSync(join(CHANNEL_FIXTURES, name, file), `${JSON.stringify(golden, null, 2)}\n`);
    process.stdout.write(`${name}/${file}\n`);
    await world.http.close();
    await server.close();
  }
}
