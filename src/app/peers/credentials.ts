import { randomUUID } from 'node:crypto';
import type { PeerLink } from '../../core/peer/link.ts';
import type { Clock } from '../../lib/clock.ts';
import { signHawk } from '../../lib/crypto/hawk.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import type { Authorize } from '../../peers/deliver.ts';

/** How requests to a peer show who sends. */
export function authorizeFor({ auth }: PeerLink, clock: Pick<Clock, 'now'>): Authorize {
  if (auth === null) return () => null;
  switch (auth.scheme) {
    case 'hawk': {
      const key = { id: auth.id, secret: new Secret(auth.secret) };
      return ({ method, url, type, body }) => {
        const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
        const target = { method, path: url.pathname + url.search, host: url.hostname, port };
        const moment = { timestamp: Math.floor(clock.now() / 1000), nonce: randomUUID() };
        return signHawk(key, target, { type, body }, moment);
      };
    }
    case 'key':
      return () => `Key ${auth.key}`;
    case 'bearer':
      return () => `Bearer ${auth.token}`;
    case 'basic': {
      const words = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
      return () => `Basic ${words}`;
    }
  }
}
