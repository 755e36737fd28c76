import { actorOf, signedBy } from '../../core/access/principal.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { Route, RouteRequest } from '../api/route.ts';
import type { Reply } from '../reply.ts';
import { wholeText } from '../text.ts';
import { ALERTA } from './alert.ts';
import { heartbeatJson, readHeartbeat } from './heartbeat.ts';
import { AlertaError, objectOf } from './read.ts';
import { alertaRoute, found, OK } from './route.ts';
import type { AlertaParts } from './routes.ts';

type Parts = Pick<AlertaParts, 'read' | 'submit' | 'remove' | 'now'>;

/** Takes a heartbeat, and gives it as it is kept; its origin is heard. Throws AlertaError. */
export async function acceptHeartbeat({ body, principal }: RouteRequest, { submit, now }: Parts) {
  const receivedAt = now();
  const signal = readHeartbeat(objectOf(body ?? {}), receivedAt);
  const head = { source: ALERTA, origin: '', actor: actorOf(principal), receivedAt };
  const answer = await submit({ ...head, alerts: [], errors: [], replay: null, instance: signal });
  if (answer.outcome === 'refused') throw new AlertaError(429, answer.reason);
  if (answer.leftOut !== undefined) throw new AlertaError(429, answer.leftOut);
  const heard = { ...signal, lastSeenAt: receivedAt, silentSince: null };
  return heartbeatJson(heard, receivedAt) as NonNullable<ReturnType<typeof heartbeatJson>>;
}

/**
 * Heartbeats as Alerta has them. An origin is an instance of the hub: one that is silent for longer than its timeout
 * raises an alert, and what is heard of it ends that.
 */
export function heartbeatRoutes(parts: Parts): readonly Route[] {
  const { read, remove } = parts;
  const one = async (id: string) =>
    JSON.parse(await wholeText(found(await read('alertaHeartbeat', { id })))) as {
      readonly heartbeat: unknown;
      readonly instance: Pick<Instance, 'instanceId'>;
    };
  return [
    alertaRoute('POST', '/alerta/heartbeat', 'write', 'Take a heartbeat, as Alerta does', async (request) => {
      const heartbeat = await acceptHeartbeat(request, parts);
      return { status: 201, body: { status: 'ok', id: heartbeat.id, heartbeat } };
    }),
    alertaRoute('GET', '/alerta/heartbeats', 'read', 'Heartbeats, as Alerta lists them', async ({ query }) =>
      found(await read('alertaHeartbeats', { status: wordsOf(query, 'status') })),
    ),
    alertaRoute('GET', '/alerta/heartbeat/:id', 'read', 'One heartbeat, as Alerta gives it', async ({ params }) => {
      const { heartbeat } = await one(params.id ?? '');
      return { status: 200, body: { status: 'ok', total: 1, heartbeat } };
    }),
    alertaRoute('DELETE', '/alerta/heartbeat/:id', 'write', 'Forget an origin of heartbeats', async (request) => {
      const { instance } = await one(request.params.id ?? '');
      return forget(instance.instanceId, request, remove);
    }),
  ];
}

async function forget(instanceId: string, { principal }: RouteRequest, remove: Parts['remove']): Promise<Reply> {
  const by = signedBy(principal, '');
  await remove({ kind: 'instances', instanceIds: [instanceId], actor: actorOf(principal), by, reason: 'asked' });
  return OK;
}

function wordsOf(query: unknown, name: string): readonly string[] {
  const given = (query as Readonly<Record<string, string | readonly string[] | undefined>>)[name];
  return [given ?? []].flat();
}
