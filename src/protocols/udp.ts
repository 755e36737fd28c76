import * as z from 'zod';
import { client, familyOf, type Protocol, placeOf } from './contract.ts';

const options = z.strictObject({
  body: z
    .string({ error: 'must be text' })
    .max(1400, { error: 'must have at most 1400 characters, so that it fits into one datagram' })
    .default('')
    .describe('Text that is sent'),
  client: client(),
});

/** Servers that answer a datagram. */
export const udp: Protocol = {
  name: 'udp',
  schemes: ['udp'],
  summary: 'Sends `body` in one datagram and waits for an answer: of silence nothing is known, so it is not connected',
  example: 'udp://syslog.example.com:514',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(url, given) {
    const place = placeOf(url, null);
    const { body, client: how } = options.parse(given);
    return async (_, { clock, connector, signal, saw }) => {
      const began = clock.monotonic();
      const { ip, dnsMs, bytes } = await connector.ask({ ...place, family: familyOf(how) }, Buffer.from(body), signal);
      const firstByteMs = clock.monotonic() - began - dnsMs;
      saw({ connected: true, ip, body: bytes.toString('utf8'), timings: { dnsMs, firstByteMs } });
    };
  },
};
