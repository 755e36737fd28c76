import type { Answer, Submission } from '../core/submission.ts';
import type { ReplayRecord } from '../stores/contract/ingest.ts';

/** A submission of a batch and what has been decided of it so far. */
export interface Entry {
  /** What it says, as far as it is taken. */
  submission: Submission;
  /** Set when it needs no work: an answer given before, or a refusal. */
  settled: Answer | null;
  /** An earlier entry of the same batch whose answer it shares. */
  twin: Entry | null;
}

/**
 * Stage 1: submissions seen before are answered as the first time and change nothing; an id that comes back with
 * another signature is refused.
 */
export function admit(submissions: readonly Submission[], records: readonly ReplayRecord[]): readonly Entry[] {
  if (!submissions.some((submission) => submission.replay !== null))
    return submissions.map((submission) => entryOf(submission));
  const known = new Map(records.map((record) => [record.key, record]));
  const inBatch = new Map<string, Entry>();
  return submissions.map((submission) => {
    const entry = entryOf(submission);
    if (submission.replay === null) return entry;
    const { key, signature, called } = submission.replay;
    const record = known.get(key);
    const earlier = inBatch.get(key);
    if (record !== undefined)
      entry.settled = record.signature === signature ? JSON.parse(record.answer) : reused(called);
    else if (earlier === undefined) inBatch.set(key, entry);
    else if (earlier.submission.replay?.signature === signature) entry.twin = earlier;
    else entry.settled = reused(called);
    return entry;
  });
}

function reused(called = 'the id of this request'): Answer {
  return { outcome: 'refused', reason: `${called} was used before by another request: every request needs a new one` };
}

function entryOf(submission: Submission): Entry {
  return { submission, settled: null, twin: null };
}

/** Whether an entry still has work to do. */
export function isOpen(entry: Entry): boolean {
  return entry.settled === null && entry.twin === null;
}
