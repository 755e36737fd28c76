import { get, type IncomingMessage } from 'node:http';

/** A live stream that is read: the ids that came, each with how often. */
export interface ReadStream {
  readonly ids: ReadonlyMap<string, number>;
  /** Id of the last event. */
  last(): string | undefined;
  /** How often its connection was opened. */
  opened(): number;
  close(): void;
}

/** How a stream is read. */
export interface ReadOptions {
  /** Stops reading for so long after each piece, in milliseconds: a reader that is too slow. */
  readonly pauseMs?: number;
}

/** Opens a live stream, and goes on by its last id whenever it is cut off. Resolves when it has begun. */
export function openStream(port: number, { pauseMs = 0 }: ReadOptions = {}): Promise<ReadStream> {
  const ids = new Map<string, number>();
  let [last, rest, opened, isClosed]: [string | undefined, string, number, boolean] = [undefined, '', 0, false];
  let response: IncomingMessage | undefined;
  return new Promise((resolve, reject) => {
    const read = (chunk: string) => {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) last = id;
        if (id !== undefined && block.includes('\ndata: ')) ids.set(id, (ids.get(id) ?? 0) + 1);
      }
      if (pauseMs === 0) return;
      response?.pause();
      setTimeout(() => response?.resume(), pauseMs);
    };
    const open = () => {
      if (isClosed) return;
      const headers = last === undefined ? {} : { 'last-event-id': last };
      const request = get({ port, host: '127.0.0.1', path: '/api/v1/stream', agent: false, headers }, (answer) => {
        opened += 1;
        response = answer;
        rest = '';
        answer
          .setEncoding('utf8')
          .on('data', read)
          .on('error', () => {});
        answer.on('close', () => setTimeout(open, 20));
        const close = () => {
          isClosed = true;
          answer.destroy();
        };
        resolve({ ids, last: () => last, opened: () => opened, close });
      });
      request.on('error', (error) => (opened === 0 ? reject(error) : setTimeout(open, 100)));
    };
    open();
  });
}
