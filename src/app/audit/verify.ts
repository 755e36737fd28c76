import type { Settings } from '../../config/settings.ts';
import type { AuditNote } from '../../core/audit/chain.ts';
import { type AuditFault, type AuditHead, type AuditPair, walkAlong } from '../../core/audit/verify.ts';
import type { Clock } from '../../lib/clock.ts';
import { requireSchema } from '../../stores/transfer/export.ts';
import { chainOf, firstInserted, notesOf, unchained } from '../../stores/upkeep/audit.ts';
import type { Session, Upkeep } from '../../stores/upkeep/contract.ts';
import { encryptionKeys } from '../links/keys.ts';
import { type ToolSettings, withUpkeep } from '../store/tools.ts';
import { auditKeys } from './keys.ts';

/** The settings that say where the store is, and under which key its chain is made. */
export type AuditSettings = ToolSettings & Pick<Settings, 'encryption'>;

/** What looking at a chain came to. */
export interface Verified {
  readonly entries: number;
  /** Of them, those whose events retention has removed. */
  readonly removed: number;
  /** Events that the hub has not chained yet. */
  readonly waiting: number;
  /** Entries under a key. */
  readonly keyed: number;
  /** Where it ends; null where it has no entry. */
  readonly head: AuditHead | null;
  /** What is wrong first; null for nothing. */
  readonly fault: AuditFault | null;
}

/** Holds the history against its chain, also while hubs write to it. `head` was written down elsewhere. */
export function verifyAudit(settings: AuditSettings, clock: Clock, head?: AuditHead): Promise<Verified> {
  return withChain(settings, clock, (session, engine) => verify(session, engine, settings, clock.now(), head));
}

/** Gives each entry of the chain with its event to `take`, in their order, and holds them against one another meanwhile. */
export function exportAudit(
  settings: AuditSettings,
  clock: Clock,
  take: (pair: AuditPair) => Promise<void>,
): Promise<Verified> {
  return withChain(settings, clock, (session, engine) =>
    verify(session, engine, settings, clock.now(), undefined, take),
  );
}

function withChain<T>(
  settings: AuditSettings,
  clock: Clock,
  work: (session: Session, engine: Upkeep['engine']) => Promise<T>,
): Promise<T> {
  return withUpkeep(settings, clock, async (upkeep) => {
    await requireSchema(upkeep);
    return upkeep.read((session) => work(session, upkeep.engine));
  });
}

async function verify(
  session: Session,
  engine: Upkeep['engine'],
  settings: AuditSettings,
  now: number,
  head: AuditHead | undefined,
  take?: (pair: AuditPair) => Promise<void>,
): Promise<Verified> {
  const keys = auditKeys(encryptionKeys(settings));
  const notes = (await notesOf(session)).flatMap(noteOf);
  const walk = walkAlong({
    ...{ notes, now, hashUnder: keys.hashUnder, key: keys.present },
    ...(head !== undefined && { head }),
  });
  let fault: AuditFault | null = null;
  const count = { entries: 0, removed: 0, keyed: 0 };
  for await (const pair of chainOf(session)) {
    count.entries += 1;
    if (pair.record === null && pair.entry.seq !== null) count.removed += 1;
    if (pair.entry.key !== null) count.keyed += 1;
    fault ??= walk.take(pair);
    await take?.(pair);
  }
  const inserted = await firstInserted(session, engine);
  if (fault === null && inserted !== null) fault = { kind: 'inserted', n: null, seq: inserted };
  fault ??= walk.end();
  return { ...count, waiting: await unchained(session), head: walk.last, fault };
}

/** A note as it stands; none where somebody has changed it, which its entry tells. */
function noteOf(text: string): readonly AuditNote[] {
  try {
    const { hub, from, before, horizon, keepMs } = JSON.parse(text) as AuditNote;
    if (![hub, from, horizon, keepMs].every(Number.isFinite) || typeof before !== 'string') return [];
    return [{ hub, from, before, horizon, keepMs }];
  } catch {
    return [];
  }
}
