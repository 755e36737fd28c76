import { describe, expect, test } from '@jest/globals';
import type { Evaluation } from '../../../src/core/notice/evaluate.ts';
import { admitWanted } from '../../../src/notify/admit.ts';
import { createGate, type Gate } from '../../../src/notify/gate.ts';

const RATE = { rate: { burst: 20, perMinute: 60 } };
const T = 1_700_000_000_000;
const fail = (gate: Gate, times: number, at: number) => {
  for (let n = 0; n < times; n += 1) gate.settled(false, at);
};
const wanted = (severity: 'critical' | 'warning', id: string) =>
  ({ wanted: { send: { reason: 'new' }, speaks: { severity } }, after: { incidentId: id } }) as unknown as Evaluation;
const verdicts = (gate: Gate, looked: readonly Evaluation[], at: number) =>
  admitWanted(looked, gate, 0, at).map(({ looked: one, verdict }) => `${one.after.incidentId} ${verdict}`);

describe('a channel that fails', () => {
  test('is closed for 5 seconds after the fifth failure in a row, however many messages failed beside it', () => {
    const gate = createGate(RATE);
    fail(gate, 4, T);
    expect(gate.closedUntil(T)).toBeNull();
    fail(gate, 15, T);
    expect(gate.closedUntil(T)).toBe(T + 5000);
  });

  test('is then tried by one message, what is critical first, and the others wait for its end', () => {
    const gate = createGate(RATE);
    fail(gate, 5, T);
    const looked = [wanted('warning', 'a'), wanted('critical', 'b'), wanted('critical', 'c')];
    expect(verdicts(gate, looked, T + 5000)).toEqual(['b send', 'c later', 'a later']);
    expect(gate.closedUntil(T + 5000)).toBe(T + 65_000);
    gate.settled(true, T + 5100);
    expect(verdicts(gate, looked, T + 6000)).toEqual(['b send', 'c send', 'a send']);
  });

  test('is closed for twice as long after each trial that fails, for five minutes at most', () => {
    const gate = createGate(RATE);
    fail(gate, 5, T);
    const waits: number[] = [];
    for (let at = T + 5000, n = 0; n < 8; n += 1) {
      gate.take('critical', at);
      gate.settled(false, at);
      const until = gate.closedUntil(at) ?? 0;
      waits.push((until - at) / 1000);
      at = until;
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('is tried again where nobody hears the end of a trial, and at once where it was not sent after all', () => {
    const gate = createGate(RATE);
    fail(gate, 5, T);
    gate.take('critical', T + 5000);
    expect(gate.closedUntil(T + 64_000)).toBe(T + 65_000);
    expect(gate.closedUntil(T + 65_000)).toBeNull();
    gate.take('critical', T + 65_000);
    gate.untried();
    expect(gate.closedUntil(T + 65_000)).toBeNull();
  });
});
