import type { Submission } from '../core/submission.ts';
import type { Transaction } from '../stores/contract/ingest.ts';

const REMARK = 'a notice of this hub that has come back: nothing of it is kept';

/**
 * Before all stages: what this hub has told another tool, and that tool tells it in turn, opens nothing, ends nothing and
 * acknowledges nothing; else each notice would make the next one. Such a notice bears the hub's marker, which intake finds,
 * or it comes under the key by which the tool was told.
 */
export async function withoutOwnNotices(
  tx: Pick<Transaction, 'findOwnKeys'>,
  submissions: readonly Submission[],
): Promise<readonly Submission[]> {
  const keys = submissions.flatMap(({ ownKey }) => ownKey ?? []);
  const own = new Set(keys.length === 0 ? [] : await tx.findOwnKeys([...new Set(keys)]));
  if (own.size === 0 && !submissions.some(({ isOwnNotice }) => isOwnNotice)) return submissions;
  return submissions.map((submission) => {
    const { isOwnNotice = false, ownKey } = submission;
    if (!isOwnNotice && (ownKey === undefined || !own.has(ownKey))) return submission;
    return { ...submission, isOwnNotice: true, alerts: [], notes: [], remarks: [REMARK], instance: null };
  });
}
