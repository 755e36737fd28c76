import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { EndpointEntry, ProbeEntry } from '../../config/endpoints/document.ts';
import type { Phases } from '../../core/endpoint/result.ts';
import { NO_PARAMETERS } from '../api/queries.ts';
import { type ProvingRequest, type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';
import type { ProbeDesk, ToldLook } from './desk.ts';

/** What the tongues of probes need. */
export interface ProbeParts {
  readonly probes: ProbeDesk;
}

const phase = z.number('must be a number of milliseconds').min(0).max(86_400_000).nullable().default(null);
const PHASES = z.object({ dns_ms: phase, connect_ms: phase, tls_ms: phase, first_byte_ms: phase });
const result = z.object({
  success: z.boolean('must be true or false'),
  duration_ms: z.number('must be a number of milliseconds').min(0).max(86_400_000).default(0),
  timestamp: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-28T14:30:00Z' }).optional(),
  errors: z.array(z.string()).max(1000).default([]),
  condition_results: z
    .array(z.object({ condition: z.string(), success: z.boolean() }))
    .max(1000)
    .default([]),
  abstain: z.boolean().default(false),
  certificate_ms: z.number().nullable().default(null),
  phases: PHASES.optional(),
});
const results = z.union([result, z.array(result).max(10_000)], {
  error:
    'must be a result, or a list of results: {"success": true, "duration_ms": 12, "timestamp": "2026-11-28T14:30:00Z"}',
});

/** One look in the words of the Gatus fork, which are ours, too. */
export const RESULT = result;

const text = z.string();
/** An endpoint as whoever looks at it needs it. */
export const ASSIGNED = z.object({
  ...{ key: text, name: text, group: text, url: text, method: text, headers: z.record(text, text), body: text },
  ...{ interval_ms: z.number(), timeout_ms: z.number(), conditions: z.array(text) },
});
const ASSIGNMENTS = z.object({ agent_id: text, checksum: text, endpoints: z.array(ASSIGNED) });
const AGENTS = z.array(
  z.object({
    ...{ id: text, name: text, region: text, version: text, last_seen: text.nullable(), stale: z.boolean() },
    ...{ clock_offset_ms: z.number().nullable(), assigned: z.number() },
  }),
);

/** The tongue of the Gatus fork: assignments by their checksum, results of one endpoint, and who is there. */
export function agentRoutes({ probes }: ProbeParts): readonly Route[] {
  const proof = (asked: ProvingRequest) => probes.prove(asked.params.id ?? '', bearerOf(asked), asked.caller.address);
  const prove = (asked: ProvingRequest) => {
    const found = proof(asked);
    return 'refused' in found ? found.refused : null;
  };
  const proven = async (asked: RouteRequest, work: (probe: ProbeEntry) => Promise<Reply>): Promise<Reply> => {
    const found = proof(asked);
    return 'refused' in found ? found.refused : work(found);
  };
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents',
      role: 'read',
      summary: 'Probes, as the Gatus fork lists its agents',
      query: NO_PARAMETERS,
      answers: { 200: AGENTS },
      answer: async () => ({
        status: 200,
        body: (await probes.list()).map(({ entry, state, isStale, assigned }) => ({
          ...{ id: entry.id, name: entry.name, region: state?.region || entry.region, version: state?.version ?? '' },
          last_seen: state?.lastSeenAt == null ? null : new Date(state.lastSeenAt).toISOString(),
          ...{ stale: isStale, clock_offset_ms: state?.clockOffsetMs ?? null, assigned },
        })),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/agents/:id/assignments',
      role: 'probe',
      prove,
      summary: 'What a probe is to look at; 304 to whoever has it, by its ETag',
      answers: { 200: ASSIGNMENTS },
      answer: (asked) =>
        proven(asked, async (probe) => {
          const endpoints = probes.assigned(probe.id).map(assignmentOf);
          const checksum = createHash('sha256').update(JSON.stringify(endpoints)).digest('hex');
          await probes.sight(probe, {});
          const headers = { ETag: `"${checksum}"` };
          if (isKnown(asked.header('if-none-match'), checksum)) return { status: 304, body: undefined, headers };
          return { status: 200, body: { agent_id: probe.id, checksum, endpoints }, headers };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents/:id/endpoints/:key/results',
      role: 'probe',
      prove,
      summary: 'What a probe has seen of an endpoint: one result, or a list',
      body: results,
      answers: { 202: z.object({ accepted: z.number() }) },
      answer: (asked) =>
        proven(asked, async (probe) => {
          const { key = '' } = asked.params;
          if (!probes.assigned(probe.id).some((entry) => entry.key === key))
            return failure(404, `probe ${probe.id} does not look at an endpoint with the key ${key}`);
          const looks = [asked.body].flat().map((one) => lookOf(key, one));
          const refused = await probes.accept(probe, looks, {});
          return refused === null ? { status: 202, body: { accepted: looks.length } } : refused.refused;
        }),
    }),
  ];
}

function phasesIn({ dns_ms, connect_ms, tls_ms, first_byte_ms }: z.infer<typeof PHASES>): Phases {
  return { dnsMs: dns_ms, connectMs: connect_ms, tlsMs: tls_ms, firstByteMs: first_byte_ms };
}

/** A look from its words. */
export function lookOf(key: string, told: z.infer<typeof RESULT>): ToldLook {
  return {
    ...{ key, success: told.success, durationMs: Math.round(told.duration_ms), errors: told.errors },
    ...{ conditions: told.condition_results, abstains: told.abstain, certificateMs: told.certificate_ms },
    ...(told.phases !== undefined && { phases: phasesIn(told.phases) }),
    toldAt: told.timestamp === undefined ? null : Date.parse(told.timestamp),
  };
}

/** An endpoint in the words of an assignment. */
export function assignmentOf(entry: EndpointEntry): z.infer<typeof ASSIGNED> {
  const { key, name, group, url, intervalMs, timeoutMs, conditions } = entry;
  const options = JSON.parse(entry.options.reveal()) as {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  return {
    ...{
      key,
      name,
      group,
      url,
      method: options.method ?? 'GET',
      headers: { ...options.headers },
      body: options.body ?? '',
    },
    ...{ interval_ms: intervalMs, timeout_ms: timeoutMs, conditions: [...conditions] },
  };
}

/** The bearer token that a request shows; null for none. */
export function bearerOf({ header }: Pick<RouteRequest, 'header'>): string | null {
  return /^Bearer +(\S+) *$/i.exec(header('authorization') ?? '')?.[1] ?? null;
}

/** Whether a checksum is among those that a request names. */
export function isKnown(named: string | undefined, checksum: string): boolean {
  return (named ?? '').split(',').some((one) => one.trim().replace(/^W\//, '').replaceAll('"', '') === checksum);
}
