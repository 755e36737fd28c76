import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

/** What happens to the alerts of one time line, each step so many seconds after its begin. */
export type Step = { readonly at: number } & (
  | {
      readonly fire: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly summary?: string;
      /** When it began, where it is told again; this very moment where nothing is said. */
      readonly since?: number;
    }
  | { readonly end: string; readonly labels?: Readonly<Record<string, string>> }
  /** A silence of the alert of that name, or of all; until it is ended, or for so many seconds. */
  | { readonly silence: string; readonly seconds: number }
  | { readonly unsilence: string }
  /** The receiver answers that from now on. */
  | { readonly answer: number }
);

/** How both sides end at `RESTARTS_AT`, and start again with what they keep: on request, or as a power cut would end them. */
export type Restart = 'stop' | 'kill';

/** Second at which time lines with a restart have it. */
export const RESTARTS_AT = 7;

/** A time line, and what differs on purpose. */
export interface Timeline {
  /** Names a channel, too; in capitals, as its environment variable is. */
  readonly id: string;
  readonly restart?: Restart;
  readonly what: string;
  readonly steps: readonly Step[];
  /** Below the route of the time line, where it is not as usual: waits of 2 s and 3 s, repeats of an hour. */
  readonly route?: Readonly<Record<string, string>>;
  /** What the hub tells, where that is not what Alertmanager tells, and why; each message as `told` writes it. */
  readonly hub?: { readonly told: readonly string[]; readonly why: string };
}

/** Seconds after which nothing more is heard. */
export const LASTS = 28;

const AFTER_RESTART = 'what was taken is on disk, and is told after a restart, though its source never says it again';
const inhibiting = (role: 'source' | 'target') => ({ role });

/** Each has labels of its own, so that all are played at the same time. */
export const TIMELINES: readonly Timeline[] = [
  {
    id: 'T01',
    what: 'a reminder',
    route: { repeat_interval: '10s' },
    hub: {
      told: ['2 firing A', '12 firing A', '22 firing A'],
      why: 'a reminder comes when `repeat_interval` is over, not at the next multiple of `group_interval`',
    },
    steps: [{ at: 0, fire: 'A' }],
  },
  {
    id: 'T03',
    what: 'another alert joins the group',
    steps: [
      { at: 0, fire: 'A1' },
      { at: 3, fire: 'A2' },
    ],
  },
  {
    id: 'T04',
    what: 'one of two ends',
    steps: [
      { at: 0, fire: 'A1' },
      { at: 0, fire: 'A2' },
      { at: 3, end: 'A2' },
    ],
  },
  {
    id: 'T05',
    what: 'ends, and fires again',
    steps: [
      { at: 0, fire: 'A' },
      { at: 3, end: 'A' },
      { at: 10, fire: 'A' },
    ],
  },
  {
    id: 'T06',
    what: 'ends within the wait',
    steps: [
      { at: 0, fire: 'A' },
      { at: 1, end: 'A' },
    ],
  },
  {
    id: 'T07',
    what: 'ends for a moment',
    steps: [
      { at: 0, fire: 'A' },
      { at: 3, end: 'A' },
      { at: 4, fire: 'A' },
    ],
  },
  {
    id: 'T08',
    what: 'ends under a silence',
    hub: {
      told: ['2 firing A', '8 resolved A'],
      why: 'the end of what people were told of passes a silence',
    },
    steps: [
      { at: 0, fire: 'A' },
      { at: 3, silence: 'A', seconds: 60 },
      { at: 6, end: 'A' },
      { at: 12, unsilence: 'A' },
    ],
  },
  {
    id: 'T09',
    what: 'goes on under a silence',
    hub: {
      told: ['2 firing A', '9 firing A', '15 resolved A'],
      why: 'what still fires at the end of a silence is told at once',
    },
    steps: [
      { at: 0, fire: 'A' },
      { at: 3, silence: 'A', seconds: 6 },
      { at: 13.2, end: 'A' },
    ],
  },
  {
    id: 'T10',
    what: 'begins under a silence',
    steps: [
      { at: 0, silence: 'A', seconds: 7 },
      { at: 0.3, fire: 'A' },
    ],
  },
  {
    id: 'T11',
    what: 'one of two is silenced',
    steps: [
      { at: 0, silence: 'A2', seconds: 7 },
      { at: 0.3, fire: 'A1' },
      { at: 0.3, fire: 'A2' },
    ],
  },
  {
    id: 'T13',
    what: 'inhibited from the start',
    hub: {
      told: ['2 firing S', '7 firing T', '9 resolved S'],
      why: 'what was held back is told at once when that ends, and an end after `group_wait`',
    },
    steps: [
      { at: 0, fire: 'S', labels: inhibiting('source') },
      { at: 1, fire: 'T', labels: inhibiting('target') },
      { at: 7, end: 'S', labels: inhibiting('source') },
    ],
  },
  {
    id: 'T14',
    what: 'ends while it is inhibited',
    hub: {
      told: ['2 firing T', '5 firing S', '8 resolved T', '12 resolved S'],
      why: 'the end of what people were told of passes an inhibition; an end is told after `group_wait`',
    },
    steps: [
      { at: 0, fire: 'T', labels: inhibiting('target') },
      { at: 3, fire: 'S', labels: inhibiting('source') },
      { at: 6, end: 'T', labels: inhibiting('target') },
      { at: 10, end: 'S', labels: inhibiting('source') },
    ],
  },
  {
    id: 'T26',
    what: 'the receiver fails for a while',
    steps: [
      { at: 0, answer: 500 },
      { at: 0, fire: 'A' },
      { at: 9, answer: 200 },
    ],
  },
  {
    id: 'T28',
    what: 'ends while the receiver fails',
    hub: {
      told: ['8 resolved A'],
      why: 'what ended before its first message could be delivered is one message',
    },
    steps: [
      { at: 0, answer: 500 },
      { at: 0, fire: 'A' },
      { at: 4, end: 'A' },
      { at: 7, answer: 200 },
    ],
  },
  {
    id: 'T40',
    what: 'only its annotations change',
    steps: [
      { at: 0, fire: 'A' },
      { at: 4, fire: 'A', summary: 'other words' },
    ],
  },
  { id: 'T45', what: 'the end of what nobody knows', steps: [{ at: 0, end: 'A' }] },
  {
    id: 'T32',
    what: 'told, stopped, told again by its source',
    restart: 'stop',
    steps: [
      { at: 0, fire: 'A' },
      { at: 12, fire: 'A', since: 0 },
    ],
  },
  {
    id: 'T32B',
    what: 'stopped before it is told',
    restart: 'stop',
    hub: { told: ['8 firing A'], why: AFTER_RESTART },
    steps: [{ at: 6, fire: 'A' }],
  },
  {
    id: 'T32C',
    what: 'silenced, stopped, and then it begins',
    restart: 'stop',
    steps: [
      { at: 0, silence: 'A', seconds: 60 },
      { at: 12, fire: 'A' },
    ],
  },
  {
    id: 'T35',
    what: 'ends after the stop',
    restart: 'stop',
    steps: [
      { at: 0, fire: 'A' },
      { at: 12, end: 'A' },
    ],
  },
  {
    id: 'T37',
    what: 'ends just before the stop',
    restart: 'stop',
    hub: { told: ['2 firing A', '8 resolved A'], why: AFTER_RESTART },
    steps: [
      { at: 0, fire: 'A' },
      { at: 6, end: 'A' },
    ],
  },
  {
    id: 'T34',
    what: 'told, killed, told again by its source',
    restart: 'kill',
    hub: { told: ['2 firing A'], why: 'what was told is kept when it is told, not when the process ends' },
    steps: [
      { at: 0, fire: 'A' },
      { at: 12, fire: 'A', since: 0 },
    ],
  },
  {
    id: 'T34B',
    what: 'killed before it is told',
    restart: 'kill',
    hub: { told: ['8 firing A'], why: AFTER_RESTART },
    steps: [{ at: 6, fire: 'A' }],
  },
  {
    id: 'T34C',
    what: 'silenced, killed, and then it begins',
    restart: 'kill',
    hub: { told: [], why: 'a silence is kept when it is made, not when the process ends' },
    steps: [
      { at: 0, silence: 'A', seconds: 60 },
      { at: 12, fire: 'A' },
    ],
  },
  {
    id: 'T34D',
    what: 'killed while the receiver fails',
    restart: 'kill',
    hub: { told: ['11 firing A'], why: AFTER_RESTART },
    steps: [
      { at: 0, answer: 500 },
      { at: 0, fire: 'A' },
      { at: RESTARTS_AT, answer: 200 },
    ],
  },
  {
    id: 'T37B',
    what: 'ends just before it is killed',
    restart: 'kill',
    hub: { told: ['2 firing A', '8 resolved A'], why: AFTER_RESTART },
    steps: [
      { at: 0, fire: 'A' },
      { at: 6, end: 'A' },
    ],
  },
];

/** Those that are played together: without a restart, or with one of that kind. */
export const timelinesOf = (restart: Restart | undefined): readonly Timeline[] =>
  TIMELINES.filter((one) => one.restart === restart);

/** The configuration of Alertmanager for all of them; JSON, of which YAML is a superset. */
export function alertmanagerConfiguration(receiverUrl: string): string {
  return JSON.stringify({
    route: {
      ...{ receiver: 'nobody', group_by: ['tl', 'group'] },
      ...{ group_wait: '2s', group_interval: '3s', repeat_interval: '1h' },
      routes: TIMELINES.map(({ id, route = {} }) => ({ matchers: [`tl="${id}"`], receiver: id, ...route })),
    },
    inhibit_rules: [{ source_matchers: ['role="source"'], target_matchers: ['role="target"'], equal: ['tl'] }],
    receivers: [
      { name: 'nobody' },
      ...TIMELINES.map(({ id }) => ({ name: id, webhook_configs: [{ url: `${receiverUrl}/${id}` }] })),
    ],
  });
}

/** What a real Alertmanager told of each, one message a text: `5 firing A1, resolved A2`, the seconds in front. */
export const RECORDED: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(ROOT, 'tests/fixtures/alertmanager/timelines.json'), 'utf8'),
);

/** The step as `POST /api/v2/alerts` takes it. */
export function postedAlert(id: string, step: Extract<Step, { fire: string } | { end: string }>, now: number) {
  const isOver = 'end' in step;
  const name = isOver ? step.end : step.fire;
  // What inhibits and what is inhibited are two groups, as they are where people use it.
  const labels = { alertname: name, tl: id, group: step.labels?.role ?? 'one', severity: 'warning', ...step.labels };
  const annotations = { summary: (isOver ? undefined : step.summary) ?? 'as a rule says it' };
  const since = isOver ? undefined : step.since;
  return {
    ...{ labels, annotations },
    ...(since !== undefined && { startsAt: new Date(now - (step.at - since) * 1000).toISOString() }),
    ...(isOver && { endsAt: new Date(now).toISOString() }),
  };
}

/** What is silenced by a step. */
export function silencedMatchers(id: string, name: string) {
  const matcher = (label: string, value: string) => ({ name: label, value, isRegex: false, isEqual: true });
  return [matcher('tl', id), matcher('alertname', name)];
}

/** The part of Alertmanager's body that time lines look at. */
export interface ToldBody {
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** What a body tells, in one line: `firing A1, resolved A2`. */
export function toldText({ alerts }: ToldBody): string {
  return alerts
    .map(({ status, labels }) => `${status} ${labels.alertname}`)
    .toSorted()
    .join(', ');
}

/** Each message in its order, the seconds as they were expected where they are near enough. */
export function near(
  found: readonly string[] = [],
  expected: readonly string[] = [],
  within: number,
): readonly string[] {
  return found.map((text, index) => {
    const wanted = expected[index] ?? '';
    const isNear = Math.abs(Number.parseInt(text, 10) - Number.parseInt(wanted, 10)) <= within;
    return isNear ? text.replace(/^\d+/, String(Number.parseInt(wanted, 10))) : text;
  });
}
