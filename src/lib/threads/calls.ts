import type { MessagePort, Worker } from 'node:worker_threads';
import { revive, toPlain } from './plain-error.ts';

/** One end of what joins two threads. */
export type Channel = Pick<MessagePort, 'postMessage' | 'on'> | Pick<Worker, 'postMessage' | 'on'>;

/**
 * Functions that one thread offers another, by name. An argument and what comes back are values that can be cloned; bytes
 * go beside the argument, for of all that is sent at once they are put into one piece of memory, which is handed over.
 */
export type Offer = Readonly<Record<string, (argument: never, bytes: Buffer) => Promise<unknown>>>;

/** The same functions, called from the other thread. */
export type Caller<O extends Offer> = <N extends keyof O & string>(
  name: N,
  argument: Parameters<O[N]>[0],
  bytes?: Uint8Array,
) => ReturnType<O[N]>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
  /** Length of its bytes, which stand behind those of the calls before it. */
  readonly size: number;
}

interface Calls {
  readonly calls: readonly Call[];
  readonly bytes: Uint8Array;
}

type Answer =
  | readonly [id: number, ok: true, value: unknown]
  | readonly [id: number, ok: false, error: ReturnType<typeof toPlain>];

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING = new Uint8Array(0);

/**
 * Calls what the other end of the channel offers. All calls of a turn of the event loop go in one message. A call is answered
 * by nobody once the other thread has ended.
 */
export function createCaller<O extends Offer>(channel: Channel): Caller<O> {
  const pending = new Map<number, Pending>();
  let calls: Call[] = [];
  let bodies: Uint8Array[] = [];
  let size = 0;
  let last = 0;
  const flush = () => {
    const bytes = joined(bodies, size);
    const message: Calls = { calls, bytes };
    calls = [];
    bodies = [];
    size = 0;
    channel.postMessage(message, [bytes.buffer as ArrayBuffer]);
  };
  channel.on('message', (answers: readonly Answer[]) => {
    // A message of another kind is for another listener.
    if (!Array.isArray(answers)) return;
    for (const [id, ok, value] of answers) {
      const asked = pending.get(id);
      pending.delete(id);
      if (ok) asked?.resolve(value);
      else asked?.reject(revive(value));
    }
  });
  const call = (name: string, argument: unknown, bytes: Uint8Array = NOTHING) =>
    new Promise<unknown>((resolve, reject) => {
      last += 1;
      pending.set(last, { resolve, reject });
      calls.push({ id: last, name, argument, size: bytes.length });
      if (bytes.length > 0) bodies.push(bytes);
      size += bytes.length;
      if (calls.length === 1) setImmediate(flush);
    });
  return call as Caller<O>;
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  // Of its own, never a part of a pool: it is handed over.
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Answers the calls of the other end. What is answered at once, such as all that a commit held, goes in one message. */
export function answerCalls(channel: Channel, offer: Offer): void {
  let answers: Answer[] = [];
  const flush = () => {
    const message = answers;
    answers = [];
    channel.postMessage(
      message,
      message.flatMap(([, ok, value]) => (ok ? ownBytes(value) : [])),
    );
  };
  const answer = (one: Answer) => {
    answers.push(one);
    // After everything that the same event has set off, and before the next commit.
    if (answers.length === 1) process.nextTick(flush);
  };
  channel.on('message', ({ calls, bytes }: Calls) => {
    if (calls === undefined) return;
    let at = 0;
    for (const { id, name, argument, size } of calls) {
      const body = Buffer.from(bytes.buffer, at, size);
      at += size;
      const asked = offer[name] as (argument: unknown, bytes: Buffer) => Promise<unknown>;
      asked(argument, body).then(
        (value) => answer([id, true, value]),
        (error: unknown) => answer([id, false, toPlain(error)]),
      );
    }
  });
}

/** The memory of bytes that a value holds by itself, and has for itself. */
function ownBytes(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || !('bytes' in value) || !(value.bytes instanceof Uint8Array))
    return [];
  const { buffer, byteLength } = value.bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
