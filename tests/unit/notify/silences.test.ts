import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openNoticeHub, policyOf } from '../../support/notice-hub.ts';

// Waits of 2 s, 3 s and an hour, as the time lines that were run against Alertmanager have them.
let hub: ReturnType<typeof openNoticeHub>;
beforeEach(async () => {
  hub = openNoticeHub(policyOf());
  await hub.start();
});
afterEach(() => hub.close());

const second = (to: number) => hub.tick(to * 1000 - hub.now());
const said = () =>
  hub.said.map(({ at, message }) => {
    const names = message.alerts.filter(({ status }) => status === 'firing').map(({ name }) => name.split(' ')[0]);
    return `${message.phase} ${at / 1000}${message.phase === 'resolved' ? '' : ` ${names.toSorted().join(',')}`}`;
  });
const heldEvents = async () => {
  const { items } = await hub.store.listIncidents({ limit: 9 });
  const events = await hub.store.history(
    items.map(({ id }) => id),
    99,
  );
  return events.filter(({ kind }) => kind === 'notice_held').map(({ reason, data }) => ({ reason, ...data }));
};

describe('a silence holds notices back until its end', () => {
  test('what began under it is told at its end, and why it was not stands in the history', async () => {
    const id = await hub.silence('a', 0, 7);
    await hub.say('firing', ['a']);
    await second(6.9);
    expect(said()).toEqual([]);
    const until = new Date(1_700_000_007_000).toISOString();
    expect(await heldEvents()).toEqual([{ reason: 'silenced', by: id, until, channel: 'ops', places: ['root'] }]);
    await second(20);
    expect(said()).toEqual(['firing 7 a']);
  });

  test('a maintenance window says so', async () => {
    const by = await hub.silence('a', 0, 7, { kind: 'maintenance' });
    await hub.say('firing', ['a']);
    expect(await heldEvents()).toMatchObject([{ reason: 'maintenance', by }]);
  });

  test('what began and ended under it is never told', async () => {
    await hub.silence('a', 0, 9);
    await hub.say('firing', ['a']);
    await second(4);
    await hub.say('resolved', ['a']);
    await second(60);
    expect(said()).toEqual([]);
  });

  test('an end of what people were told passes it at once', async () => {
    await hub.say('firing', ['a']);
    await second(3);
    await hub.silence('a', 3, 100);
    await second(6);
    await hub.say('resolved', ['a']);
    await second(200);
    expect(said()).toEqual(['firing 2 a', 'resolved 8']);
  });

  test('what was told before and still fires at its end is told again then', async () => {
    await hub.say('firing', ['a']);
    await second(3);
    await hub.silence('a', 3, 9);
    await second(12.2);
    await hub.say('resolved', ['a']);
    await second(60);
    expect(said()).toEqual(['firing 2 a', 'reminder 9 a', 'resolved 14.2']);
  });

  test('a second episode under it is told at its end', async () => {
    await hub.say('firing', ['a']);
    await second(3);
    await hub.silence('a', 3, 9.5);
    await second(4);
    await hub.say('resolved', ['a']);
    await second(7.5);
    await hub.say('firing', ['a']);
    await second(15.3);
    await hub.say('resolved', ['a']);
    await second(60);
    expect(said()).toEqual(['firing 2 a', 'resolved 6', 'firing 9.5 a', 'resolved 17.3']);
  });

  test('one of two alerts is held back, and joins when the silence ends', async () => {
    await hub.silence('b', 0, 7);
    await hub.say('firing', ['a', 'b']);
    await second(60);
    expect(said()).toEqual(['firing 2 a', 'firing 9 a,b']);
  });

  test('the end of one of two that were told passes it, too', async () => {
    await hub.say('firing', ['a', 'b']);
    await second(3);
    await hub.silence('b', 3, 9);
    await second(6);
    await hub.say('resolved', ['b']);
    await second(12.2);
    await hub.say('resolved', ['a']);
    await second(60);
    expect(said()).toEqual(['firing 2 a,b', 'firing 8 a', 'resolved 14.2']);
  });
});

describe('a silence that changes', () => {
  test('begins at its time: nothing before it, held back from then on, told again at its end', async () => {
    await hub.silence('a', 5, 9);
    await hub.say('firing', ['a']);
    await second(4.9);
    expect([said(), await heldEvents()]).toEqual([['firing 2 a'], []]);
    await second(5);
    expect(await heldEvents()).toHaveLength(1);
    await second(60);
    expect(said()).toEqual(['firing 2 a', 'reminder 9 a']);
  });

  test('is ended by hand: told at once', async () => {
    const id = await hub.silence('a', 0, 100);
    await hub.say('firing', ['a']);
    await second(7);
    await hub.endSilence(id);
    expect(said()).toEqual(['firing 7 a']);
  });

  test('is made longer: told at the later end', async () => {
    const id = await hub.silence('a', 0, 9);
    await hub.say('firing', ['a']);
    await second(8);
    await hub.silence('a', 0, 20, { id });
    await second(60);
    expect(said()).toEqual(['firing 20 a']);
  });

  test('is replaced by one of another alert: told at once', async () => {
    const id = await hub.silence('a', 0, 100);
    await hub.say('firing', ['a']);
    await second(5);
    await hub.silence('b', 0, 100, { id });
    await second(60);
    expect(said()).toEqual(['firing 5 a']);
  });

  test('overlaps with another: told when the last one ends', async () => {
    await hub.silence('a', 0, 9);
    await hub.silence('a|b', 0, 12);
    await hub.say('firing', ['a']);
    await second(60);
    expect(said()).toEqual(['firing 12 a']);
  });

  test('concerns only whom it matches: nobody else is looked at', async () => {
    for (const name of ['a', 'b', 'c']) await hub.say('firing', [name], 'warning', name);
    await second(3);
    const before = await hub.store.historyHead();
    await hub.silence('b', 3, 100);
    const { events } = await hub.store.eventsAfter(before, 99);
    expect(events.map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
      'silence created',
      'incident notice_held',
    ]);
  });

  test('outlives the process that follows it', async () => {
    await hub.silence('a', 5, 9);
    await hub.say('firing', ['a']);
    await second(3);
    await hub.replace();
    await second(6);
    await hub.replace();
    await second(60);
    expect(said().slice(0, 2)).toEqual(['firing 2 a', 'reminder 9 a']);
  });
});
