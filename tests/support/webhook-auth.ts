import { randomBytes } from 'node:crypto';
import type { Driver, Scheme } from '../../src/drivers/contract.ts';
import { both, hmac, v1 } from './cluster-push.ts';

/** What a sender shows with one request. */
export interface Shown {
  readonly headers?: Record<string, string>;
  /** What stands behind the driver's name in the path. */
  readonly behind?: string;
}

/** How a sender shows a secret, by each scheme there is. */
export const SHOW: Readonly<Record<Scheme, (secret: string) => Shown>> = {
  bearer: (secret) => ({ headers: { authorization: `Bearer ${secret}` } }),
  basic: (secret) => ({ headers: { authorization: `Basic ${btoa(`a-user:${secret}`)}` } }),
  header: (secret) => ({ headers: { 'x-webhook-token': secret } }),
  path: (secret) => ({ behind: `${encodeURIComponent(secret)}/` }),
};

/** The ways to show the secret, in the order in which a hub looks for them. */
export const SCHEMES = Object.keys(SHOW) as readonly Scheme[];

/** Signs a body as a vendor does; `at` is its clock in Unix seconds. */
export type Sign = (body: string, secret: string, at?: number) => Record<string, string>;

const nowS = () => Math.floor(Date.now() / 1000);

/**
 * How the vendors of the drivers sign, each way by its name, made without this project's sources. A driver that
 * verifies signatures and is not in here is told by `driver-auth.test.ts`.
 */
export const SIGNED: Readonly<Record<string, Readonly<Record<string, Sign>>>> = {
  cluster: {
    'version 1': (body, secret) => v1(body, secret),
    'both versions': (body, secret, at = nowS()) => both(body, { secret, timestamp: String(at) }),
  },
  grafana: {
    'with a timestamp': (body, secret, at = nowS()) => ({
      'x-grafana-alerting-signature': hmac(secret, `${at}:${body}`),
      'x-signed-at': String(at),
    }),
  },
  pagerduty: {
    'one signature': (body, secret) => ({ 'x-pagerduty-signature': `v1=${hmac(secret, body)}` }),
    'a list': (body, secret) => ({
      'x-pagerduty-signature': `v1=${'0'.repeat(64)},v2=${'1'.repeat(64)}, v1=${hmac(secret, body)}`,
    }),
  },
  generic: {
    'bare hex': (body, secret) => ({ 'x-webhook-signature': hmac(secret, body) }),
    'sha256=': (body, secret) => ({ 'x-webhook-signature': `sha256=${hmac(secret, body).toUpperCase()}` }),
  },
};

/** A secret of its own for everyone who asks, with what an address has to encode in it. */
export function newSecret(): string {
  return `${randomBytes(24).toString('base64')}/+:%`;
}

/** Every driver that signs and is not in `SIGNED`. */
export function untaught(drivers: readonly Driver[]): string[] {
  return drivers
    .filter(({ name, signature }) => signature !== undefined && SIGNED[name] === undefined)
    .map((d) => d.name);
}
