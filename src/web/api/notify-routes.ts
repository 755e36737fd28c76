import * as z from 'zod';
import type { RoutesJson } from '../../core/policy/route-tree.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type Route, route } from './route.ts';
import { pageOf } from './schemas.ts';

/** What the route of routes needs. */
export interface NotifyRouteParts {
  /** The routes by which people are told now. */
  readonly notifyRoutes: () => Promise<RoutesJson>;
}

const names = z.array(z.string());
const ms = z.int().min(0).nullable();
const ROUTE = z
  .object({
    place: z.string().describe('Where it stands in the configuration'),
    depth: z.int().min(0).describe('How many routes are above it, without the catch-all'),
    name: z.string().nullable(),
    conditions: names.describe('All must hold; none for everything'),
    channels: names.nullable().describe('null, as of all that follow: what the route above says'),
    group_by: names.nullable(),
    ...{ group_wait_ms: ms, group_interval_ms: ms, repeat_interval_ms: ms.describe('0 for no reminders') },
    escalation: z.string().nullable().describe('Empty: none, whatever the route above says'),
    ...{ mute: names, active: names, templates: names, continue: z.boolean() },
  })
  .meta({ id: 'Route' });
const time = z.iso.datetime();
const PAGE = pageOf(ROUTE).extend({
  windows: z.array(
    z.object({
      ...{ name: z.string(), place: z.string(), zone: z.string() },
      next: z.array(z.object({ starts_at: time, ends_at: time })).describe('The one that holds, and those that follow'),
    }),
  ),
  intervals: z.array(z.object({ name: z.string(), place: z.string(), holds: z.boolean(), until: time.nullable() })),
  warnings: names,
});

/** `GET /api/v1/routes`: what `monitor routes show --json` prints. */
export function notifyRoute({ notifyRoutes }: NotifyRouteParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/routes',
    role: 'read',
    summary: 'The routes by which people are told, in the order in which they are asked',
    query: NO_PARAMETERS,
    answers: { 200: PAGE },
    answer: async () => ({ status: 200, body: await notifyRoutes() }),
  });
}
