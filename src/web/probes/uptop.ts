import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { EndpointEntry, ProbeEntry } from '../../config/endpoints/document.ts';
import { type ProvingRequest, type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';
import { assignmentOf, type ProbeParts } from './agents.ts';

const text = z.string('must be a text').max(1000);
const REGISTER = z.object({
  id: text.default(''),
  name: text.optional(),
  region: text.optional(),
  version: text.optional(),
});
const RESULTS = z.object({
  node_id: text.default(''),
  results: z
    .array(
      z.object({
        site_id: z.number('must be the number of a site'),
        latency_ns: z.number('must be a number of nanoseconds').min(0).default(0),
        is_up: z.boolean('must be true or false'),
        error_reason: z.string().default(''),
      }),
    )
    .max(10_000)
    .nullable()
    .default([]),
});

/** The tongue of uptop's probes: the secret is the token of the probe, under either name of the header. */
export function uptopRoutes({ probes }: ProbeParts): readonly Route[] {
  const secretOf = ({ header }: ProvingRequest) => header('x-uptop-secret') ?? header('x-upkeep-secret') ?? null;
  const prove = (asked: ProvingRequest) =>
    probes.knows(secretOf(asked)) ? null : failure(401, 'Unauthorized: X-Uptop-Secret must be the token of a probe');
  const proven = async (asked: RouteRequest, id: string, what: string, work: (probe: ProbeEntry) => Promise<Reply>) => {
    if (id === '') return failure(400, `${what} is required`);
    const found = probes.prove(id, secretOf(asked), asked.caller.address);
    return 'refused' in found ? found.refused : work(found);
  };
  return [
    route({
      ...{ method: 'POST', path: '/api/probe/register', role: 'probe', prove, body: REGISTER },
      summary: 'A probe of uptop says that it is there',
      answer: (asked) =>
        proven(asked, asked.body.id, 'id', async (probe) => {
          const { name, region, version } = asked.body;
          await probes.sight(probe, { name, region, version });
          return { status: 200, body: { ok: true } };
        }),
    }),
    route({
      ...{ method: 'GET', path: '/api/probe/assignments', role: 'probe', prove },
      query: z.object({ node_id: text.default('') }),
      summary: 'What a probe of uptop is to look at',
      answer: (asked) =>
        proven(asked, asked.query.node_id, 'node_id', async (probe) => {
          await probes.sight(probe, {});
          return { status: 200, body: { sites: probes.assigned(probe.id).flatMap(siteOf) } };
        }),
    }),
    route({
      ...{ method: 'POST', path: '/api/probe/results', role: 'probe', prove, body: RESULTS, bodyBytes: 1024 * 1024 },
      summary: 'What a probe of uptop has seen',
      answer: (asked) =>
        proven(asked, asked.body.node_id, 'node_id', async (probe) => {
          const keys = new Map(probes.assigned(probe.id).map(({ key }) => [siteId(key), key]));
          const looks = (asked.body.results ?? []).flatMap(({ site_id, latency_ns, is_up, error_reason }) => {
            const key = keys.get(site_id);
            if (key === undefined) return [];
            const errors = is_up || error_reason === '' ? [] : [error_reason];
            const told = { key, success: is_up, durationMs: Math.round(latency_ns / 1e6), errors };
            return [{ ...told, conditions: [], abstains: false, certificateMs: null, toldAt: null }];
          });
          const refused = await probes.accept(probe, looks, {});
          return refused?.refused ?? { status: 200, body: { ok: true } };
        }),
    }),
  ];
}

/** The number of an endpoint: the same for ever, whatever else is configured. */
export function siteId(key: string): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6);
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ http: 'http', https: 'http', tcp: 'port', ping: 'ping', icmp: 'ping', dns: 'dns' },
};

/** An endpoint as a site; none where uptop's probes cannot look at its kind. */
function siteOf(entry: EndpointEntry): readonly object[] {
  const { name, group, url, regions, description, retries, intervalMs, timeoutMs, key } = entry;
  const type = TYPES[/^([a-z]+):/i.exec(url)?.[1]?.toLowerCase() ?? ''];
  if (type === undefined || !URL.canParse(url)) return [];
  const { hostname, port } = new URL(url);
  return [
    {
      ...{ ID: siteId(key), Name: group === '' ? name : `${group}/${name}`, URL: url, Type: type, Token: '' },
      ...{ Interval: Math.round(intervalMs / 1000), AlertID: 0, CheckSSL: false, ExpiryThreshold: 0 },
      ...{ MaxRetries: retries, Hostname: hostname, Port: Number(port) || 0, Timeout: Math.ceil(timeoutMs / 1000) },
      ...{ Method: assignmentOf(entry).method, Description: description, ParentID: 0, AcceptedCodes: '200-299' },
      ...{ DNSResolveType: '', DNSServer: '', IgnoreTLS: false, Paused: false, Regions: regions.join(',') },
    },
  ];
}
