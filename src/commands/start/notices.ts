import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import { createTrialReceiver, type TrialMessage } from '../../web/trial-receiver.ts';
import { printable } from '../columns.ts';
import type { Terminal } from '../contract.ts';

/** Prints the notices of a trial, which come to it as they would come to people: by a channel, over HTTP. */
export interface NoticePrinter {
  /** The settings of notices by which a hub tells this printer. */
  readonly notify: Settings['notify'];
  /** What its channel is called, and where the others come from. */
  readonly addresses: NonNullable<Settings['addresses']>;
  /** Prints what has come, and from then on whatever comes. */
  show(): void;
  stop(): Promise<void>;
}

const LOOPBACK = ['127.0.0.0/8', '::1'];

/**
 * Starts one on a free port of 127.0.0.1. The hub of the trial tells it, and the addresses `asked` for on the command
 * line; not those of MONITOR_NOTIFY_URL, which are a real hub's.
 */
export async function openNoticePrinter(
  given: Settings['notify'],
  asked: string | undefined,
  clock: Clock,
  terminal: Terminal,
): Promise<NoticePrinter> {
  let held: TrialMessage[] | null = [];
  const print = (message: TrialMessage) => {
    for (const line of noticeLines(message)) terminal.out(line);
  };
  const receiver = createTrialReceiver({
    ...{ host: '127.0.0.1', port: 0, status: 200, delayMs: 0, clock },
    onMessage: (message) => (held === null ? print(message) : void held.push(message)),
  });
  await receiver.start();
  const own = `ntfy+http://127.0.0.1:${receiver.address().port}/trial`;
  return {
    notify: {
      ...given,
      url: new Secret(asked === undefined ? own : `${own} ${asked}`),
      allowPrivateTargets: [...given.allowPrivateTargets, ...LOOPBACK],
    },
    addresses: { names: ['terminal'], place: asked === undefined ? 'monitor start' : '--notify' },
    show: () => {
      for (const message of held ?? []) print(message);
      held = null;
    },
    stop: () => receiver.stop(),
  };
}

function noticeLines({ lines }: TrialMessage): string[] {
  return ['Notice, as a channel would tell it:', '', ...lines.map((line) => `  ${printable(line)}`), ''];
}
