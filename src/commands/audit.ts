import { loadSettings } from '../config/load.ts';
import type { AuditHead, AuditPair } from '../core/audit/verify.ts';
import { systemClock } from '../lib/clock.ts';
import { adviceFor, faultText, verifiedLines } from './audit/text.ts';
import { type CommandModule, Exit, subcommands, type Terminal, UsageError } from './contract.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly head?: string;
}

const EXAMPLES = `
Examples:
  monitor audit verify                                    even while hubs run; exit code 1 when something was changed
  monitor audit verify --head 1812:5f0c…                  and that the head written down elsewhere still stands in it
  monitor audit export > history.jsonl                    each event with its entry in the chain, oldest first`;

/** `monitor audit`: whether the history is as it was written. Works on the hub's own store. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES, 'verify');
    add('verify', 'name the first record of the history that was changed; exit code 1 when there is one')
      .option('--head <head>', 'a head that was printed before, as <number>:<hash>: it must still stand in the chain')
      .action((flags: Flags) => verify(flags, terminal));
    add('export', 'print the history with its chain as JSON lines').action((flags: Flags) =>
      exportLines(flags, terminal),
    );
  },
};

async function verify(flags: Flags, terminal: Terminal): Promise<void> {
  const head = flags.head === undefined ? undefined : headOf(flags.head);
  const { verifyAudit } = await import('../app/audit/verify.ts');
  const found = await verifyAudit(loadSettings({ configFile: flags.config }), systemClock, head);
  const { fault, ...rest } = found;
  const document = {
    status: fault === null ? 'intact' : 'changed',
    ...{ entries: rest.entries, removed: rest.removed, waiting: rest.waiting, keyed: rest.keyed },
    head: rest.head === null ? null : `${rest.head.n}:${rest.head.hash}`,
    fault: fault && { ...fault, text: faultText(fault) },
  };
  for (const line of flags.json ? [JSON.stringify(document)] : verifiedLines(found)) terminal.out(line);
  if (fault !== null) throw new Exit(1, adviceFor(fault));
}

async function exportLines(flags: Flags, terminal: Terminal): Promise<void> {
  const { exportAudit } = await import('../app/audit/verify.ts');
  const found = await exportAudit(loadSettings({ configFile: flags.config }), systemClock, async (pair) =>
    terminal.out(JSON.stringify(lineOf(pair))),
  );
  if (found.fault !== null) throw new Exit(1, `${faultText(found.fault)}; ${adviceFor(found.fault)}`);
}

function lineOf({ entry, record }: AuditPair) {
  const { n, seq, at, digest, key, note, hash } = entry;
  return { n, seq, at: new Date(at).toISOString(), digest, key, note, hash, record };
}

function headOf(text: string): AuditHead {
  const [, n, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (n === undefined || hash === undefined)
    throw new UsageError(`--head must be <number>:<hash>, as monitor audit verify prints it, not "${text}"`);
  return { n: Number(n), hash };
}
