import * as z from 'zod';
import { actorOf, type Principal, signedBy } from '../../core/access/principal.ts';
import { MOST_REMOVED, type Removal, type Removed } from '../../core/removal.ts';
import { isId } from '../../stores/contract/cursors.ts';
import { type Route, route } from './route.ts';
import { ANSWERS } from './schemas.ts';
import { nameField } from './write.ts';

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
  const head = (principal: Principal | null, by: string) => {
    const reason = 'asked' as const;
    return { actor: actorOf(principal), by: signedBy(principal, by), reason };
  };
  const removed = async (removal: Removal) => ({ status: 200, body: await remove(removal) });
  return [
    route({
      method: 'POST',
      path: '/api/v1/instances/forget',
      role: 'admin',
      summary: 'Remove instances, and end what fires of them',
      body: INSTANCES,
      answers: { 200: ANSWERS.removed },
      answer: ({ principal, body: { by: who, instance_ids: instanceIds } }) =>
        removed({ ...head(principal, who), kind: 'instances', instanceIds }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/alerts/delete',
      role: 'admin',
      summary: 'Remove alerts with their history; those that fire are ended first',
      body: ALERTS,
      answers: { 200: ANSWERS.removed },
      answer: ({ principal, body: { by: who, ids } }) => removed({ ...head(principal, who), kind: 'alerts', ids }),
    }),
  ];
}
