import type { Submission } from '../core/submission.ts';
import type { Transaction } from '../stores/contract/ingest.ts';

const NOTHING_KEPT = 'a notice of this hub that has come back: nothing of it is kept';
const ONLY_ACTION = 'a notice of this hub that has come back: only that somebody has acted on it is kept';

/**
 * Before all stages: what this hub has told another tool, and that tool tells it in turn, opens nothing and ends nothing;
 * else each notice would make the next one. Such a notice bears the hub's marker, which intake finds, or it comes under
 * the key by which the tool was told. Who acknowledges it there has acknowledged the incident of that key here.
 */
export async function withoutOwnNotices(
  tx: Pick<Transaction, 'findOwnKeys'>,
  submissions: readonly Submission[],
): Promise<readonly Submission[]> {
  const keys = submissions.flatMap(({ ownKey }) => ownKey ?? []);
  const found = keys.length === 0 ? [] : await tx.findOwnKeys([...new Set(keys)]);
  const own = new Map(found.map(({ key, incidentId }) => [key, incidentId]));
  if (own.size === 0 && !submissions.some(({ isOwnNotice }) => isOwnNotice)) return submissions;
  return submissions.map((submission) => {
    const { isOwnNotice = false, ownKey = '', notes = [] } = submission;
    if (!isOwnNotice && !own.has(ownKey)) return submission;
    const ownIncidentId = own.get(ownKey) ?? null;
    const acts = ownIncidentId === null ? [] : notes.filter(({ kind }) => kind.endsWith('acknowledged'));
    const remarks = [acts.length > 0 ? ONLY_ACTION : NOTHING_KEPT];
    return { ...submission, isOwnNotice: true, ownIncidentId, alerts: [], notes: acts, remarks, instance: null };
  });
}
