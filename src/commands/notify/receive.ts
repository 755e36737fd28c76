import type { Command } from 'commander';
import { duration } from '../../config/kinds.ts';
import { systemClock } from '../../lib/clock.ts';
import { isLoopback } from '../../lib/http/loopback.ts';
import { createTrialReceiver, type TrialMessage } from '../../web/trial-receiver.ts';
import { printable } from '../columns.ts';
import { type Terminal, UsageError } from '../contract.ts';
import { firstSignal } from '../signals.ts';

interface Flags {
  readonly port: string;
  readonly listen: string;
  readonly answer: string;
  readonly delay?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
It is for trying: it keeps nothing, asks for no credential, and takes the body of every channel that speaks HTTP.

Examples:
  monitor notify receive
  MONITOR_NOTIFY_URL=http://127.0.0.1:8090/ MONITOR_ALLOW_PRIVATE_TARGETS=127.0.0.1 monitor serve
  monitor notify receive --answer 503 --delay 2s    what does a hub do when its receiver fails?`;

const MINUTES_10 = 600;

/** Adds `receive`: a receiver that prints each message that it gets. */
export function defineReceive(program: Command, terminal: Terminal): void {
  program
    .command('receive')
    .description('receive messages and print them, for trying; ends with Ctrl-C')
    .option('--port <number>', 'port to listen on; 0 picks a free one and prints it', '8090')
    .option('--listen <address>', 'address to listen on', '127.0.0.1')
    .option('--answer <status>', 'HTTP status of every answer', '200')
    .option('--delay <time>', 'time before each answer, such as 500ms or 30s')
    .option('--json', 'print one JSON document for each message')
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => receive(flags, terminal));
}

async function receive(flags: Flags, terminal: Terminal): Promise<void> {
  const print = flags.json
    ? (message: TrialMessage) => [JSON.stringify({ ...message, at: new Date(message.at).toISOString() })]
    : messageLines;
  const receiver = createTrialReceiver({
    host: flags.listen,
    port: wholeNumber('--port', flags.port, 0, 65_535),
    status: wholeNumber('--answer', flags.answer, 200, 599),
    delayMs: flags.delay === undefined ? 0 : timeOf(flags.delay),
    clock: systemClock,
    onMessage: (message) => {
      for (const line of print(message)) terminal.out(line);
    },
  });
  const stopped = firstSignal();
  await receiver.start().catch((error: unknown) => {
    throw listenProblem(error, flags);
  });
  const { address, port, family } = receiver.address();
  const host = family === 'IPv6' ? `[${address}]` : address;
  terminal.err(`Receiving on http://${host}:${port}/. Ctrl-C stops it.`);
  if (!isLoopback(address)) terminal.err('Whoever reaches this address can send here: it asks for no credential.');
  await stopped;
  await receiver.stop();
}

/** A message for people: how it came, what it says, and its key. */
export function messageLines({ at, method, path, form, lines, headers, status }: TrialMessage): string[] {
  const key = headers['idempotency-key'];
  const time = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return [
    `${time} UTC  ${method} ${printable(path)}  ${form}, answered ${status}`,
    ...lines.map((line) => `  ${printable(line)}`),
    ...(key === undefined ? [] : [`  key ${printable(key)}`]),
    '',
  ];
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new UsageError(`${flag} must be a whole number from ${least} to ${most}, not "${text}"`);
}

function timeOf(text: string): number {
  const kind = duration(0, MINUTES_10);
  const read = kind.schema.safeParse(kind.fromText(text));
  if (read.success) return read.data;
  throw new UsageError(`--delay ${read.error.issues[0]?.message}`);
}

function listenProblem(error: unknown, { port, listen }: Flags): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new Error(`port ${port} of ${listen} is in use: give another one with --port`);
  if (code === 'EACCES') return new Error(`port ${port} needs privileges that this user lacks: give one above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new UsageError(`--listen must be an address of this machine, not "${listen}"`);
  return error;
}
