import { get, type IncomingMessage } from 'node:http';

/** A live stream that is read: the ids that came, each with how often. */
export interface ReadStream {
  readonly ids: ReadonlyMap<string, number>;
  /** Id of the last event. */
  last(): string | undefined;
  /** How often its connection was opened. */
  opened(): number;
  /** Has a reader that was held go on. */
  release(): void;
  close(): void;
}

/** How a stream is read. */
export interface ReadOptions {
  /** Reads nothing until it is released: a reader that is too slow. */
  readonly isHeld?: boolean;
}

/** Opens a live stream, and goes on by its last id whenever it is cut off. Resolves when it has begun. */
export function openStream(port: number, { isHeld = false }: ReadOptions = {}): Promise<ReadStream> {
  const ids = new Map<string, number>();
  let [last, rest, opened, isClosed]: [string | undefined, string, number, boolean] = [undefined, '', 0, false];
  let response: IncomingMessage | undefined;
  let holds = isHeld;
  return new Promise((resolve, reject) => {
    const read = (chunk: string) => {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) last = id;
        if (id !== undefined && block.includes('\ndata: ')) ids.set(id, (ids.get(id) ?? 0) + 1);
      }
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
        // What it has of the beginning says where it goes on.
        if (holds) setTimeout(() => holds && answer.pause(), 200);
        const close = () => {
          isClosed = true;
          answer.destroy();
        };
        const release = () => {
          holds = false;
          response?.resume();
        };
        resolve({ ids, last: () => last, opened: () => opened, release, close });
      });
      request.on('error', (error) => (opened === 0 ? reject(error) : setTimeout(open, 100)));
    };
    open();
  });
}
