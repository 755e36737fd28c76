import { randomUUID } from 'node:crypto';
import { createRecent } from '../../lib/recent.ts';
import type { Route, RouteRequest } from '../api/route.ts';
import { wholeText } from '../text.ts';
import { readAlertaQuery } from './query.ts';
import { AlertaError } from './read.ts';
import { alertaRoute, type Handler } from './route.ts';
import type { AlertaParts } from './routes.ts';

/** What is done to one alert, by the last word of the path of its bulk form. */
export type OneByOne = Readonly<Record<'status' | 'tag' | 'untag' | 'attributes' | 'action' | 'remove', Handler>>;

// As many as a list is made of.
const MOST = 10_000;
const PAGE = 1000;
const REMEMBERED_TASKS = 1000;

/** The same for all alerts that a query finds: each by itself, and what cannot be done to one does not keep others from it. */
export function bulkRoutes({ read }: Pick<AlertaParts, 'read'>, one: OneByOne): readonly Route[] {
  const tasks = createRecent<true>(REMEMBERED_TASKS);
  const idsOf = async (request: RouteRequest): Promise<readonly string[]> => {
    const query = { ...readAlertaQuery(request.query), pageSize: PAGE, hasHistory: false, hasRawData: false };
    const ids: string[] = [];
    for (let page = 1; ids.length < MOST; page += 1) {
      const text = await read('alertaAlerts', { ...query, page });
      if (text === undefined) break;
      const list = JSON.parse(await wholeText(text)) as { alerts: readonly { id: string }[]; more: boolean };
      ids.push(...list.alerts.map(({ id }) => id));
      if (!list.more) break;
    }
    if (ids.length === 0) throw new AlertaError(404, 'not found');
    return ids;
  };
  /** Ids of those to which it was done. */
  const all = async (request: RouteRequest, act: Handler): Promise<readonly string[]> => {
    const done: string[] = [];
    for (const id of await idsOf(request)) {
      try {
        await act({ ...request, params: { id } });
        done.push(id);
      } catch (error) {
        // It is so already, or has gone meanwhile.
        if (!(error instanceof AlertaError && (error.status === 409 || error.status === 404))) throw error;
      }
    }
    return done;
  };
  const change = (word: 'status' | 'tag' | 'untag' | 'attributes', summary: string) =>
    alertaRoute('PUT', `/alerta/_bulk/alerts/${word}`, 'write', summary, async (request) => {
      const updated = await all(request, one[word]);
      return { status: 200, body: { status: 'ok', updated, count: updated.length } };
    });
  return [
    change('status', 'Set the status of all alerts that are found'),
    change('tag', 'Add tags to all alerts that are found'),
    change('untag', 'Take tags from all alerts that are found'),
    change('attributes', 'Change attributes of all alerts that are found'),
    alertaRoute('DELETE', '/alerta/_bulk/alerts', 'write', 'Remove all alerts that are found', async (request) => {
      const deleted = await all(request, one.remove);
      return { status: 200, body: { status: 'ok', deleted, count: deleted.length } };
    }),
    alertaRoute('PUT', '/alerta/_bulk/alerts/action', 'write', 'Act on all alerts that are found', async (request) => {
      const { length } = await all(request, one.action);
      const task = randomUUID();
      tasks.set(task, true);
      const headers = { Location: `/alerta/_bulk/task/${task}` };
      return { status: 202, headers, body: { status: 'ok', message: `${length} alerts acted on`, count: length } };
    }),
    alertaRoute('GET', '/alerta/_bulk/task/:id', 'read', 'How far such an act is', async ({ params: { id = '' } }) => {
      if (tasks.get(id) === undefined) throw new AlertaError(404, 'not found');
      return { status: 200, body: { status: 'SUCCESS', id } };
    }),
  ];
}
