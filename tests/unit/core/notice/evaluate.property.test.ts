import { expect, test } from '@jest/globals';
import type { Severity } from '../../../../src/core/alert/alert.ts';
import { type Behaviour, type Heard, NoticeWorld, node } from '../../../support/notice-world.ts';
import fc from '../../../support/property.ts';

const ALERTS = ['A', 'B', 'C'];
const CHANNELS = ['ops', 'boss'];

/** Something that happens, and how long after the thing before it. */
interface Step {
  readonly afterMs: number;
  readonly act: (world: NoticeWorld) => void;
  readonly about: string;
}

const step = (about: fc.Arbitrary<string>, act: (text: string) => (world: NoticeWorld) => void) =>
  fc
    .record({ afterMs: fc.integer({ min: 0, max: 20_000 }), text: about })
    .map(({ afterMs, text }): Step => ({ afterMs, about: text, act: act(text) }));

const alert = fc.constantFrom(...ALERTS);
const severity = fc.constantFrom<Severity>('critical', 'warning', 'info');
const behaviour = fc.constantFrom<Behaviour>('ok', 'ok', 'ok', 'refused', 'lost');

const steps = fc.array(
  fc.oneof(
    step(
      fc.tuple(alert, severity).map(([id, level]) => `fire ${id} ${level}`),
      (text) => (world) => {
        const [, id = '', level] = text.split(' ');
        world.fire(id, level as Severity);
      },
    ),
    step(
      alert.map((id) => `resolve ${id}`),
      (text) => (world) => world.resolve(text.split(' ')[1] ?? ''),
    ),
    step(
      alert.map((id) => `mute ${id}`),
      (text) => (world) => {
        world.mutes.set(text.split(' ')[1] ?? '', { reason: 'silenced', by: 's', until: world.now + 15_000 });
        world.look();
      },
    ),
    step(fc.constant('acknowledge'), () => (world) => {
      world.isAcknowledged = world.firing().length > 0;
      world.look();
    }),
    step(fc.constant('restart'), () => (world) => world.restart()),
    step(
      fc.constantFrom('before', 'after').map((when) => `killed ${when} the attempt`),
      (text) => (world) => {
        const isBefore = text.includes('before');
        world.crashBeforeAttempt = isBefore;
        world.crashAfterAttempt = !isBefore;
        world.advance(3000);
        world.crashBeforeAttempt = false;
        world.crashAfterAttempt = false;
        world.restart();
      },
    ),
    step(
      fc.tuple(fc.constantFrom(...CHANNELS), behaviour).map(([channel, does]) => `${channel} ${does}`),
      (text) => (world) => {
        const [channel = '', does] = text.split(' ');
        world.behaviour.set(channel, does as Behaviour);
      },
    ),
  ),
  { maxLength: 25 },
);

const policy = fc.record({
  groupWaitMs: fc.constantFrom(0, 2000, 10_000),
  groupIntervalMs: fc.constantFrom(3000, 30_000),
  repeatMs: fc.constantFrom(0, 20_000, 3_600_000),
  escalates: fc.boolean(),
  acknowledges: fc.boolean(),
});

function play(
  given: { groupWaitMs: number; groupIntervalMs: number; repeatMs: number; escalates: boolean; acknowledges: boolean },
  line: readonly Step[],
) {
  const { escalates, acknowledges, ...times } = given;
  const settings = { channels: ['ops'], ...times, ...(escalates && { escalation: 'up' }) };
  const world = new NoticeWorld({
    ...{ root: node({ settings }), acknowledges },
    escalations: {
      up: [
        { afterMs: 8000, channels: ['boss'] },
        { afterMs: 16_000, channels: ['boss', 'ops'] },
      ],
    },
  });
  for (const { afterMs, act } of line) {
    world.advance(afterMs);
    act(world);
  }
  return world;
}

const per = (heard: readonly Heard[], channel: string) => heard.filter((one) => one.channel === channel);

test('an end is told only after a start was told or tried, and what is heard is in order', () => {
  fc.assert(
    fc.property(policy, steps, (given, line) => {
      const { heard } = play(given, line);
      for (const channel of CHANNELS) {
        let isOpen = false;
        let last = '';
        for (const { phase, state, key, wasTried } of per(heard, channel)) {
          // Where the start failed, one message tells both times; a repeat of what may have been lost has the same key.
          if (phase === 'resolved') expect(isOpen || wasTried || key === last).toBe(true);
          isOpen = state !== 'resolved';
          last = key;
        }
      }
    }),
    { numRuns: 4000 },
  );
});

test('nothing is heard twice but with the same key, and then only when the hub could not know', () => {
  fc.assert(
    fc.property(policy, steps, (given, line) => {
      const { heard } = play(given, line);
      const known = new Set<string>();
      for (const { key, isKnown } of heard) {
        expect(known.has(key)).toBe(false);
        if (isKnown) known.add(key);
      }
    }),
    { numRuns: 4000 },
  );
});

test('what was heard to fire under one key says the same each time', () => {
  fc.assert(
    fc.property(policy, steps, (given, line) => {
      const said = new Map<string, string>();
      for (const { key, phase, ids, severity: level } of play(given, line).heard) {
        if (phase !== 'firing') continue;
        const words = `${level} ${ids.join(' ')}`;
        expect(said.get(key) ?? words).toBe(words);
        said.set(key, words);
      }
    }),
    { numRuns: 4000 },
  );
});

test('once the channels work and no mute holds, people know within the waits how it stands', () => {
  fc.assert(
    fc.property(policy, steps, (given, line) => {
      const world = play(given, line);
      for (const channel of CHANNELS) world.behaviour.set(channel, 'ok');
      world.advance(15_000 + given.groupWaitMs + given.groupIntervalMs + 10_000);
      const last = per(world.heard, 'ops').at(-1);
      const isFiring = world.firing().length > 0;
      if (isFiring) {
        expect(last?.state).toBe('firing');
        expect(last?.ids).toEqual(
          world
            .firing()
            .map(({ id }) => id)
            .sort(),
        );
      } else expect(last?.state ?? 'resolved').toBe('resolved');
    }),
    { numRuns: 4000 },
  );
});

test('one step of an escalation at a time, none after an acknowledgement, each once an episode', () => {
  fc.assert(
    fc.property(policy, steps, (given, line) => {
      const { heard } = play({ ...given, escalates: true }, line);
      const escalated = heard.filter(({ phase, isKnown }) => phase === 'escalation' && isKnown);
      const keys = escalated.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 2000 },
  );
});

test('a restart at any point changes nothing of what is heard', () => {
  const calm = steps.map((line) => line.filter(({ about }) => !about.startsWith('killed') && about !== 'restart'));
  fc.assert(
    fc.property(policy, calm, fc.nat(25), (given, line, where) => {
      const with_ = [
        ...line.slice(0, where),
        { afterMs: 0, about: 'restart', act: (w: NoticeWorld) => w.restart() },
        ...line.slice(where),
      ];
      expect(play(given, with_).heard).toEqual(play(given, line).heard);
    }),
    { numRuns: 2000 },
  );
});
