import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NoticeMessage } from '../../src/core/notice/message.ts';
import type { Received, Reply } from './http-receiver.ts';
import { resolvedMessage, sampleMessage } from './notice.ts';
import { ROOT } from './sources.ts';

/** Where the requests lie: `<channel>/<case>.json`. */
export const CHANNEL_FIXTURES = join(ROOT, 'tests/fixtures/channels');

/** A message given to a channel, what its target answers, and what it is to get. `{server}` stands for the receiver. */
export interface ChannelCase {
  readonly about: string;
  /** Set for targets that do not speak HTTP: their tests are in a file of their own. */
  readonly target?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly message: 'firing' | 'resolved';
  readonly change?: Parameters<typeof sampleMessage>[0];
  /** Answers, one after the other; the last one stays. */
  readonly replies?: readonly Exclude<Reply, (...args: never) => unknown>[];
  readonly requests?: readonly unknown[];
  readonly result?: unknown;
}

/** The cases of a channel, by file name. */
export function channelCases(channel: string): readonly (readonly [string, ChannelCase])[] {
  const folder = join(CHANNEL_FIXTURES, channel);
  if (!existsSync(folder)) return [];
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ChannelCase;
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [file, read(file)] as const);
}

/** The message of a case. */
export function messageOf({ message, change }: ChannelCase): NoticeMessage {
  return message === 'firing' ? sampleMessage(change) : resolvedMessage(change);
}

/** Puts one text in place of another, anywhere in a JSON value. */
export function replaced<T>(value: T, from: string, to: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to)) as T;
}

const SHOWN = /^(content-type|authorization|idempotency-key|user-agent|x-(?!forwarded).*|webhook-.*)$/;

/** A request as a golden file shows it: JSON and forms taken apart. */
export function shownRequest({ method, path, headers, body }: Received, server: string): unknown {
  const type = headers['content-type'] ?? '';
  const shown =
    type.includes('json') && body !== ''
      ? JSON.parse(body)
      : type.includes('urlencoded')
        ? Object.fromEntries(new URLSearchParams(body))
        : body;
  const kept = Object.entries(headers).filter(([name]) => SHOWN.test(name));
  return replaced({ method, path, headers: Object.fromEntries(kept), body: shown }, server, '{server}');
}
