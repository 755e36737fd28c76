import * as z from 'zod';
import { receive } from '../lib/net/receive.ts';
import { BODY_LIMIT, client, familyOf, type Protocol, placeOf, tlsOptions } from './contract.ts';

const options = z.strictObject({
  body: z.string({ error: 'must be text' }).max(65_536).optional().describe('Text that is sent once connected'),
  client: client(),
});

/** Ports that speak TLS at once. */
export const tls: Protocol = {
  name: 'tls',
  schemes: ['tls'],
  summary:
    'Opens a TLS connection and reads its certificates; sends `body`, and reads an answer where a condition asks for it',
  example: 'tls://mail.example.com:993',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(url, given) {
    const place = placeOf(url, null);
    const { body = '', client: how } = options.parse(given);
    return async (wanted, { clock, connector, signal, saw }) => {
      const settings = await tlsOptions(how);
      const { socket, ip, dnsMs, connectMs } = await connector.open({ ...place, family: familyOf(how) }, signal);
      try {
        saw({ ip, timings: { dnsMs, connectMs } });
        const secured = await connector.secure(socket, place.host, settings, signal);
        saw({ connected: true, certificate: secured.certificate, timings: { tlsMs: secured.tlsMs } });
        if (body !== '') secured.socket.write(body);
        if (!wanted.body) return;
        const asked = clock.monotonic();
        const first = () => saw({ timings: { firstByteMs: clock.monotonic() - asked } });
        const { bytes, isCut } = await receive(secured.socket, { limit: BODY_LIMIT, signal, first });
        saw({ body: bytes.toString('utf8'), isBodyCut: isCut });
      } finally {
        socket.destroy();
      }
    };
  },
};
