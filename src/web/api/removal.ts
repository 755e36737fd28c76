import * as z from 'zod';
import { MOST_REMOVED, type Removal, type Removed } from '../../core/removal.ts';
import { isId } from '../../stores/contract/cursors.ts';
import type { Route, WriteRequest } from './route.ts';
import { nameField, readFields } from './write.ts';

/** What the routes of removal need. */
export interface RemovalParts {
  /** Removes what is asked; rejects when that could not be committed. */
  readonly remove: (removal: Removal) => Promise<Removed>;
}

const by = nameField(200).default('');
const several = <T extends z.ZodType>(one: T) => z.array(one).min(1, 'must name one at least').max(MOST_REMOVED);
const INSTANCES = z.strictObject({ by, instance_ids: several(z.string().min(1).max(255)) });
const ALERTS = z.strictObject({ by, ids: several(z.string().refine(isId, 'must be the whole id of an alert')) });

/** `POST /api/v1/instances/forget` and `POST /api/v1/alerts/delete`. They stand before the routes of single things. */
export function removalRoutes({ remove }: RemovalParts): readonly Route[] {
  const route = (path: string, removalOf: (body: unknown) => Removal): Route => ({
    path,
    authentication: 'api',
    writes: { POST: async ({ body }: WriteRequest) => ({ status: 200, body: await remove(removalOf(body)) }) },
  });
  const head = { actor: 'api', reason: 'asked' } as const;
  return [
    route('/api/v1/instances/forget', (body) => {
      const { by: who, instance_ids: instanceIds } = readFields(INSTANCES, body);
      return { ...head, by: who, kind: 'instances', instanceIds };
    }),
    route('/api/v1/alerts/delete', (body) => {
      const { by: who, ids } = readFields(ALERTS, body);
      return { ...head, by: who, kind: 'alerts', ids };
    }),
  ];
}
