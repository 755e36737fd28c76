import { actorOf, signedBy } from '../../core/access/principal.ts';
import { uuidv7 } from '../../lib/crypto/ids.ts';
import { type AlertmanagerParts, actionId } from '../alertmanager/routes.ts';
import { alertmanagerSilence } from '../alertmanager/silence-views.ts';
import type { Route, RouteRequest } from '../api/route.ts';
import type { Reply } from '../reply.ts';
import { wholeText } from '../text.ts';
import { blackoutJson, readBlackout } from './blackout.ts';
import { AlertaError, objectOf } from './read.ts';
import { alertaRoute, found, OK } from './route.ts';

type Parts = Pick<AlertmanagerParts, 'read' | 'changeSilence' | 'now'>;
type Shown = ReturnType<typeof alertmanagerSilence>;

/** Blackouts as Alerta has them: windows of maintenance, which hold notices back; alerts are kept all the same. */
export function blackoutRoutes({ read, changeSilence, now }: Parts): readonly Route[] {
  const set = async (request: RouteRequest, id: string | null, status: number): Promise<Reply> => {
    const { body, principal, idempotencyKey } = request;
    const user = signedBy(principal, '') || actorOf(principal);
    const result = await changeSilence({
      ...{ type: 'set_silence', id: actionId(idempotencyKey, principal, now()), origin: 'alerta' },
      ...{ actor: actorOf(principal), request: readBlackout(objectOf(body ?? {}), id, user, now()) },
    });
    if (result.outcome === 'not_found' || result.outcome === 'ambiguous') throw new AlertaError(404, 'not found');
    if (result.outcome === 'invalid')
      throw new AlertaError(400, result.problems.map(({ path, message }) => `${path} ${message}`).join('; '));
    const blackout = blackoutJson(alertmanagerSilence(result.silence, now()), now());
    return { status, body: { status: 'ok', id: result.silence.id, blackout } };
  };
  const one = async (id: string) => {
    const text = found(await read('alertmanagerSilence', { id: id.toLowerCase() }));
    const blackout = blackoutJson(JSON.parse(await wholeText(text)) as Shown, now());
    if (blackout === null) throw new AlertaError(404, 'not found');
    return blackout;
  };
  return [
    alertaRoute('POST', '/alerta/blackout', 'write', 'Open a window of maintenance, as Alerta does', (request) =>
      set(request, null, 201),
    ),
    alertaRoute('GET', '/alerta/blackouts', 'read', 'Windows and silences, as Alerta lists blackouts', async () => {
      const text = await read('alertmanagerSilences', { filters: [], states: ['active', 'pending'] });
      const all = JSON.parse(await wholeText(found(text))) as readonly Shown[];
      const blackouts = all.flatMap((one) => blackoutJson(one, now()) ?? []);
      const pages = { page: 1, pageSize: blackouts.length, pages: blackouts.length === 0 ? 0 : 1, more: false };
      return { status: 200, body: { status: 'ok', blackouts, total: blackouts.length, ...pages } };
    }),
    alertaRoute('GET', '/alerta/blackout/:id', 'read', 'One of them', async ({ params }) => ({
      status: 200,
      body: { status: 'ok', total: 1, blackout: await one(params.id ?? '') },
    })),
    alertaRoute('PUT', '/alerta/blackout/:id', 'write', 'Change one of them', async (request) => {
      const { id, endTime, ...before } = await one(request.params.id ?? '');
      const given = objectOf(request.body ?? {});
      // A new length counts from the start; what is not given stays.
      const end = given.duration === undefined ? { endTime } : {};
      return set({ ...request, body: { ...before, ...end, ...given } }, id, 200);
    }),
    alertaRoute('DELETE', '/alerta/blackout/:id', 'write', 'End one of them', async ({ params, principal }) => {
      const { id } = await one(params.id ?? '');
      const by = { actor: actorOf(principal) };
      const { outcome } = await changeSilence({
        ...{ type: 'end_silence', id: uuidv7(now()), silenceId: id, kind: null, ...by },
      });
      if (outcome === 'not_found') throw new AlertaError(404, 'not found');
      return OK;
    }),
  ];
}
