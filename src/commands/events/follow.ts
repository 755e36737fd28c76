import { messageIn } from '../../lib/http/client.ts';
import { NotStreamed, readEventStream } from '../../lib/http/event-stream.ts';
import { printable } from '../columns.ts';
import type { EventJson } from '../history.ts';
import { type ClientSettings, requestTo } from '../hub-client.ts';
import { pause } from '../signals.ts';

/** Who is told what is read. */
export interface FollowListener {
  /** An event as the API gives it, JSON on one line. */
  event(text: string): void;
  /** Events between the last one and the next are not kept any more. */
  gap(): void;
  /** The connection was lost, and is made again. */
  lost(reason: string): void;
}

/** Filters of the stream. */
export type FollowQuery = Readonly<Record<string, readonly string[] | undefined>>;

/** Reads events from a hub, behind `after` where it is given, until `signal` aborts. Throws what will not get better. */
export async function followEvents(
  settings: ClientSettings,
  query: FollowQuery,
  after: string | undefined,
  signal: AbortSignal,
  listener: FollowListener,
): Promise<void> {
  let last = after;
  let wait = 0;
  while (!signal.aborted) {
    const { url, headers, how } = requestTo(settings, '/api/v1/stream');
    for (const [name, values] of Object.entries(query))
      for (const value of values ?? []) url.searchParams.append(name, value);
    const resumed = { ...headers, 'user-agent': how.userAgent, ...(last !== undefined && { 'last-event-id': last }) };
    try {
      for await (const { id, event, data } of readEventStream(url, resumed, { ...how, signal })) {
        wait = 0;
        if (id !== '') last = id;
        if (event === 'reset') listener.gap();
        else if (event === 'message') listener.event(data);
      }
      if (!signal.aborted) listener.lost('the hub has ended the stream');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof NotStreamed && error.status < 500 && error.status !== 429)
        throw new Error(messageIn(error.message));
      listener.lost(error instanceof NotStreamed ? messageIn(error.message) : (error as Error).message);
    }
    wait = Math.min(5000, Math.max(500, wait * 2));
    await pause(wait, signal);
  }
}

/** An event for people, on one line. */
export function eventLine(text: string): string {
  const { at, subject, subject_id: id, kind, reason, actor, data } = JSON.parse(text) as EventJson;
  const by = typeof data.by === 'string' && data.by !== '' ? data.by : actor;
  const detail = data.message ?? data.comment ?? data.severity ?? '';
  const words = [(at ?? '').slice(0, 19).replace('T', ' '), subject, id.slice(-8), kind, reason, by, String(detail)];
  return printable(words.filter((word) => word !== '').join('  '));
}
