import { duration, encryptionKeys, httpUrl } from './kinds.ts';
import { setting } from './setting.ts';

const DAY_S = 86_400;

/** Settings of the links in messages. */
export const LINKS = {
  publicUrl: setting({
    env: 'MONITOR_PUBLIC_URL',
    yaml: 'public_url',
    kind: httpUrl(),
    example: 'https://hub.example.com',
    description:
      'Address under which people reach this hub. Set, messages have links to look at their incident and to acknowledge it.',
  }),
  ttlMs: setting({
    env: 'MONITOR_LINK_TTL',
    yaml: 'notify.link_ttl',
    kind: duration(60, 90 * DAY_S),
    default: 7 * DAY_S * 1000,
    defaultText: '7d',
    example: '2d',
    description: 'Time for which the links of a message work.',
  }),
};

/** Settings of what is stored encrypted. */
export const ENCRYPTION = {
  key: setting({
    env: 'MONITOR_ENCRYPTION_KEY',
    yaml: 'encryption.key',
    kind: encryptionKeys(1),
    secret: true,
    example: 'mE0cA7tqkB3vT1nHf5yJwQxZ8sLr2uPdG6iKoVbN4hE=',
    description:
      'Key under which secrets that the hub must keep are encrypted in its store: 32 bytes in base64 or hex, as of `openssl rand -base64 32`. Unset, they are kept as they are.',
  }),
  old: setting({
    env: 'MONITOR_ENCRYPTION_KEY_OLD',
    yaml: 'encryption.key_old',
    kind: encryptionKeys(10),
    secret: true,
    example: 'q9XbJ2mT4wLz7RkP0vYd3sHnU8cEa5fGi1oKtV6xBhM=',
    description: 'Keys of before, separated by blanks: what they encrypted can be read until it is encrypted anew.',
  }),
};
