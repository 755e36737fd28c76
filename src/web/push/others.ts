import * as z from 'zod';
import type { Ping } from '../../core/endpoint/push/ping.ts';
import { type ProvingRequest, type Route, type RouteDefinition, route } from '../api/route.ts';
import { bearerOf } from '../probes/agents.ts';
import { failure, type Reply } from '../reply.ts';
import type { PushParts } from './desk.ts';

const ERROR_CHARS = 500;
const call = (success: boolean, more: Partial<Pick<Ping, 'durationMs' | 'error' | 'body'>>): Omit<Ping, 'at'> => ({
  ...{ kind: success ? 'success' : 'fail', run: '', exitCode: null, isBinary: false, durationMs: null, body: '' },
  ...{ error: '', ...more },
});
const plain = (status: number, page: string): Reply => ({
  ...{ status, body: undefined, page, headers: { 'Content-Type': 'text/plain; charset=utf-8' } },
});
const parameter = (query: unknown, name: string): string | undefined => {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
};

/** The addresses by which programs call that were made for Gatus, uptop and Uptime Kuma. */
export function pushOfOthersRoutes({ pushes }: PushParts): readonly Route[] {
  // In Gatus's order.
  const refusal = (asked: ProvingRequest): Reply | null => {
    const success = parameter(asked.query, 'success');
    if (success !== 'true' && success !== 'false') return failure(400, 'the parameter success must be true or false');
    const token = bearerOf(asked);
    if (token === null) return { ...failure(401, 'show the token as a bearer token'), headers: BEARER };
    const entry = pushes.byKey(asked.params.key ?? '');
    if (entry === undefined) return failure(404, 'there is no push endpoint with this key');
    return entry.token.equals(token) ? null : { ...failure(401, 'this is not its token'), headers: BEARER };
  };
  const uptop = (asked: ProvingRequest) => bearerOf(asked) ?? parameter(asked.query, 'token') ?? '';
  const either = (definition: Omit<RouteDefinition<unknown, unknown>, 'method' | 'role'>) => [
    route({ ...definition, role: 'push', method: 'GET', readsNothing: true }),
    route({ ...definition, role: 'push', method: 'POST', takesText: true }),
  ];
  return [
    route({
      ...{ method: 'POST', path: '/api/v1/endpoints/:key/external', role: 'push', prove: refusal, takesText: true },
      summary: 'What is told of a push endpoint, as clients of Gatus do: success, error, duration',
      ...{ body: z.unknown(), answers: { 200: null } },
      answer: async (asked) => {
        const entry = pushes.byKey(asked.params.key ?? '');
        if (entry === undefined) return failure(404, 'there is no push endpoint with this key');
        const duration = parameter(asked.query, 'duration') ?? '';
        const durationMs = duration === '' ? null : goDurationMs(duration);
        if (duration !== '' && durationMs === null)
          return failure(400, 'the duration must be like 10s, 1m30s or 250ms');
        const success = parameter(asked.query, 'success') === 'true';
        const error = success ? '' : (parameter(asked.query, 'error') ?? '').slice(0, ERROR_CHARS);
        return (await pushes.take(entry, call(success, { durationMs, error }))) ?? plain(200, '');
      },
    }),
    ...either({
      path: '/api/push',
      summary: 'A push endpoint is alive, as jobs made for uptop say: its token as a bearer token',
      answer: async (asked) => {
        const token = uptop(asked);
        if (token === '') return plain(400, 'Missing token');
        const found = pushes.find(token);
        if (found.outcome !== 'found') return plain(404, 'Invalid Token');
        return (await pushes.take(found.entry, call(true, {}))) ?? plain(200, 'OK');
      },
    }),
    ...either({
      path: '/api/push/:token',
      summary: 'What is told of a push endpoint, as jobs made for Uptime Kuma do: status, msg, ping',
      answer: async (asked) => {
        const found = pushes.find(asked.params.token ?? '');
        if (found.outcome !== 'found')
          return { status: 404, body: { ok: false, msg: 'Monitor not found or not active.' } };
        const success = (parameter(asked.query, 'status') ?? 'up') === 'up';
        const message = (parameter(asked.query, 'msg') ?? '').slice(0, ERROR_CHARS);
        const ping = z.coerce
          .number()
          .min(0)
          .max(86_400_000)
          .safeParse(parameter(asked.query, 'ping') || undefined);
        const told = { durationMs: ping.success ? Math.round(ping.data) : null, body: message };
        const error = success ? '' : message;
        return (
          (await pushes.take(found.entry, call(success, { ...told, error }))) ?? { status: 200, body: { ok: true } }
        );
      },
    }),
  ];
}

const BEARER = { 'WWW-Authenticate': 'Bearer' };
const GO_UNITS: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
};

/** A duration as Go writes it, in milliseconds; null for what is none. */
function goDurationMs(text: string): number | null {
  if (text === '0') return 0;
  if (!/^\+?(\d+(\.\d*)?(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (GO_UNITS[unit ?? ''] ?? 0), 0);
  return ms <= 366 * 86_400_000 ? Math.round(ms) : null;
}
