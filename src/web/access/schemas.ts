import * as z from 'zod';
import { ACCESS_ROLES } from '../../core/access/role.ts';

// What the routes of access answer; the API is described by them.

const time = z.iso.datetime();
const timeOrNull = time.nullable();
const grant = { role: z.enum(ACCESS_ROLES), confined_to: z.string().nullable().describe('Matchers; null for all') };
const token = z.object({
  ...{ id: z.string(), name: z.string(), ...grant, status: z.enum(['active', 'ended']) },
  ...{ created_at: time, created_by: z.string(), last_used_at: timeOrNull, expires_at: timeOrNull },
});
const person = z.object({
  ...{ name: z.string(), ...grant, by: z.enum(['password', 'single_sign_on']), sessions: z.int().min(0) },
  ...{ last_seen_at: timeOrNull, created_at: time, created_by: z.string() },
});
const session = z.object({
  ...{ id: z.string(), name: z.string(), is_this: z.boolean(), address: z.string(), agent: z.string() },
  ...{ created_at: time, last_seen_at: time, expires_at: time },
});
const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: z.null() });

/** Bodies of answers that are no errors. */
export const ANSWERS = {
  token,
  newToken: token.extend({ token: z.string().describe('Shown this once') }),
  tokens: listOf(token),
  person,
  people: listOf(person),
  sessions: listOf(session),
  endedSessions: z.object({ ended_sessions: z.int().min(0) }),
  changedPerson: z.object({ name: z.string(), ended_sessions: z.int().min(0) }),
  ended: z.object({ id: z.string(), status: z.enum(['revoked', 'ended']) }),
  principal: z.object({
    ...{
      kind: z.enum(['local', 'configured_token', 'token', 'person', 'proxy', 'peer']),
      name: z.string().nullable(),
      ...grant,
    },
    csrf_token: z.string().nullable().describe('What changes carry as X-CSRF-Token; null where none is needed'),
  }),
};
