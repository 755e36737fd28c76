import { describe, expect, test } from '@jest/globals';
import { createAnnouncer } from '../../../src/dashboard/model/announcer.ts';
import { readViews, shownView, withoutView, withView } from '../../../src/dashboard/model/views.ts';
import { incident } from './samples.ts';

const critical = (id: string, fields = {}) =>
  incident({ id, title: `${id} is down`, severity: 'critical', firing_count: 1, ...fields });

function hear() {
  const spoken: string[] = [];
  let now = 0;
  let due: (() => void) | null = null;
  const clock = {
    now: () => now,
    after: (_: number, call: () => void) => {
      due = call;
      return () => {};
    },
  };
  const announce = createAnnouncer(clock, (text) => void spoken.push(text));
  const pass = (ms: number) => {
    now += ms;
    const call = due;
    due = null;
    call?.();
  };
  return { spoken, announce, pass };
}

describe('announcements', () => {
  test('what was there before is no news; what comes is named', () => {
    const { spoken, announce } = hear();
    announce([critical('a')]);
    announce([critical('a'), critical('b')]);
    expect(spoken).toEqual(['New critical incident: b is down']);
  });

  test('those of five seconds are one sentence', () => {
    const { spoken, announce, pass } = hear();
    announce([]);
    announce([critical('a')]);
    announce([critical('a'), critical('b')]);
    announce([critical('a'), critical('b'), critical('c')]);
    expect(spoken).toEqual(['New critical incident: a is down']);
    pass(5000);
    expect(spoken).toEqual(['New critical incident: a is down', '2 new critical incidents']);
  });

  test('what is muted or less than critical is not announced, and what comes back is', () => {
    const { spoken, announce, pass } = hear();
    announce([critical('a')]);
    announce([critical('a'), incident({ id: 'w', severity: 'warning' })]);
    announce([critical('m', { muted: { kind: 'silenced', id: 's', until: null } })]);
    expect(spoken).toEqual([]);
    pass(9000);
    announce([critical('a')]);
    expect(spoken).toEqual(['New critical incident: a is down']);
  });

  test('names from outside cannot turn the text around', () => {
    const { spoken, announce } = hear();
    announce([]);
    announce([critical('a', { title: 'x\u202Ey' })]);
    expect(spoken.join()).not.toContain('\u202E');
  });
});

describe('views', () => {
  test('are kept by name, known again by their filters, and taken away', () => {
    const kept = withView([], 'mine', { severity: ['critical'], label: ['a=b', 'c=d'] });
    const views = readViews(withView(readViews(kept), 'others', { q: ['x y'] }));
    expect(views.map(({ name }) => name)).toEqual(['mine', 'others']);
    expect(shownView(views, { severity: ['critical'], label: ['a=b', 'c=d'] })?.name).toBe('mine');
    expect(shownView(views, { severity: ['critical'] })).toBeUndefined();
    expect(readViews(withoutView(views, 'mine')).map(({ name }) => name)).toEqual(['others']);
    expect(readViews(withView(views, 'mine', { q: ['z'] }))).toHaveLength(2);
  });

  test.each(['', 'no json', '{}', '[1, null, {"name": 1}, {"name": "x"}]'])('%j holds none', (text) =>
    expect(readViews(text)).toEqual([]),
  );
});
