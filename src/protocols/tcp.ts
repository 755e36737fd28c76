import * as z from 'zod';
import { receive } from '../lib/net/receive.ts';
import { BODY_LIMIT, client, familyOf, type Protocol, placeOf } from './contract.ts';

const options = z.strictObject({
  body: z.string({ error: 'must be text' }).max(65_536).optional().describe('Text that is sent once connected'),
  client: client(),
});

/** A TCP port. */
export const tcp: Protocol = {
  name: 'tcp',
  schemes: ['tcp'],
  summary: 'Opens a TCP connection; sends `body`, and reads the beginning of an answer where a condition asks for it',
  example: 'tcp://db.example.com:5432',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(url, given) {
    const place = placeOf(url, null);
    const { body = '', client: how } = options.parse(given);
    return async (wanted, { clock, connector, signal, saw }) => {
      const { socket, ip, dnsMs, connectMs } = await connector.open({ ...place, family: familyOf(how) }, signal);
      try {
        saw({ connected: true, ip, timings: { dnsMs, connectMs } });
        if (body !== '') socket.write(body);
        if (!wanted.body) return;
        const asked = clock.monotonic();
        const first = () => saw({ timings: { firstByteMs: clock.monotonic() - asked } });
        const { bytes, isCut } = await receive(socket, { limit: BODY_LIMIT, signal, first });
        saw({ body: bytes.toString('utf8'), isBodyCut: isCut });
      } finally {
        socket.destroy();
      }
    };
  },
};
