import * as z from 'zod';
import { receive } from '../lib/net/receive.ts';
import { client, familyOf, LookFailure, type Protocol, placeOf } from './contract.ts';

const options = z.strictObject({ client: client() });

/** RFC 4253, 4.2: other lines may stand before the one that begins so. */
const LIMIT = 16_384;

/** SSH servers, by how they greet. */
export const ssh: Protocol = {
  name: 'ssh',
  schemes: ['ssh'],
  summary: 'Connects and reads the greeting of an SSH server, which is its body; nobody logs in',
  example: 'ssh://bastion.example.com:22',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(url, given) {
    const place = placeOf(url, 22);
    const { client: how } = options.parse(given);
    return async (_, { clock, connector, signal, saw }) => {
      const { socket, ip, dnsMs, connectMs } = await connector.open({ ...place, family: familyOf(how) }, signal);
      try {
        saw({ ip, timings: { dnsMs, connectMs } });
        const asked = clock.monotonic();
        const first = () => saw({ timings: { firstByteMs: clock.monotonic() - asked } });
        const isWhole = (bytes: Buffer) => greetingIn(bytes) !== null;
        const { bytes } = await receive(socket, { limit: LIMIT, signal, isWhole, first });
        const greeting = greetingIn(bytes);
        if (greeting === null) throw new LookFailure('protocol', 'does not greet as an SSH server does');
        saw({ connected: true, body: greeting });
        // Said, so that the server's log has a client that came and went.
        socket.end('SSH-2.0-monitor\r\n');
      } finally {
        socket.destroy();
      }
    };
  },
};

function greetingIn(bytes: Buffer): string | null {
  return /(?:^|\n)(SSH-[\x20-\x7e]{1,253})\r?\n/.exec(bytes.toString('latin1'))?.[1] ?? null;
}
