import type { Verified } from '../../app/audit/verify.ts';
import type { AuditFault, AuditFaultKind } from '../../core/audit/verify.ts';
import { fields } from '../columns.ts';

const WORDS: Readonly<Record<AuditFaultKind, (fault: AuditFault) => string>> = {
  changed: ({ seq }) => `event ${seq} is not as it was written`,
  removed: ({ seq }) => `event ${seq} was removed, and not by retention`,
  inserted: ({ seq }) => `event ${seq} was put in between others`,
  entry_changed: ({ n, seq }) => `entry ${n}${ofEvent(seq)} does not follow from the entry before it`,
  entry_missing: ({ n, seq }) => `an entry before entry ${n}${ofEvent(seq)} is missing`,
  start_missing: ({ n }) => `the chain begins with entry ${n}, and nothing says that what stood before it may be gone`,
  unkeyed: ({ n, seq }) => `entry ${n}${ofEvent(seq)} is made without the key of this hub`,
  unknown_key: ({ n, seq }) => `entry ${n}${ofEvent(seq)} is made under a key that is not at hand`,
  other_head: ({ n }) => `entry ${n} has another hash than the head that was given`,
  head_missing: ({ n }) => `entry ${n}, the head that was given, is not in the chain`,
};

/** What is wrong, in one sentence. */
export function faultText(fault: AuditFault): string {
  return WORDS[fault.kind](fault);
}

/** What to do about it. */
export function adviceFor({ kind }: AuditFault): string {
  if (kind === 'unknown_key')
    return 'give the key of before in MONITOR_ENCRYPTION_KEY or MONITOR_ENCRYPTION_KEY_OLD, then verify again';
  if (kind === 'unkeyed')
    return 'if MONITOR_ENCRYPTION_KEY was set just now, start the hub with it once; else somebody has written the chain anew';
  return 'the history was changed outside the hub: keep the store as it is, and compare it with a backup';
}

/** What `monitor audit verify` prints. */
export function verifiedLines({ entries, removed, waiting, keyed, head, fault }: Verified): string[] {
  return fields([
    ['history', fault === null ? 'as it was written' : faultText(fault)],
    ['entries', `${entries}${removed === 0 ? '' : `, ${removed} of them of events that retention has removed`}`],
    ['waiting', waiting === 0 ? 'none' : `${waiting} events that the hub has not chained yet`],
    ['under a key', keyed === 0 ? 'none: who can write the database can write the chain anew' : String(keyed)],
    ['head', head === null ? 'none' : `${head.n}:${head.hash}`],
  ]);
}

function ofEvent(seq: number | null): string {
  return seq === null ? '' : ` (event ${seq})`;
}
