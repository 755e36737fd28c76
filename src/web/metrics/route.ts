import type { HeartbeatState } from '../../core/heartbeat.ts';
import type { NoticeFigures } from '../../notify/figures.ts';
import type { StoreFigures } from '../../stores/contract/figures.ts';
import { type Route, route } from '../api/route.ts';
import type { EndpointParts } from '../endpoints/routes.ts';
import { foundEndpoints } from '../endpoints/rows.ts';
import type { PeerParts } from '../peers/routes.ts';
import type { ProbeParts } from '../probes/agents.ts';
import { failure } from '../reply.ts';
import type { TextParts } from '../text.ts';
import type { EndpointFigures } from './endpoints.ts';
import { EXPOSITION_TYPE, expositionText } from './exposition.ts';
import { familiesOf, type RequestCount } from './families.ts';

/** What the figures of a hub are read from. */
export interface MetricsParts extends EndpointParts, ProbeParts {
  readonly peers: PeerParts['peers'];
  readonly read: (name: 'figures', query: object) => Promise<TextParts | undefined>;
  readonly notices: { readonly figures: () => Promise<NoticeFigures | null> };
  readonly requests: () => readonly RequestCount[];
  /** What the process uses. */
  readonly usage: () => { readonly startedAt: number; readonly memoryBytes: number; readonly cpuSeconds: number };
  /** null where none is wanted. */
  readonly heartbeat: () => HeartbeatState | null;
  readonly notReady: () => Promise<string | null>;
  readonly version: string;
}

/** `GET /metrics`: the figures of the hub, for Prometheus. Read with the credential of the API. */
export function metricsRoute(parts: MetricsParts): Route {
  const answer = async () => {
    const [text, notices, reason, endpoints, peers] = await Promise.all([
      parts.read('figures', {}),
      parts.notices.figures(),
      parts.notReady(),
      endpointFigures(parts),
      parts.peers.views(),
    ]);
    if (text === undefined) return failure(404, 'this hub counts nothing');
    const store = JSON.parse(await wholeText(text)) as StoreFigures;
    const { version, now, requests, usage, heartbeat } = parts;
    const families = familiesOf({
      ...{
        version,
        now: now(),
        isReady: reason === null,
        requests: requests(),
        store,
        notices,
        endpoints,
        peers,
        heartbeat: heartbeat(),
      },
      ...usage(),
    });
    return {
      status: 200,
      body: undefined,
      page: expositionText(families),
      headers: { 'Content-Type': EXPOSITION_TYPE },
    };
  };
  const summary = 'The figures of the hub, for Prometheus';
  return route({ method: 'GET', path: '/metrics', role: 'read', summary, answer });
}

async function endpointFigures({ endpoints, probes, now }: MetricsParts): Promise<EndpointFigures> {
  const watched = endpoints.watched();
  const states = watched.length === 0 ? [] : await endpoints.reads.endpointStates();
  const found = foundEndpoints(endpoints.document(), watched, states, now());
  return {
    endpoints: found.map(({ watched: { key }, verdict }) => ({ key, state: verdict.state })),
    looks: endpoints.looks(),
    probes: (await probes.list()).map(({ entry: { id }, state, isStale }) => ({
      ...{ id, isStale, lastSeenAt: state?.lastSeenAt ?? null, clockOffsetMs: state?.clockOffsetMs ?? null },
    })),
  };
}

async function wholeText(parts: TextParts): Promise<string> {
  let text = '';
  for (let part = await parts.next(); part.value !== undefined; part = await parts.next())
    text += new TextDecoder().decode(part.value.bytes);
  return text;
}
