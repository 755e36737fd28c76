import * as z from 'zod';
import { iso } from '../../core/iso-time.ts';
import type { StandbyResult, StandbyWish, Standing } from '../../core/standby/standing.ts';
import { failure } from '../reply.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type Route, route } from './route.ts';

/** What the routes of the lead need. */
export interface StandbyParts {
  readonly standby: {
    /** Rejects when the store cannot be asked. */
    readonly standing: () => Promise<Standing>;
    readonly change: (wish: StandbyWish) => Promise<StandbyResult>;
  };
}

const STANDBY = z
  .object({
    ...{ mode: z.enum(['leader', 'follower']), among: z.enum(['alone', 'shared_store']), is_leading: z.boolean() },
    leader: z.object({ name: z.string(), since: z.iso.datetime(), term: z.int() }).nullable(),
  })
  .meta({ id: 'Standby' });

/** Who leads, as the API gives it. */
export function standbyJson({ mode, among, isLeading, leader }: Standing) {
  return {
    ...{ mode, among, is_leading: isLeading },
    leader: leader && { name: leader.name, since: iso(leader.since), term: leader.term },
  };
}

/** `GET /api/v1/standby`, and the hand-over in either direction. */
export function standbyRoutes({ standby }: StandbyParts): readonly Route[] {
  const change = (wish: StandbyWish, summary: string) =>
    route({
      ...{ method: 'POST', path: `/api/v1/standby/${wish}`, role: 'admin', summary, body: z.strictObject({}) },
      answers: { 200: STANDBY },
      answer: async () => {
        const result = await standby.change(wish);
        if (result.outcome === 'refused') return failure(409, result.reason);
        return { status: 200, body: standbyJson(result.standing) };
      },
    });
  return [
    route({
      ...{ method: 'GET', path: '/api/v1/standby', role: 'read', summary: 'Who of several hubs leads' },
      ...{ query: NO_PARAMETERS, answers: { 200: STANDBY } },
      answer: async () => ({ status: 200, body: standbyJson(await standby.standing()) }),
    }),
    change('promote', 'Have this hub lead'),
    change('stepdown', 'Have another hub lead'),
  ];
}
