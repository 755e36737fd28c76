import * as z from 'zod';
import { iso } from '../../core/iso-time.ts';
import type { InstanceKey, KeyStore } from '../../stores/contract/instance-keys.ts';
import { NO_PARAMETERS } from '../api/queries.ts';
import { type Route, route } from '../api/route.ts';
import { pageOf } from '../api/schemas.ts';

/** What the route of keys needs. */
export interface KeyParts {
  readonly listKeys: KeyStore['listKeys'];
  readonly now: () => number;
}

const KEY = z
  .object({
    ...{ id: z.string(), instance_id: z.string(), status: z.enum(['active', 'ending', 'ended']) },
    ...{ created_at: z.iso.datetime(), expires_at: z.iso.datetime().nullable() },
  })
  .meta({ id: 'Key' });

/** `GET /api/v1/keys`: the rows that `monitor keys list --json` prints. */
export function keyRoute({ listKeys, now }: KeyParts): Route {
  return route({
    ...{ method: 'GET', path: '/api/v1/keys', role: 'admin', summary: 'Keys of instances, without their secrets' },
    ...{ query: NO_PARAMETERS, answers: { 200: pageOf(KEY) } },
    answer: async () => {
      const items = (await listKeys()).map((key) => keyJson(key, now()));
      return { status: 200, body: { items, next_cursor: null } };
    },
  });
}

/** A key without its secret, and how it stands at `now`, UTC milliseconds. */
export function keyJson({ id, instanceId, createdAt, expiresAt }: InstanceKey, now: number) {
  return {
    ...{ id, instance_id: instanceId },
    status: expiresAt === null ? 'active' : expiresAt <= now ? 'ended' : 'ending',
    ...{ created_at: iso(createdAt), expires_at: iso(expiresAt) },
  };
}
