import * as z from 'zod';
import type { PeerEntry } from '../../core/peer/entry.ts';
import type { Hop } from '../../core/peer/path.ts';
import { fromWire } from '../../core/peer/wire.ts';
import type { PeerView } from '../../peers/follow.ts';
import type { Received } from '../../peers/receive.ts';
import { NO_PARAMETERS } from '../api/queries.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import { failure, type Reply } from '../reply.ts';
import { PEER_SCHEMAS, peerJson } from './schemas.ts';

/** What the routes about other hubs need. */
export interface PeerParts {
  readonly peers: {
    /** Takes what another hub tells; rejects when it could not be committed. */
    readonly receive: (batch: {
      readonly hub: Hop;
      readonly entries: readonly PeerEntry[];
    }) => Promise<
      | { readonly outcome: 'received'; readonly hub: Hop; readonly results: readonly Received[] }
      | { readonly outcome: 'misnamed'; readonly hub: Hop }
    >;
    readonly views: () => Promise<readonly PeerView[]>;
    readonly change: (change: {
      readonly name: string;
      readonly change: 'pause' | 'resume' | 'resync';
    }) => Promise<PeerView | null>;
  };
}

const BODY_BYTES = 4 * 1024 * 1024;
const CHANGES = {
  pause: 'Tell a peer nothing for now; what happens meanwhile waits',
  resume: 'Go on telling a peer where it was paused',
  resync: 'Tell a peer all that is open, and then what happens',
} as const;

/** The routes about other hubs: what they tell, and how it stands with those that this hub tells. */
export function peerRoutes({ peers }: PeerParts): readonly Route[] {
  const receive = route({
    method: 'POST',
    path: '/api/v1/peers/entries',
    role: 'write',
    clients: 'peers',
    summary: 'Take what another hub tells: a signature of peer_keys, or a token with the role admin',
    bodyBytes: BODY_BYTES,
    takesGzip: true,
    body: PEER_SCHEMAS.batch,
    answers: { 200: PEER_SCHEMAS.received },
    answer: async ({ body, principal }): Promise<Reply> => {
      if (!mayTell(principal)) return failure(403, 'only a peer, or a token with the role admin, may tell this');
      const read = body.entries.map(fromWire);
      const entries = read.flatMap((one) => (one.outcome === 'read' ? [one.entry] : []));
      const answer = await peers.receive({ hub: { marker: body.hub.id, url: body.hub.url }, entries });
      const hub = { id: answer.hub.marker, url: answer.hub.url };
      if (answer.outcome === 'misnamed') {
        return failure(409, `${hub.url} is the address of this hub, ${hub.id}: give each hub its own BASE_URL`);
      }
      let next = 0;
      const results = read.map((one) => {
        if (one.outcome === 'read') return answer.results[next++];
        if (one.outcome === 'unknown_kind') return { outcome: 'unknown_kind' };
        return { outcome: 'refused', reason: one.message };
      });
      return { status: 200, body: { hub, results } };
    },
  });
  const list = route({
    method: 'GET',
    path: '/api/v1/peers',
    role: 'read',
    summary: 'How it stands with the peers that this hub tells',
    query: NO_PARAMETERS,
    answers: { 200: PEER_SCHEMAS.list },
    answer: async () => ({ status: 200, body: { items: (await peers.views()).map(peerJson), next_cursor: null } }),
  });
  const changes = (Object.keys(CHANGES) as (keyof typeof CHANGES)[]).map((change) =>
    route({
      method: 'POST',
      path: `/api/v1/peers/:name/${change}`,
      role: 'admin',
      summary: CHANGES[change],
      body: z.strictObject({}).optional(),
      answers: { 200: PEER_SCHEMAS.peer },
      answer: async ({ params: { name = '' } }): Promise<Reply> => {
        const view = await peers.change({ name, change });
        return view === null ? failure(404, 'there is no peer of this name') : { status: 200, body: peerJson(view) };
      },
    }),
  );
  return [receive, list, ...changes];
}

function mayTell(principal: RouteRequest['principal']): boolean {
  return principal !== null && (principal.kind === 'peer' || principal.role === 'admin');
}
