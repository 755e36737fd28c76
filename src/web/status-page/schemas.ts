import * as z from 'zod';
import { ANNOUNCEMENT_TYPES } from '../../config/endpoints/document.ts';

const text = z.string();
const time = z.iso.datetime();
const share = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .describe('Share of the time that it was up; null where nothing is known');

/** How an endpoint is for everybody: `maintenance` stands before what is found. */
export const SHOWN_STATES = ['up', 'down', 'unknown', 'maintenance'] as const;

const endpoint = z.object({
  key: text,
  name: text,
  state: z.enum(SHOWN_STATES),
  uptime: z.object({ '24h': share, '7d': share, '30d': share, '90d': share }).optional(),
  response_ms: z.int().nullable().optional().describe('Mean of 24 hours'),
  days: z
    .array(z.object({ day: z.iso.date(), uptime: share, down_ms: z.int() }))
    .optional()
    .describe('The last 90 days in UTC, oldest first'),
});

/** What `GET /api/v1/status-page` answers: nothing but what the configuration lets everybody know. */
export const STATUS_PAGE_DOCUMENT = z.object({
  title: text,
  verdict: z.enum(['up', 'partly_down', 'down', 'unknown', 'maintenance']),
  checked_at: time.nullable().describe('When anything on it was looked at last'),
  announcements: z.array(
    z.object({ type: z.enum(ANNOUNCEMENT_TYPES), message: text, at: time, archived: z.boolean() }),
  ),
  incidents: z
    .array(z.object({ name: text, group: text, started_at: time, ended_at: time.nullable() }))
    .optional()
    .describe('Outages of the last 7 days: those that go on first, then the newest'),
  groups: z.array(z.object({ name: text, endpoints: z.array(endpoint) })),
});

/** The document. */
export type StatusPageDocument = z.infer<typeof STATUS_PAGE_DOCUMENT>;
/** An endpoint in it. */
export type ShownEndpoint = z.infer<typeof endpoint>;
