import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { alertmanagerBody } from '../../../src/core/notice/alertmanager.ts';
import type { NoticeMessage } from '../../../src/core/notice/message.ts';
import { prometheus } from '../../../src/drivers/prometheus.ts';
import { importAlertmanager } from '../../../src/imports/alertmanager/convert.ts';
import { openNoticeHub } from '../../support/notice-hub.ts';
import { notifyConfig } from '../../support/notify-config.ts';
import { ROOT } from '../../support/sources.ts';
import {
  alertmanagerConfiguration,
  LASTS,
  near,
  postedAlert,
  RECORDED,
  RESTARTS_AT,
  type Restart,
  type Step,
  silencedMatchers,
  TIMELINES,
  type Timeline,
  timelinesOf,
  toldText,
} from '../../support/timelines.ts';
import { T } from '../../support/world.ts';

// What a hub with the configuration of an Alertmanager tells is held against what a real one told, second by second, on a
// clock that is moved by hand. `npm run compare` plays the same beside a real one.
// What is recorded was rounded, and Alertmanager looks at its silences and retries at seconds of its own.
const SECONDS = 1;
const RECEIVER = 'http://receiver.example.com';
const { configuration, variables, lost } = importAlertmanager(
  JSON.parse(alertmanagerConfiguration(RECEIVER)),
  () => 'alertmanager.yml',
);
const { notify, incidents } = configuration as { notify: unknown; incidents: { group_by: readonly string[] } };
const config = notifyConfig(JSON.stringify(notify));
let told: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  // Retries are spread by chance.
  const chance = jest.spyOn(Math, 'random').mockReturnValue(0.5);
  told = { ...(await play(undefined)), ...(await play('stop')), ...(await play('kill')) };
  chance.mockRestore();
});
afterAll(() => config.remove());

/** Plays those with such a restart, or without any, at the same time; gives what each was told and took. */
async function play(restart: Restart | undefined): Promise<Readonly<Record<string, readonly string[]>>> {
  const env = Object.fromEntries([...variables.keys()].map((name) => [name, `${RECEIVER}/hook`]));
  const timelines = timelinesOf(restart);
  const prepared = await config.prepare(env);
  if (prepared === null) throw new Error('the configuration that was imported tells nobody');
  const hub = openNoticeHub(prepared.policy, { groupBy: incidents.group_by });
  const texts = new Map<string, string[]>(timelines.map(({ id }) => [id, []]));
  const answers = new Map<string, number>();
  hub.answers((channel) => {
    const status = answers.get(channel) ?? 200;
    if (status !== 200) return { ok: false, kind: 'unavailable', permanent: false, reason: `HTTP ${status}` };
    const { at, message } = hub.said.at(-1) as { at: number; message: NoticeMessage };
    texts.get(channel)?.push(`${Math.round(at / 1000)} ${toldText(alertmanagerBody(message))}`);
    return { ok: true };
  });
  await hub.start();
  const silences = new Map<string, string>();
  const doStep = async (id: string, step: Step) => {
    if ('answer' in step) answers.set(id, step.answer);
    else if ('silence' in step) {
      const matchers = silencedMatchers(id, step.silence);
      silences.set(id, await hub.silence('', step.at, step.at + step.seconds, { matchers }));
    } else if ('unsilence' in step) await hub.endSilence(silences.get(id) ?? '');
    else {
      const receivedAt = T + hub.now();
      const read = prometheus.parse([postedAlert(id, step, receivedAt)], { userAgent: '', receivedAt });
      if (!read.ok) throw new Error(read.message);
      await hub.take('prometheus', read.alerts);
    }
  };
  let isToRestart = restart !== undefined;
  const pass = async (second: number) => {
    if (isToRestart && second > RESTARTS_AT) {
      await hub.tick(RESTARTS_AT * 1000 - hub.now());
      await hub.replace();
      isToRestart = false;
    }
    await hub.tick(second * 1000 - hub.now());
  };
  const steps = timelines.flatMap(({ id, steps }) => steps.map((step) => ({ id, step })));
  for (const { id, step } of steps.toSorted((a, b) => a.step.at - b.step.at)) {
    await pass(step.at);
    await doStep(id, step);
  }
  await pass(LASTS);
  await hub.close();
  return Object.fromEntries(texts);
}

test('the configuration of an Alertmanager is imported without loss', () => expect(lost).toEqual([]));

test.each<Timeline>(TIMELINES)(
  '$id $what: the hub tells what Alertmanager tells, but for what is meant',
  (timeline) => {
    const { id, hub } = timeline;
    const expected = hub?.told ?? RECORDED[id];
    expect(near(told[id], expected, SECONDS)).toEqual(expected);
  },
);

test('what differs on purpose does differ, and stands in the page about Alertmanager', () => {
  const page = readFileSync(join(ROOT, 'docs/alertmanager.md'), 'utf8');
  for (const { id, what, hub } of TIMELINES) {
    if (hub === undefined) continue;
    expect(hub.told).not.toEqual(RECORDED[id]);
    const cells = [RECORDED[id], hub.told].map((list = []) => list.join('; '));
    expect(page).toContain(`| ${what} | ${cells[0]} | ${cells[1]} | ${hub.why} |`);
  }
});
