import { expect, test } from '@jest/globals';
import type { Action, ActionResult } from '../../../../src/core/action/action.ts';
import type { LinkPurpose } from '../../../../src/core/action/link.ts';
import type { Incident } from '../../../../src/core/incident/incident.ts';
import { signLink } from '../../../../src/lib/crypto/link-token.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { incidentJson } from '../../../../src/web/api/views.ts';
import { linkRoutes } from '../../../../src/web/links/routes.ts';
import type { Reply } from '../../../../src/web/reply.ts';
import { partsOf } from '../../../../src/web/text.ts';
import { CALLER } from '../../../support/access.ts';
import { idOf, incident, T } from '../../../support/stored.ts';

const KEY = { id: '3fa2c91e', secret: new Secret('0123456789abcdef0123456789abcdef') };
const HOSTILE = `</title><script>alert(1)</script>"'&`;

function open(fields: Partial<Incident> = {}, result?: ActionResult) {
  const asked: Action[] = [];
  const stored = incident(1, { title: HOSTILE, ...fields });
  const alerts = [
    { name: HOSTILE, status: 'firing', severity: 'critical', annotations: { message: HOSTILE } },
    { name: 'over', status: 'resolved', severity: 'info', annotations: {} },
  ];
  async function* text() {
    yield JSON.stringify({ ...incidentJson(stored), alerts });
  }
  const routes = linkRoutes({
    read: async (_, query) => ('id' in query && query.id === idOf(1) ? partsOf(text()) : undefined),
    act: async (action) => {
      asked.push(action);
      return result ?? { outcome: 'done', reason: 'asked', incident: stored };
    },
    findLinkSecret: async (id) => (id === KEY.id ? KEY.secret : undefined),
    now: () => T,
  });
  const link = (purpose: LinkPurpose, more = {}) =>
    signLink({ incidentId: idOf(1), purpose, channel: 'slack', expiresAt: T + 1000, ...more }, KEY);
  const ask = async (token: string, body: unknown, wanted: string) =>
    (await routes
      .find(({ method }) => method === wanted)
      ?.answer({
        params: { token },
        query: {},
        body,
        idempotencyKey: null,
        principal: null,
        caller: CALLER,
        header: () => undefined,
        confinement: null,
      })) as Reply;
  const get = async (token: string) => ask(token, undefined, 'GET');
  const post = async (token: string, body?: unknown) => ask(token, body, 'POST');
  return { asked, link, get, post };
}

test('to look does nothing, however often', async () => {
  const { asked, link, get } = open();
  for (let times = 0; times < 3; times += 1) expect((await get(link('acknowledge'))).status).toBe(200);
  expect(asked).toEqual([]);
});

test('the page has one form, loads and runs nothing, and is kept and told to nobody', async () => {
  const { link, get } = open();
  const { page = '', headers } = await get(link('acknowledge'));
  expect(page.match(/<form/g)).toHaveLength(1);
  expect(page).toMatch(/<form method="post">.*<button type="submit">Acknowledge<\/button>/s);
  expect(page).not.toMatch(/<script|<img|<link|src=|http:|https:/);
  expect(headers).toMatchObject({ 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' });
  expect(headers?.['Content-Security-Policy']).toMatch(
    /^default-src 'none';style-src 'sha256-[\w+/]+=';form-action 'self';frame-ancestors 'none';base-uri 'none'$/,
  );
});

test('what strangers wrote stands in it as text', async () => {
  const { link, get } = open({ status: 'acknowledged', acknowledgedBy: HOSTILE, acknowledgedAt: T });
  const { page = '' } = await get(link('acknowledge'));
  expect(page.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&amp;/g)?.length).toBeGreaterThanOrEqual(5);
});

test.each<[unknown, Partial<Action>]>([
  [undefined, { by: '', comment: '' }],
  [
    { by: ' alice ', comment: 'on my way' },
    { by: 'alice', comment: 'on my way' },
  ],
  [
    { by: 'a\nb', comment: 7 },
    { by: '', comment: '' },
  ],
  [
    { incidentId: 'another', kind: 'close' },
    { by: '', comment: '' },
  ],
  ['text', { by: '', comment: '' }],
])('a form that says %j does what the link is for, and nothing else', async (body, said) => {
  const { asked, link, post } = open();
  const { status, page } = await post(link('acknowledge'), body);
  expect([status, page]).toEqual([200, expect.stringContaining('Acknowledged')]);
  expect(asked).toMatchObject([{ kind: 'acknowledge', incidentId: idOf(1), actor: 'link:slack', ...said }]);
});

test('a link for looking has no form, and what is posted to it does nothing', async () => {
  const { asked, link, get, post } = open();
  expect((await get(link('show'))).page).not.toContain('<form');
  expect((await post(link('show'))).status).toBe(200);
  expect(asked).toEqual([]);
});

test('who holds an incident back chooses for how long, and a program that chooses nothing has an hour', async () => {
  const { asked, link, get, post } = open({ shelvedUntil: T + 14_400_000 });
  expect((await get(link('shelve'))).page).toMatch(/<select name="for"><option value="1h">.*<button/s);
  const hour = 3_600_000;
  for (const body of [{ for: '4h' }, undefined, { for: '99y' }]) await post(link('shelve'), body);
  expect(asked).toMatchObject(
    [4, 1, 1].map((hours) => ({ kind: 'shelve', until: T + hours * hour, forMs: hours * hour })),
  );
});

test.each<[LinkPurpose, ActionResult['outcome'], ActionResult['reason'], string, string]>([
  ['acknowledge', 'done', 'asked', 'Acknowledged by ann.', 'Reminders and escalation stop.'],
  ['acknowledge', 'done', 'taken_over', 'Acknowledged by ann; somebody else had it.', 'Reminders and escalation stop.'],
  ['acknowledge', 'unchanged', 'already_acknowledged', 'Nothing was done: it is acknowledged already.', ''],
  ['unacknowledge', 'done', 'asked', 'The acknowledgement was taken back by ann.', 'go on'],
  ['resolve', 'done', 'asked', 'Resolved by ann.', 'opens again'],
  ['close', 'done', 'asked', 'Closed by ann.', 'another incident'],
  ['reopen', 'done', 'asked', 'Opened again by ann.', 'as one that begins'],
  ['shelve', 'done', 'asked', 'Held back until 2023-11-14 23:13 UTC by ann.', 'told again'],
  ['shelve', 'refused', 'is_over', 'Nothing was done: it is over already.', ''],
])(
  'a link to %s, %s (%s), says what was done, by whom, and what comes of it',
  async (purpose, outcome, reason, done, next) => {
    const stored = incident(1, { shelvedUntil: T + 3_600_000, ...(purpose === 'reopen' && { status: 'resolved' }) });
    const { link, post } = open(stored, { outcome, reason, incident: stored } as ActionResult);
    const { page = '' } = await post(link(purpose), { by: 'ann' });
    expect(page).toContain(`<strong>${done}</strong>`);
    if (next === '') expect(page).not.toContain('</strong></p>\n<p>');
    else expect(page).toMatch(new RegExp(`</strong></p>\\n<p>[^<]*${next}`));
    expect(page).not.toContain('<form');
  },
);

test('after the end there is nothing to do', async () => {
  const { link, get, post } = open(
    { status: 'resolved', resolvedAt: T },
    { outcome: 'refused', reason: 'is_over', incident: incident(1) },
  );
  const { status, page } = await get(link('acknowledge'));
  expect([status, page]).toEqual([200, expect.stringContaining('it is over already')]);
  expect(page).not.toContain('<form');
  expect(await post(link('acknowledge'))).toMatchObject({ status: 200, page: expect.stringContaining('over already') });
});

test.each<[string, (token: string) => string, object, number]>([
  ['one that was tampered with', (token) => `${token.slice(0, -2)}AA`, {}, 404],
  ['one of no form', () => 'x', {}, 404],
  ['one that has expired', (token) => token, { expiresAt: T }, 410],
  ['one of an incident that is gone', (token) => token, { incidentId: idOf(9) }, 404],
])('%s does nothing', async (_, change, more, expected) => {
  const { asked, link, get, post } = open({}, { outcome: 'refused', reason: 'not_found', incident: null });
  const token = change(link('acknowledge', more));
  expect([(await get(token)).status, (await post(token)).status]).toEqual([expected, expected]);
  if (!('incidentId' in more)) expect(asked).toEqual([]);
});

test('one of a key that was revoked does nothing', async () => {
  const { asked, get, post } = open();
  const claims = { incidentId: idOf(1), purpose: 'acknowledge', channel: 'c', expiresAt: T + 1000 } as const;
  const token = signLink(claims, { ...KEY, id: '00000000' });
  expect([(await get(token)).status, (await post(token)).status]).toEqual([404, 404]);
  expect(asked).toEqual([]);
});
