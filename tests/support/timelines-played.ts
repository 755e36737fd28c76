import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './cluster-push.ts';
import {
  LASTS,
  postedAlert,
  RESTARTS_AT,
  silencedMatchers,
  type Timeline,
  type ToldBody,
  toldText,
} from './timelines.ts';

/** A receiver of Alertmanager's body for all of them. */
export interface TimelineReceiver {
  readonly url: string;
  answer(id: string, status: number): void;
  /** What a time line was told and accepted, one message a text: `5 firing A1, resolved A2`, the seconds in front. */
  told(id: string, begun: number): readonly string[];
  close(): Promise<void>;
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
      const text = toldText(JSON.parse(Buffer.concat(chunks).toString('utf8')) as ToldBody);
      if (status === 200) arrivals.push({ id, at: performance.now(), text });
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

/** What is told of alerts: a hub, or an Alertmanager. */
export interface TimelineServer {
  /** Where it listens; another place after a restart. */
  url(): string;
  /** Ends it and starts it again with what it keeps. */
  restart?(): Promise<void>;
}

/** Plays these at the same time, with one restart where the server has one; gives what each was told. */
export async function playTimelines(
  timelines: readonly Timeline[],
  server: TimelineServer,
  receiver: TimelineReceiver,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const begun = performance.now();
  const restarted = until(begun, RESTARTS_AT).then(() => server.restart?.());
  await Promise.all([restarted, ...timelines.map((one) => play(one, server, restarted, receiver, begun))]);
  await until(begun, LASTS);
  return Object.fromEntries(timelines.map(({ id }) => [id, receiver.told(id, begun)]));
}

async function play(
  { id, steps }: Timeline,
  server: TimelineServer,
  restarted: Promise<void>,
  receiver: TimelineReceiver,
  begun: number,
): Promise<void> {
  const silences = new Map<string, string>();
  for (const step of steps) {
    await until(begun, step.at);
    if (step.at > RESTARTS_AT) await restarted;
    const url = server.url();
    if ('answer' in step) receiver.answer(id, step.answer);
    else if ('silence' in step) silences.set(step.silence, await silence(url, id, step.silence, step.seconds));
    else if ('unsilence' in step)
      await request(`${url}/api/v2/silence/${silences.get(step.unsilence)}`, { method: 'DELETE' });
    else await post(`${url}/api/v2/alerts`, [postedAlert(id, step, Date.now())]);
  }
}

async function silence(url: string, id: string, name: string, seconds: number): Promise<string> {
  const body = {
    ...{ matchers: silencedMatchers(id, name), createdBy: 'ann', comment: 'a time line' },
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
