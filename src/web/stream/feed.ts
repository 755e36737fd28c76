import type { ServerResponse } from 'node:http';
import { comparePositions, type Position } from '../../core/history-position.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { StreamedEvent, StreamFilter } from './event.ts';
import { eventsText, isWanted, KEEP_ALIVE, needsLabels, openingText, resetText } from './event.ts';
import type { StreamReads } from './reads.ts';

/** Where a stream is written: the part of a response that it needs. */
export type StreamTarget = Pick<ServerResponse, 'write' | 'end' | 'destroy' | 'on' | 'once' | 'off' | 'writableLength'>;

/** A stream that somebody opens. */
export interface StreamRequest {
  readonly filter: StreamFilter;
  /** The id of the last event that was read; undefined to begin now. */
  readonly lastEventId: string | undefined;
  /** Whether it may still be read; asked now and then. */
  readonly isGranted?: () => Promise<boolean>;
}

/** The live streams of a hub: the history is read once for all of them. */
export interface Feed extends Part {
  /** Writes events to a response whose head is written, until one of the two ends. False where there are too many. */
  open(request: StreamRequest, target: StreamTarget): boolean;
  /** The history may have grown. */
  wake(): void;
  /** Streams that are open. */
  count(): number;
}

/** What a feed needs. */
export interface FeedParts {
  readonly reads: StreamReads;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}

interface Stream extends StreamRequest {
  readonly target: StreamTarget;
  position: Position;
  /** Whether it is given what the feed reads; until then it reads by itself. */
  isLive: boolean;
  isOpen: boolean;
}

const MOST_STREAMS = 2000;
// Events that are read and written at a time.
const STEP = 200;
// What comes within so long is read and written together: at 200 events a second it makes 20 writes of them.
const PAUSE_MS = 50;
// What other hubs write to the same store is not told.
const LOOK_EVERY_MS = 1000;
const KEEP_ALIVE_EVERY_MS = 15_000;
// A reader that leaves more than this is cut off: it comes back, and goes on where it was.
const MOST_UNREAD_BYTES = 1024 * 1024;

/** Live streams over a history. */
export function createFeed({ reads, clock, onFailure }: FeedParts): Feed {
  const streams = new Set<Stream>();
  let position: Position | null = null;
  let isReading = false;
  let isWoken = false;
  let isStopped = false;
  let timers: (() => void)[] = [];
  const live = () => [...streams].filter(({ isLive }) => isLive);

  const close = (stream: Stream) => {
    stream.isOpen = false;
    streams.delete(stream);
    // Nobody is behind: the next one begins where it wants to.
    if (live().length === 0) position = null;
  };
  const write = (stream: Stream, text: string | Buffer): boolean => {
    if (!stream.isOpen) return false;
    if (stream.target.writableLength <= MOST_UNREAD_BYTES) return stream.target.write(text);
    stream.target.destroy();
    close(stream);
    return false;
  };
  const deliver = (events: readonly StreamedEvent[]) => {
    const texts = new Map<string, Buffer>();
    const last = events.at(-1)?.position ?? '';
    for (const stream of live()) {
      const { filter } = stream;
      // One that has just joined may have read some of them already.
      const isAhead = comparePositions(stream.position, position ?? '0') > 0;
      const own = isAhead ? events.filter((event) => comparePositions(event.position, stream.position) > 0) : events;
      const key = isAhead ? `${stream.position} ${filter.key}` : filter.key;
      const text = texts.get(key) ?? Buffer.from(eventsText(own.filter((event) => isWanted(filter, event))));
      texts.set(key, text);
      if (comparePositions(last, stream.position) > 0) stream.position = last;
      if (text.length > 0) write(stream, text);
    }
    position = last;
  };
  /** Ends the streams of those who may not read any more. */
  const endRefused = async () => {
    await Promise.all(
      [...streams].map(async (stream) => {
        if ((await stream.isGranted?.()) !== false) return;
        stream.target.end();
        close(stream);
      }),
    );
  };
  const read = async () => {
    while (position !== null && !isStopped) {
      const hasLabels = live().some(({ filter }) => needsLabels(filter));
      const from: Position = position;
      const events = await reads.after(from, STEP, hasLabels);
      // All of them may have gone meanwhile, and others come.
      if (position !== from) continue;
      // Somebody may have lost access: nothing more is told before that is known.
      if (events.some(({ subject }) => subject === 'access')) await endRefused();
      if (events.length > 0) deliver(events);
      if (events.length < STEP) return;
    }
  };
  const wake = () => {
    isWoken = true;
    if (isReading || isStopped || position === null) return;
    isReading = true;
    isWoken = false;
    read()
      .catch(onFailure)
      .finally(() =>
        timers.push(
          clock.after(PAUSE_MS, () => {
            timers = [];
            isReading = false;
            if (isWoken) wake();
          }),
        ),
      );
  };
  const begin = async (stream: Stream) => {
    const { lastEventId } = stream;
    stream.position = await reads.head();
    if (lastEventId === undefined) write(stream, openingText(stream.position));
    else {
      const verdict = await reads.resume(lastEventId);
      if (verdict === 'resume') stream.position = lastEventId;
      write(stream, openingText(stream.position));
      if (verdict !== 'resume') write(stream, resetText(verdict, stream.position));
    }
    await catchUp(stream);
  };
  /** Reads for one stream alone, as fast as it is taken, until it is where all others are. */
  const catchUp = async (stream: Stream) => {
    while (stream.isOpen) {
      const common = position;
      if (common === null || comparePositions(stream.position, common) >= 0) break;
      const events = await reads.after(stream.position, STEP, needsLabels(stream.filter));
      const text = eventsText(events.filter((event) => isWanted(stream.filter, event)));
      stream.position = events.at(-1)?.position ?? stream.position;
      if (text !== '' && !write(stream, text)) await drained(stream.target);
      if (events.length === 0 && position === common) break;
    }
    if (!stream.isOpen) return;
    stream.isLive = true;
    position ??= stream.position;
    wake();
  };
  const keepAlive = () => {
    for (const stream of [...streams]) write(stream, KEEP_ALIVE);
    endRefused().catch(onFailure);
  };
  const every = (ms: number, work: () => void): void => {
    clock.after(ms, () => {
      if (isStopped) return;
      work();
      every(ms, work);
    });
  };
  return {
    name: 'live streams',
    open: (request, target) => {
      if (isStopped || streams.size >= MOST_STREAMS) return false;
      const stream: Stream = { ...request, target, position: '0', isLive: false, isOpen: true };
      streams.add(stream);
      target.on('close', () => close(stream));
      begin(stream).catch((error: unknown) => {
        onFailure(error);
        target.destroy();
      });
      return true;
    },
    wake,
    count: () => streams.size,
    start: async () => {
      every(LOOK_EVERY_MS, wake);
      every(KEEP_ALIVE_EVERY_MS, keepAlive);
    },
    stop: async () => {
      isStopped = true;
      for (const { target } of streams) target.end();
    },
  };
}

function drained(target: StreamTarget): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
  });
}
