import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fromWire, toWire, WIRE_VERSION } from '../../../../src/core/peer/wire.ts';

// What hubs of the first version have sent, as it was recorded: it is read for ever.
const RECORDED = JSON.parse(readFileSync('tests/fixtures/peers/entries-v1.json', 'utf8')) as {
  readonly version: number;
  readonly entries: readonly Record<string, unknown>[];
};

describe('what crosses between hubs', () => {
  test('is read as it was recorded of version 1, and written so again but for what is not known', () => {
    expect(RECORDED.version).toBe(WIRE_VERSION);
    for (const recorded of RECORDED.entries) {
      const read = fromWire(recorded);
      if (read.outcome !== 'read') throw new Error(JSON.stringify(read));
      const { a_field_of_a_later_version: _, ...alert } = (recorded.alert ?? {}) as Record<string, unknown>;
      expect(toWire(read.entry)).toEqual({ ...recorded, ...(recorded.kind === 'alert' && { alert }) });
    }
  });

  test('may hold kinds of a later version, which are passed over by name', () => {
    const [first] = RECORDED.entries;
    expect(fromWire({ ...first, kind: 'told' })).toEqual({ outcome: 'unknown_kind', kind: 'told' });
  });

  test('takes words that it does not know to the safe side: people hear', () => {
    const [first] = RECORDED.entries;
    const alert = { ...(first?.alert as object), status: 'smouldering', severity: 'apocalyptic' };
    expect(fromWire({ ...first, alert })).toMatchObject({
      entry: { alert: { status: 'firing', severity: 'critical', endedAt: null } },
    });
  });

  test.each([
    ['no object', 7, 'an entry must be an object'],
    ['no key', { key: '' }, 'key must be text of 1 to 500 characters'],
    [
      'a path that is too long',
      { path: Array.from({ length: 17 }, () => 'x') },
      'path must be a list of at most 16 texts',
    ],
    ['no time', { at: 'now' }, 'at must be a time such as 2026-11-28T14:30:00.000Z'],
    ['no alert', { alert: [] }, 'alert must be an object'],
  ])('refuses %s, and says what is wrong', (_, change, message) => {
    const given = typeof change === 'number' ? change : { ...RECORDED.entries[0], ...change };
    expect(fromWire(given)).toEqual({ outcome: 'invalid', message });
  });
});
