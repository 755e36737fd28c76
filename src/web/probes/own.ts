import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { EndpointEntry } from '../../config/endpoints/document.ts';
import { NO_PARAMETERS } from '../api/queries.ts';
import { type ProvingRequest, type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';
import { ASSIGNED, assignmentOf, bearerOf, isKnown, lookOf, type ProbeParts, RESULT } from './agents.ts';
import type { ShownProbe } from './desk.ts';

const text = z.string();
const PROBE = z.object({
  ...{ id: text, name: text, region: text, version: text, last_seen_at: text.nullable(), is_stale: z.boolean() },
  ...{ clock_offset_ms: z.number().nullable(), assigned: z.number() },
});
const REPORT = z.object({
  results: z.array(RESULT.extend({ key: z.string('must be the key of an endpoint') })).max(10_000),
  /** The clock of the probe when it sent this. */
  sent_at: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-28T14:30:00Z' }).optional(),
  version: z.string().max(100).optional(),
  name: z.string().max(255).optional(),
  region: z.string().max(255).optional(),
});
// Beside what a slim agent needs, all by which our own probes look as the hub itself would.
const ASSIGNED_WHOLE = ASSIGNED.extend({
  retries: z.number(),
  conditions_as_written: z.boolean(),
  conditions_resolved: z.boolean(),
  options: z.record(z.string(), z.unknown()),
});

function wholeAssignment(entry: EndpointEntry): z.infer<typeof ASSIGNED_WHOLE> {
  const { retries, options, ui } = entry;
  return {
    ...assignmentOf(entry),
    ...{ retries, conditions_as_written: ui.conditionsAsWritten, conditions_resolved: ui.conditionsResolved },
    options: JSON.parse(options.reveal()) as Record<string, unknown>,
  };
}

/** Our own tongue: the probes there are, what each is to look at, and what it has seen of all of it in one request. */
export function probeRoutes({ probes }: ProbeParts): readonly Route[] {
  const proof = (asked: ProvingRequest) => probes.prove(asked.params.id ?? '', bearerOf(asked), asked.caller.address);
  const prove = (asked: ProvingRequest) => {
    const found = proof(asked);
    return 'refused' in found ? found.refused : null;
  };
  return [
    route({
      ...{ method: 'GET', path: '/api/v1/probes', role: 'read', summary: 'A list of probes' },
      query: NO_PARAMETERS,
      answers: { 200: z.object({ items: z.array(PROBE) }) },
      answer: async () => ({ status: 200, body: { items: (await probes.list()).map(probeJson) } }),
    }),
    route({
      ...{ method: 'GET', path: '/api/v1/probes/:id/assignments', role: 'probe', prove },
      summary: 'What a probe is to look at; 304 to whoever has it, by its ETag',
      answers: {
        200: z.object({
          ...{ probe_id: text, checksum: text, endpoints: z.array(ASSIGNED_WHOLE) },
          asked: z.array(z.object({ key: text, at: text })),
        }),
      },
      answer: async (asked: RouteRequest): Promise<Reply> => {
        const probe = proof(asked);
        if ('refused' in probe) return probe.refused;
        const endpoints = probes.assigned(probe.id).map(wholeAssignment);
        const asks = await probes.asked(probe.id);
        const looks = asks.map(({ key, at }) => ({ key, at: new Date(at).toISOString() }));
        const checksum = createHash('sha256')
          .update(JSON.stringify([endpoints, looks]))
          .digest('hex');
        await probes.sight(probe, {});
        const headers = { ETag: `"${checksum}"` };
        if (isKnown(asked.header('if-none-match'), checksum)) return { status: 304, body: undefined, headers };
        return { status: 200, body: { probe_id: probe.id, checksum, endpoints, asked: looks }, headers };
      },
    }),
    route({
      ...{ method: 'POST', path: '/api/v1/probes/:id/results', role: 'probe', prove, bodyBytes: 1024 * 1024 },
      summary: 'What a probe has seen of its endpoints',
      body: REPORT,
      answers: { 202: z.object({ accepted: z.number() }) },
      answer: async (asked) => {
        const probe = proof(asked);
        if ('refused' in probe) return probe.refused;
        const { results, sent_at, version, name, region } = asked.body;
        const keys = new Set(probes.assigned(probe.id).map(({ key }) => key));
        const stranger = results.find(({ key }) => !keys.has(key));
        if (stranger !== undefined)
          return failure(404, `probe ${probe.id} does not look at an endpoint with the key ${stranger.key}`);
        const told = { version, name, region, ...(sent_at !== undefined && { sentAt: Date.parse(sent_at) }) };
        const refused = await probes.accept(
          probe,
          results.map((one) => lookOf(one.key, one)),
          told,
        );
        return refused?.refused ?? { status: 202, body: { accepted: results.length } };
      },
    }),
  ];
}

function probeJson({ entry, state, isStale, assigned }: ShownProbe): z.infer<typeof PROBE> {
  return {
    ...{ id: entry.id, name: entry.name, region: state?.region || entry.region, version: state?.version ?? '' },
    last_seen_at: state?.lastSeenAt == null ? null : new Date(state.lastSeenAt).toISOString(),
    ...{ is_stale: isStale, clock_offset_ms: state?.clockOffsetMs ?? null, assigned },
  };
}
