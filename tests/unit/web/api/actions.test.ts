import { expect, test } from '@jest/globals';
import { ACTIONS, type Action, type ActionResult } from '../../../../src/core/action/action.ts';
import { actionRoutes } from '../../../../src/web/api/actions.ts';
import { WriteError } from '../../../../src/web/api/write.ts';
import type { Reply } from '../../../../src/web/reply.ts';
import { CALLER, LOCAL } from '../../../support/access.ts';
import { idOf, incident, T } from '../../../support/stored.ts';

const HOUR = 3_600_000;

/** What the action `kind` is asked with a body: what was asked of the engine, and the answer. */
async function post(kind: string, body: unknown, result?: ActionResult, idempotencyKey: string | null = null) {
  const asked: Action[] = [];
  const routes = actionRoutes({
    read: async () => undefined,
    act: async (action) => {
      asked.push(action);
      return result ?? { outcome: 'done', reason: 'asked', incident: incident(1) };
    },
    now: () => T,
  });
  const write = routes.find(({ path }) => path === `/api/v1/incidents/:id/${kind}`)?.answer;
  if (write === undefined) throw new Error(`no route for ${kind}`);
  const reply = (await write({
    params: { id: idOf(1) },
    query: {},
    body,
    idempotencyKey,
    principal: LOCAL,
    caller: CALLER,
    header: () => undefined,
    confinement: null,
  })) as Reply;
  return { asked: asked[0], reply };
}
const faults = async (kind: string, body: unknown) => {
  try {
    await post(kind, body);
  } catch (error) {
    if (error instanceof WriteError) return error.errors.map(({ path }) => path);
    throw error;
  }
  return [];
};

test.each(ACTIONS.filter((kind) => kind !== 'assign' && kind !== 'shelve' && kind !== 'note'))(
  '%s needs no body, and takes who and why',
  async (kind) => {
    const bare = await post(kind, undefined);
    expect(bare.asked).toMatchObject({ kind, incidentId: idOf(1), actor: 'api', by: '', comment: '' });
    expect(bare.reply).toMatchObject({
      status: 200,
      body: { id: idOf(1), action: { id: bare.asked?.id, outcome: 'done', reason: 'asked', message: 'done' } },
    });
    const said = await post(kind, { by: ' alice ', comment: 'two\nlines' });
    expect(said.asked).toMatchObject({ by: 'alice', comment: 'two\nlines' });
    expect(said.asked?.id).not.toBe(bare.asked?.id);
  },
);

test.each<[string, unknown, Partial<Action>]>([
  ['assign', { assignee: 'bob' }, { assignee: 'bob' } as Partial<Action>],
  ['assign', { assignee: null }, { assignee: '' } as Partial<Action>],
  ['assign', { assignee: '' }, { assignee: '' } as Partial<Action>],
  ['note', { comment: 'a cable' }, { comment: 'a cable' }],
  ['acknowledge', { for: '4h' }, { until: T + 4 * HOUR, forMs: 4 * HOUR } as Partial<Action>],
  ['shelve', { for: '2h' }, { until: T + 2 * HOUR, forMs: 2 * HOUR } as Partial<Action>],
  ['shelve', { for: 90 }, { until: T + 90_000 } as Partial<Action>],
  ['shelve', { until: new Date(T + HOUR).toISOString() }, { until: T + HOUR } as Partial<Action>],
  ['shelve', { until: '2023-11-15T00:00:00+01:00' }, { until: Date.UTC(2023, 10, 14, 23) } as Partial<Action>],
])('%s %j', async (kind, body, expected) => {
  expect((await post(kind, body)).asked).toMatchObject({ kind, ...expected });
});

test.each<[string, unknown, readonly string[]]>([
  ['acknowledge', [], ['']],
  ['acknowledge', 'text', ['']],
  ['acknowledge', null, []],
  ['acknowledge', { status: 'closed' }, ['status']],
  ['acknowledge', { by: 7 }, ['by']],
  ['acknowledge', { by: 'a\nb' }, ['by']],
  ['acknowledge', { by: 'a'.repeat(201) }, ['by']],
  ['acknowledge', { comment: 'a'.repeat(4001) }, ['comment']],
  ['acknowledge', { comment: '\u001b[2J' }, ['comment']],
  ['acknowledge', { for: '1h', until: '2023-11-15T00:00:00Z' }, ['until']],
  ['assign', {}, ['assignee']],
  ['note', {}, ['comment']],
  ['note', { comment: ' \n' }, ['comment']],
  ['shelve', {}, ['until']],
  ['shelve', { for: '1h', until: '2023-11-15T00:00:00Z' }, ['until']],
  ['shelve', { for: 'soon' }, ['for']],
  ['shelve', { until: 'tomorrow' }, ['until']],
  ['shelve', { until: '2030-01-01T00:00:00Z' }, ['until']],
])('%s %j is refused by its fields', async (kind, body, paths) => {
  expect(await faults(kind, body)).toEqual(paths);
});

test.each<[ActionResult & { outcome: 'refused' }, number]>([
  [{ outcome: 'refused', reason: 'not_found', incident: null }, 404],
  [{ outcome: 'refused', reason: 'ambiguous_id', incident: null }, 409],
  [{ outcome: 'refused', reason: 'id_reused', incident: null }, 422],
  [{ outcome: 'refused', reason: 'is_over', incident: incident(1) }, 409],
  [{ outcome: 'refused', reason: 'is_closed', incident: incident(1) }, 409],
  [{ outcome: 'refused', reason: 'another_is_open', incident: incident(1) }, 409],
  [{ outcome: 'refused', reason: 'until_is_past', incident: incident(1) }, 422],
  [{ outcome: 'refused', reason: 'note_is_empty', incident: incident(1) }, 422],
])('what the hub refuses has its status: %j', async (result, status) => {
  const { reply } = await post('acknowledge', {}, result);
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({ status: 'error', message: expect.any(String), reason: result.reason });
});

test('what is so already is answered as done, and says so', async () => {
  const result = { outcome: 'unchanged', reason: 'already_acknowledged', incident: incident(1) } as const;
  const { reply } = await post('acknowledge', {}, result);
  expect(reply).toMatchObject({
    status: 200,
    body: { action: { outcome: 'unchanged', reason: 'already_acknowledged' } },
  });
});

test('a request that names itself has that name', async () => {
  expect((await post('resolve', {}, undefined, 'k1')).asked?.id).toBe('api k1');
});
