import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './cluster-push.ts';
import {
  LASTS,
  postedAlert,
  silencedMatchers,
  TIMELINES,
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
