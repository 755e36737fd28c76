import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './cluster-push.ts';

/** What happens to the alerts of one time line, each step so many seconds after its begin. */
export type Step = { readonly at: number } & (
  | { readonly fire: string; readonly labels?: Readonly<Record<string, string>>; readonly summary?: string }
  | { readonly end: string; readonly labels?: Readonly<Record<string, string>> }
  /** A silence of the alert of that name, or of all; until it is ended, or for so many seconds. */
  | { readonly silence: string; readonly seconds: number }
  | { readonly unsilence: string }
  /** The receiver answers that from now on. */
  | { readonly answer: number }
);

/** A time line, and what differs on purpose. */
export interface Timeline {
  readonly id: string;
  readonly what: string;
  readonly steps: readonly Step[];
  /** Below the route of the time line, where it is not as usual: waits of 2 s and 3 s, repeats of an hour. */
  readonly route?: Readonly<Record<string, string>>;
  /** How far from the recorded second a message may be; retries are spread by chance. */
  readonly within?: number;
  /** What the hub tells, where that is not what Alertmanager tells, and why; each message as `told` writes it. */
  readonly hub?: { readonly told: readonly string[]; readonly why: string };
}

/** Seconds after which nothing more is heard. */
export const LASTS = 28;

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
      told: ['2 firing T', '5 firing S', '8 resolved T', '13 resolved S'],
      why: 'the end of what people were told of passes an inhibition; an end is told after `group_wait`',
    },
    steps: [
      { at: 0, fire: 'T', labels: inhibiting('target') },
      { at: 3, fire: 'S', labels: inhibiting('source') },
      { at: 6, end: 'T', labels: inhibiting('target') },
      { at: 11, end: 'S', labels: inhibiting('source') },
    ],
  },
  {
    id: 'T26',
    what: 'the receiver fails for a while',
    within: 6,
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
      told: ['11 resolved A'],
      why: 'what ended before its first message could be delivered is one message',
    },
    within: 6,
    steps: [
      { at: 0, answer: 500 },
      { at: 0, fire: 'A' },
      { at: 4, end: 'A' },
      { at: 9, answer: 200 },
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
];

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

/** A receiver of Alertmanager's body for all of them. */
export interface TimelineReceiver {
  readonly url: string;
  answer(id: string, status: number): void;
  /** What a time line was told and accepted, one message a text: `5 firing A1, resolved A2`, the seconds in front. */
  told(id: string, begun: number): readonly string[];
  close(): Promise<void>;
}

interface Body {
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** Starts one. */
export async function startTimelineReceiver(): Promise<TimelineReceiver> {
  const arrivals: { readonly id: string; readonly at: number; readonly text: string }[] = [];
  const answers = new Map<string, number>();
  const server: Server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const id = incoming.url?.slice(1) ?? '';
      const status = answers.get(id) ?? 200;
      const { alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body;
      const texts = alerts.map((alert) => `${alert.status} ${alert.labels.alertname}`).toSorted();
      if (status === 200) arrivals.push({ id, at: performance.now(), text: texts.join(', ') });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (id, status) => answers.set(id, status),
    told: (id, begun) =>
      arrivals.filter((one) => one.id === id).map(({ at, text }) => `${Math.round((at - begun) / 1000)} ${text}`),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Plays all of them at the same time; gives what each was told. */
export async function playTimelines(
  url: string,
  receiver: TimelineReceiver,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const begun = performance.now();
  await Promise.all(TIMELINES.map((timeline) => play(timeline, url, receiver, begun)));
  await until(begun, LASTS);
  return Object.fromEntries(TIMELINES.map(({ id }) => [id, receiver.told(id, begun)]));
}

async function play({ id, steps }: Timeline, url: string, receiver: TimelineReceiver, begun: number): Promise<void> {
  const silences = new Map<string, string>();
  for (const step of steps) {
    await until(begun, step.at);
    if ('answer' in step) receiver.answer(id, step.answer);
    else if ('silence' in step) silences.set(step.silence, await silence(url, id, step.silence, step.seconds));
    else if ('unsilence' in step)
      await request(`${url}/api/v2/silence/${silences.get(step.unsilence)}`, { method: 'DELETE' });
    else await push(url, id, step);
  }
}

async function push(url: string, id: string, step: Extract<Step, { fire: string } | { end: string }>): Promise<void> {
  const isOver = 'end' in step;
  const name = isOver ? step.end : step.fire;
  // What inhibits and what is inhibited are two groups, as they are where people use it.
  const labels = { alertname: name, tl: id, group: step.labels?.role ?? 'one', severity: 'warning', ...step.labels };
  const annotations = { summary: (isOver ? undefined : step.summary) ?? 'as a rule says it' };
  const alert = { labels, annotations, ...(isOver && { endsAt: new Date().toISOString() }) };
  await post(`${url}/api/v2/alerts`, [alert]);
}

async function silence(url: string, id: string, name: string, seconds: number): Promise<string> {
  const matcher = (label: string, value: string) => ({ name: label, value, isRegex: false, isEqual: true });
  const body = {
    ...{ matchers: [matcher('tl', id), matcher('alertname', name)], createdBy: 'ann', comment: 'a time line' },
    ...{ startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + seconds * 1000).toISOString() },
  };
  return String((await post(`${url}/api/v2/silences`, body))?.silenceID);
}

async function post(url: string, body: unknown): Promise<Record<string, unknown> | null> {
  const headers = { 'content-type': 'application/json' };
  const { status, json, text } = await request(url, { headers, body: JSON.stringify(body) });
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text}`);
  return json;
}

async function until(begun: number, seconds: number): Promise<void> {
  const ms = begun + seconds * 1000 - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
