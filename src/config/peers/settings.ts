import * as z from 'zod';
import { Secret } from '../../lib/crypto/secret.ts';
import { httpUrl, type Kind } from '../kinds.ts';
import { setting } from '../setting.ts';

/** A text that holds secrets in a form of its own. */
function document(): Kind<Secret> {
  let made: z.ZodType<Secret> | undefined;
  return {
    get schema() {
      const error = 'must be text';
      made ??= z
        .string({ error })
        .min(1, { error })
        .transform((text) => new Secret(text));
      return made;
    },
    fromText: (text) => text,
  };
}

/** Settings of a hub among other hubs. */
export const PEERS = {
  baseUrl: setting({
    env: 'BASE_URL',
    yaml: 'base_url',
    kind: httpUrl(),
    defaultText: 'MONITOR_PUBLIC_URL, else http://<instance>:<port>',
    example: 'http://hub-a:8080',
    description:
      'Address of this hub as other hubs and Alerta servers name it: it stands in X-Alerta-Loop, so that nothing comes back. Each hub needs its own.',
  }),
  destinations: setting({
    env: 'FWD_DESTINATIONS',
    yaml: 'forward_destinations',
    kind: document(),
    secret: true,
    example: '[["http://alerta:8080/api", {"key": "demo-key"}, ["alerts", "ack", "delete"]]]',
    description:
      "Alerta's list of servers to forward to, as JSON: address, credentials, filter. Each is a peer of the kind alerta beside those of `peers` in monitor.yaml.",
  }),
};
