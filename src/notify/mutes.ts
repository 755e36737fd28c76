import type { Labels } from '../core/alert/alert.ts';
import type { EvaluatedAlert } from '../core/notice/evaluate.ts';
import type { Mute } from '../core/notice/notice.ts';
import { holds, type IntervalTimes } from '../core/policy/interval.ts';
import { matchLabels } from '../core/policy/labels.ts';
import type { MaintenanceWindow } from '../core/policy/policy.ts';
import type { RelationBook } from '../core/policy/relation.ts';
import type { Hop } from '../core/policy/route.ts';
import type { CompiledSilence } from '../core/policy/silence.ts';

/** What of a silence holds back notices. */
export type MutingSilence = Pick<CompiledSilence, 'id' | 'kind' | 'startsAt' | 'endsAt' | 'matches' | 'matchers'>;

/** All that can hold back notices at one moment. */
export interface MuteSources {
  /** Those that match labels and have not expired, in the order of their ends. */
  readonly silencesOf: (labels: Labels) => readonly MutingSilence[];
  readonly windows: readonly MaintenanceWindow[];
  readonly relations: RelationBook;
  readonly times: IntervalTimes;
}

/**
 * What holds back an alert that came by a node of the tree, asked in a fixed order; null for nothing. Each is asked by
 * itself, so one that ends says nothing of the others.
 */
export function muteOf(alert: EvaluatedAlert, hop: Hop, sources: MuteSources, now: number): Mute | null {
  const labels = matchLabels(alert);
  const silence = sources.silencesOf(labels).find(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
  if (silence !== undefined) {
    const reason = silence.kind === 'maintenance' ? 'maintenance' : 'silenced';
    return { reason, by: silence.id, until: silence.endsAt };
  }
  for (const window of sources.windows) {
    const until = window.matches(labels) ? window.endAt(now) : null;
    if (until !== null) return { reason: 'maintenance', by: window.name, until };
  }
  const relation = sources.relations.heldBy(alert.id);
  if (relation !== null) return { reason: relation.rule.kind, by: relation.sourceId, until: null };
  const { times } = sources;
  if (times.isOn(hop.mute, now)) {
    const by = hop.mute.find((interval) => holds(interval, now))?.name ?? '';
    return { reason: 'muted_time', by, until: times.nextChange(hop.mute, now) };
  }
  if (hop.active.length > 0 && !times.isOn(hop.active, now)) {
    const names = hop.active.map(({ name }) => name).join(', ');
    return { reason: 'inactive_time', by: names, until: times.nextChange(hop.active, now) };
  }
  return null;
}
