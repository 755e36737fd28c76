import { describe, expect, test } from '@jest/globals';
import { NoticeWorld, node, type WorldPolicy } from '../../../support/notice-world.ts';

const SECOND = 1000;
// As in the experiments with Alertmanager: waits of 2 s, 3 s and, unless said, an hour.
const quick = (over: Partial<WorldPolicy> = {}, repeatMs = 3_600_000): WorldPolicy => ({
  root: node({ settings: { channels: ['ops'], groupWaitMs: 2000, groupIntervalMs: 3000, repeatMs } }),
  ...over,
});

/** `F 2`, `R 5`: what was heard and when, in seconds; with the alerts where there are several. */
const told = (world: NoticeWorld) =>
  world.heard.map(({ phase, at, state }) => {
    const letter = { firing: 'F', resolved: 'R', reminder: 'M', escalation: 'E', flapping: '~' }[phase];
    return `${letter}${phase === 'firing' && state === 'resolved' ? '+R' : ''} ${at / SECOND}`;
  });

const at = (world: NoticeWorld, second: number) => world.advance(second * SECOND - world.now);

/** Time lines: what is done at a second, and what is heard in the end. */
const LINES: readonly [
  string,
  readonly (readonly [number, (world: NoticeWorld) => void])[],
  number,
  readonly string[],
  WorldPolicy?,
][] = [
  ['fires, and is told after the wait', [[0, (w) => w.fire('A')]], 60, ['F 2']],
  [
    'fires and ends before the wait is over: nothing',
    [
      [0, (w) => w.fire('A')],
      [1, (w) => w.resolve('A')],
    ],
    60,
    [],
  ],
  [
    'a critical one goes at once where no route says',
    [[0, (w) => w.fire('A', 'critical')]],
    60,
    ['F 0'],
    { root: node({ settings: { channels: ['ops'] } }) },
  ],
  [
    'what joins right after the first message is told ten seconds behind it, once; later ones by the interval',
    [
      [0, (w) => w.fire('A', 'critical')],
      [0.1, (w) => w.fire('B', 'critical')],
      [9, (w) => w.fire('C', 'critical')],
      [11, (w) => w.fire('D', 'critical')],
    ],
    400,
    ['F 0', 'F 10', 'F 310'],
    { root: node({ settings: { channels: ['ops'] } }) },
  ],
  [
    'a reminder has its own due time',
    [[0, (w) => w.fire('A')]],
    40,
    ['F 2', 'M 12', 'M 22', 'M 32'],
    quick({}, 10_000),
  ],
  [
    'the end is told after the wait, not after the interval',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.resolve('A')],
    ],
    60,
    ['F 2', 'R 5'],
  ],
  [
    'a second alert is told an interval after the first message',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.fire('B')],
    ],
    60,
    ['F 2', 'F 5'],
  ],
  [
    'a part that ends is told after the interval',
    [
      [
        0,
        (w) => {
          w.fire('A');
          w.fire('B');
        },
      ],
      [3, (w) => w.resolve('B')],
    ],
    60,
    ['F 2', 'F 5'],
  ],
  [
    'a refire in the gap before the end is told goes on as the same',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.resolve('A')],
      [4, (w) => w.fire('A')],
    ],
    60,
    ['F 2'],
  ],
  [
    'fires again after its end was told: told again',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.resolve('A')],
      [6, (w) => w.fire('A')],
    ],
    60,
    ['F 2', 'R 5', 'F 8'],
  ],
  [
    'silenced and ended under the silence: the end is told',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.mutes.set('A', { reason: 'silenced', by: 's', until: null })],
      [6, (w) => w.resolve('A')],
    ],
    60,
    ['F 2', 'R 8'],
  ],
  [
    'silenced from the start and ended: nothing',
    [
      [
        0,
        (w) => {
          w.mutes.set('A', { reason: 'silenced', by: 's', until: null });
          w.fire('A');
        },
      ],
      [6, (w) => w.resolve('A')],
    ],
    60,
    [],
  ],
  [
    'a silence that ends while it fires: told at once',
    [
      [
        0,
        (w) => {
          w.mutes.set('A', { reason: 'silenced', by: 's', until: 7000 });
          w.fire('A');
        },
      ],
    ],
    60,
    ['F 7'],
  ],
  [
    'told, then silenced, still there at the end of the silence: one reminder',
    [
      [0, (w) => w.fire('A')],
      [
        3,
        (w) => {
          w.mutes.set('A', { reason: 'silenced', by: 's', until: 9000 });
          w.look();
        },
      ],
      [20, (w) => w.resolve('A')],
    ],
    60,
    ['F 2', 'M 9', 'R 22'],
  ],
  [
    'acknowledged: no reminder, but the end',
    [
      [0, (w) => w.fire('A')],
      [
        5,
        (w) => {
          w.isAcknowledged = true;
          w.look();
        },
      ],
      [50, (w) => w.resolve('A')],
    ],
    90,
    ['F 2', 'R 52'],
    quick({}, 10_000),
  ],
  [
    'a raised severity does not wait for the interval',
    [
      [0, (w) => w.fire('A')],
      [2.5, (w) => w.fire('A', 'critical')],
    ],
    60,
    ['F 2', 'F 4.5'],
    quick(),
  ],
  [
    'the channel is away, and it ends meanwhile: one message with both times',
    [
      [
        0,
        (w) => {
          w.behaviour.set('ops', 'refused');
          w.fire('A');
        },
      ],
      [4, (w) => w.resolve('A')],
      [30, (w) => w.behaviour.set('ops', 'ok')],
    ],
    90,
    ['R 32'],
  ],
  [
    'the same on a channel with incidents of its own: nothing is opened there',
    [
      [
        0,
        (w) => {
          w.behaviour.set('ops', 'refused');
          w.fire('A');
        },
      ],
      [4, (w) => w.resolve('A')],
      [30, (w) => w.behaviour.set('ops', 'ok')],
    ],
    90,
    [],
    quick({ keepsIncidents: true }),
  ],
  [
    'its end may have been told, it fires again and that fails: people hear that it fires',
    [
      [0, (w) => w.fire('A')],
      [
        4,
        (w) => {
          w.behaviour.set('ops', 'lost');
          w.resolve('A');
        },
      ],
      [
        7,
        (w) => {
          w.behaviour.set('ops', 'refused');
          w.fire('A');
        },
      ],
      [13, (w) => w.behaviour.set('ops', 'ok')],
    ],
    90,
    ['F 2', 'R 6', 'F 16'],
  ],
  [
    'its end may have been told, it fires again and the hub is killed before it tells that',
    [
      [0, (w) => w.fire('A')],
      [
        4,
        (w) => {
          w.behaviour.set('ops', 'lost');
          w.resolve('A');
        },
      ],
      [
        7,
        (w) => {
          w.crashBeforeAttempt = true;
          w.fire('A');
        },
      ],
      [
        12,
        (w) => {
          w.crashBeforeAttempt = false;
          w.behaviour.set('ops', 'ok');
          w.restart();
        },
      ],
    ],
    90,
    ['F 2', 'R 6', 'F 12'],
  ],
  [
    'ends are not wanted',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.resolve('A')],
      [8, (w) => w.fire('A')],
    ],
    60,
    ['F 2', 'F 10'],
    quick({ onResolved: 'none' }),
  ],
  [
    'the end of that alert is not wanted, and what fires after it is news',
    [
      [0, (w) => w.fire('A')],
      [3, (w) => w.resolve('A')],
      [8, (w) => w.fire('A')],
    ],
    60,
    ['F 2', 'F 10'],
    quick({ quiet: ['A'] }),
  ],
  [
    'of two that were told one ends quietly: no message, but for what fires again, and for the end of the other',
    [
      [
        0,
        (w) => {
          w.fire('A');
          w.fire('B');
        },
      ],
      [3, (w) => w.resolve('A')],
      [20, (w) => w.fire('A')],
      [30, (w) => w.resolve('A')],
      [40, (w) => w.resolve('B')],
    ],
    60,
    ['F 2', 'F 22', 'R 42'],
    quick({ quiet: ['A'] }),
  ],
  [
    'both end at once, and the end of one is wanted: it is told',
    [
      [
        0,
        (w) => {
          w.fire('A');
          w.fire('B');
        },
      ],
      [3, (w) => w.resolve('A')],
      [3, (w) => w.resolve('B')],
    ],
    60,
    ['F 2', 'R 5'],
    quick({ quiet: ['A'] }),
  ],
  [
    'it ends before its start could be delivered, and its end is not wanted: nothing',
    [
      [
        0,
        (w) => {
          w.behaviour.set('ops', 'refused');
          w.fire('A');
        },
      ],
      [4, (w) => w.resolve('A')],
      [30, (w) => w.behaviour.set('ops', 'ok')],
    ],
    90,
    [],
    quick({ quiet: ['A'] }),
  ],
  [
    'its start may have arrived, and its end is not wanted: no end',
    [
      [
        0,
        (w) => {
          w.behaviour.set('ops', 'lost');
          w.fire('A');
        },
      ],
      [4, (w) => w.resolve('A')],
      [30, (w) => w.behaviour.set('ops', 'ok')],
    ],
    90,
    ['F 2'],
    quick({ quiet: ['A'] }),
  ],
  [
    'flaps: told once, and when it has settled',
    [
      [0, (w) => w.fire('A')],
      [
        3,
        (w) => {
          w.flapping = { since: 3000, settlesAt: 20_000 };
          w.resolve('A');
        },
      ],
      [5, (w) => w.fire('A')],
      [7, (w) => w.resolve('A')],
    ],
    60,
    ['F 2', '~ 3', 'R 20'],
  ],
];

describe('time lines', () => {
  test.each(LINES)('%s', (_name, line, end, expected, policy = quick()) => {
    const world = new NoticeWorld(policy);
    for (const [second, act] of line) {
      at(world, second);
      act(world);
    }
    at(world, end);
    expect(told(world)).toEqual(expected);
  });
});

test('an end that may have arrived, told again after a start that was not, is the same message of the same episode', () => {
  const world = new NoticeWorld(quick());
  const claims = () => world.heard.filter(({ phase }) => phase === 'resolved').map(({ key }) => key);
  world.fire('A');
  at(world, 4);
  world.behaviour.set('ops', 'lost');
  world.resolve('A');
  at(world, 7);
  // It begins and ends while the channel is not asked again.
  world.fire('A');
  world.resolve('A');
  world.behaviour.set('ops', 'ok');
  at(world, 60);
  expect(claims()).toHaveLength(2);
  expect(new Set(claims()).size).toBe(1);
});

test('what may have arrived and has become worse since is another message: a target that knows its key would drop it', () => {
  const world = new NoticeWorld(quick());
  world.behaviour.set('ops', 'lost');
  world.fire('A');
  at(world, 3);
  world.behaviour.set('ops', 'ok');
  world.fire('A', 'critical');
  at(world, 60);
  expect(world.heard.map(({ phase, severity }) => `${phase} ${severity}`)).toEqual([
    'firing warning',
    'firing critical',
  ]);
  expect(new Set(world.heard.map(({ key }) => key)).size).toBe(2);
});
