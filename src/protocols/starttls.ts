import * as z from 'zod';
import { client, familyOf, type Protocol, placeOf, TargetError, tlsOptions } from './contract.ts';
import { DIALOGS, PORTS } from './starttls/dialogs.ts';

const NAMES = Object.keys(DIALOGS) as (keyof typeof DIALOGS)[];
const options = z.strictObject({
  starttls: z
    .enum(NAMES as [keyof typeof DIALOGS], { error: `must be one of ${NAMES.join(', ')}` })
    .optional()
    .describe(`What is spoken before TLS: ${NAMES.join(', ')}; left out, by the port, and smtp for others`),
  client: client(),
});

/** Ports that go over to TLS when they are asked to. */
export const starttls: Protocol = {
  name: 'starttls',
  schemes: ['starttls'],
  summary: 'Asks a mail server, LDAP or PostgreSQL to go over to TLS, and reads its certificates',
  example: 'starttls://mail.example.com:587',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(url, given) {
    const place = placeOf(url, null);
    const { starttls: named, client: how } = options.parse(given);
    const dialog = DIALOGS[named ?? PORTS[place.port] ?? 'smtp'];
    if (dialog === undefined)
      throw new TargetError('has a port that nothing is known of; say what is spoken by starttls: smtp');
    return async (_, { connector, signal, saw }) => {
      const settings = await tlsOptions(how);
      const { socket, ip, dnsMs, connectMs } = await connector.open({ ...place, family: familyOf(how) }, signal);
      try {
        saw({ ip, timings: { dnsMs, connectMs } });
        await dialog(socket, signal);
        const { certificate, tlsMs } = await connector.secure(socket, place.host, settings, signal);
        saw({ connected: true, certificate, timings: { tlsMs } });
      } finally {
        socket.destroy();
      }
    };
  },
};
