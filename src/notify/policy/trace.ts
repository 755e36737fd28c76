import type { Labels } from '../../core/alert/alert.ts';
import { SEVERITIES, type Severity } from '../../core/alert/alert.ts';
import { iso } from '../../core/iso-time.ts';
import type { EvaluatedAlert } from '../../core/notice/evaluate.ts';
import type { Mute } from '../../core/notice/notice.ts';
import { createIntervalTimes } from '../../core/policy/interval.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import type { NotifyPolicy } from '../../core/policy/policy.ts';
import { createRelationBook } from '../../core/policy/relation.ts';
import type { Hop, Placed } from '../../core/policy/route.ts';
import { indexSilences } from '../../core/policy/silence-index.ts';
import type { MutingSilence } from '../mutes.ts';
import { evaluationRules, WAIT_MS } from '../rules.ts';

/** One route that an alert comes to, with what applies there. Durations are milliseconds. */
export interface TracedHop {
  readonly place: string;
  readonly channels: Placed<readonly string[]>;
  readonly groupWaitMs: Placed<number>;
  readonly groupIntervalMs: Placed<number>;
  readonly repeatMs: Placed<number>;
  /** Labels whose values make one incident; null where no route says. */
  readonly groupBy: Placed<readonly string[]> | null;
  readonly escalation:
    | (Placed<string> & {
        readonly steps: readonly { readonly afterMs: number; readonly channels: readonly string[] }[];
      })
    | null;
  /** What holds it back at that time, and where that stands, '' for a silence; null for nothing. */
  readonly mute: (Mute & { readonly place: string }) | null;
}

/** Where an alert would go at one time, and why: by the functions that the hub itself goes by. */
export interface Trace {
  /** The labels that routes see. */
  readonly labels: Labels;
  /** UTC milliseconds. */
  readonly at: number;
  readonly hops: readonly TracedHop[];
  /** Rules by which other alerts may hold it back, and by which it may hold back others. */
  readonly heldBy: readonly string[];
  readonly holds: readonly string[];
}

/** An alert that has nothing but these labels. */
export function alertOf(labels: Labels): EvaluatedAlert {
  const { alertname = '', severity = 'info', source = '', instance_id: origin = '', key: fingerprint = '' } = labels;
  return {
    ...{ id: 'traced', name: alertname, source, origin, fingerprint, labels },
    ...{ severity: severityOf(severity), status: 'firing', startedAt: 0, receivedAt: 0 },
  };
}

function severityOf(word: string): Severity {
  return SEVERITIES.find((one) => one === word) ?? 'info';
}

/** Traces an alert through a policy at `at`, UTC milliseconds. */
export function traceRoutes(
  policy: NotifyPolicy,
  alert: EvaluatedAlert,
  silences: readonly MutingSilence[],
  at: number,
): Trace {
  // What fires beside it is not known here, so relations hold back nothing; the rules that may are listed.
  const relations = createRelationBook(policy.relations);
  const sources = {
    ...{ silencesOf: indexSilences(silences), windows: policy.windows },
    ...{ relations, times: createIntervalTimes() },
  };
  const rules = evaluationRules(
    policy,
    sources,
    (text) => text,
    at,
    () => false,
  );
  const labels = matchLabels(alert);
  const placesOf = (side: 'isSource' | 'isTarget') =>
    policy.relations.filter((rule) => rule[side](labels)).map(({ place }) => place);
  return {
    ...{ labels, at },
    hops: rules.hopsOf(alert).map((hop) => hopOf(hop, rules.muteOf(alert, hop), alert.severity, policy)),
    heldBy: placesOf('isTarget'),
    holds: placesOf('isSource'),
  };
}

function hopOf(hop: Hop, mute: Mute | null, severity: Severity, { escalations, windows }: NotifyPolicy): TracedHop {
  const { place, channels, groupWaitMs, groupIntervalMs, repeatMs, escalation } = hop;
  const muting = mute?.reason === 'maintenance' ? windows : [...hop.mute, ...hop.active];
  const steps = escalations.get(escalation?.value ?? '');
  return {
    ...{ place, channels, groupIntervalMs, repeatMs, groupBy: hop.groupBy ?? null },
    mute: mute === null ? null : { ...mute, place: muting.find(({ name }) => name === mute.by)?.place ?? '' },
    groupWaitMs: groupWaitMs ?? { value: WAIT_MS[severity], place: `the default for ${severity}` },
    escalation: escalation === undefined || steps === undefined ? null : { ...escalation, steps },
  };
}

/** A trace as one JSON document: snake_case, times in milliseconds and ISO 8601. */
export function traceJson({ labels, at, hops, heldBy, holds }: Trace) {
  const span = ({ value, place }: Placed<number>) => ({ ms: value, place });
  return {
    ...{ labels, at: iso(at) },
    routes: hops.map(({ place, channels, groupBy, groupWaitMs, groupIntervalMs, repeatMs, escalation, mute }) => ({
      ...{ place, channels: channels.value, channels_place: channels.place },
      ...{ group_wait: span(groupWaitMs), group_interval: span(groupIntervalMs), repeat_interval: span(repeatMs) },
      group_by: groupBy && { labels: groupBy.value, place: groupBy.place },
      escalation: escalation && {
        ...{ name: escalation.value, place: escalation.place },
        steps: escalation.steps.map(({ afterMs, channels: told }) => ({ after_ms: afterMs, channels: told })),
      },
      held_back: mute && { ...mute, until: mute.until === null ? null : iso(mute.until) },
    })),
    ...{ held_back_by: heldBy, holds_back_by: holds },
  };
}
