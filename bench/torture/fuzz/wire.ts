import { connect, type Socket } from 'node:net';

/** What came back: the status of every answer, the text, and whether it ended in time. */
export interface Reaction {
  readonly statuses: readonly number[];
  readonly text: string;
  readonly inTime: boolean;
}

/** Longer than the hub gives a request (30 s, looked at every 30 s) and a connection that rests (75 s). */
const DEADLINE_MS = 100_000;

/** How long the hub may be quiet before it is told that nothing more comes: at first, and after it has spoken. */
const QUIET_MS = 40;
const SAID_MS = 4;

/** Connections over which bytes are sent as they are. */
export interface Lane {
  /** Sends one well-formed request and waits for its one answer; the connection is used again when the hub keeps it. */
  ask(bytes: Buffer): Promise<Reaction>;
  /** Sends anything, then says that nothing more will come, and waits for the hub to close. `patient`: does not say so. */
  provoke(bytes: Buffer, patient: boolean): Promise<Reaction>;
  close(): void;
}

/** A lane to a port of 127.0.0.1. */
export function openLane(port: number): Lane {
  let kept: Socket | null = null;
  return {
    ask: async (bytes) => {
      const socket: Socket = kept ?? (await dial(port));
      kept = null;
      const reaction = await exchange(socket, bytes, 'answer');
      if (!socket.destroyed && socket.writable) kept = socket;
      return reaction;
    },
    provoke: async (bytes, patient) => {
      const socket = await dial(port);
      const reaction = await exchange(socket, bytes, patient ? 'silence' : 'close');
      socket.destroy();
      return reaction;
    },
    close: () => kept?.destroy(),
  };
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function exchange(socket: Socket, bytes: Buffer, until: 'answer' | 'close' | 'silence'): Promise<Reaction> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let quiet: NodeJS.Timeout | undefined;
    const finish = (inTime: boolean, text: string) => {
      clearTimeout(late);
      clearTimeout(quiet);
      socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
      socket.removeAllListeners('error').on('error', () => {});
      resolve({ inTime, text, statuses: statusesOf(text) });
    };
    const text = () => Buffer.concat(chunks).toString('latin1');
    const late = setTimeout(() => {
      finish(false, text());
      socket.destroy();
    }, DEADLINE_MS);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (until === 'close') {
        clearTimeout(quiet);
        quiet = setTimeout(over, SAID_MS);
      }
      if (until === 'answer' && isWhole(text())) finish(true, text());
    });
    const over = () => {
      if (socket.writable) socket.end();
    };
    const closed = () => {
      finish(true, text());
      socket.destroy();
    };
    socket
      .on('end', closed)
      .on('close', closed)
      .on('error', () => {});
    socket.write(bytes);
    // The hub answers nobody who has hung up, so it is given a moment: until it has said all that it says at once.
    if (until === 'close') quiet = setTimeout(over, QUIET_MS);
  });
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/(?:^|\r\n|[}\]>])HTTP\/1\.1 (\d{3})/g)]
    .map((match) => Number(match[1]))
    .filter((status) => status !== 100);
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1];
  return length !== undefined && text.length >= head + 4 + Number(length);
}
