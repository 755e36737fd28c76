import type { RuleEntry } from '../config/rules/document.ts';
import type { IncomingAlert } from '../core/alert/alert.ts';
import { round } from '../core/figures.ts';
import { iso } from '../core/iso-time.ts';
import type { Transition } from '../core/rule/engine.ts';
import { seriesText } from '../core/rule/series.ts';
import { sha256 } from '../lib/crypto/digest.ts';
import { readTemplate } from '../lib/template.ts';

/** Source of the alerts that rules raise. */
export const RULE_SOURCE = 'rule';

const LONGEST = 200;

/** A change of a rule for a group as ingest takes it. Of a rule that is configured no more `entry` is undefined. */
export function ruleAlert(entry: RuleEntry | undefined, transition: Transition): IncomingAlert {
  const { rule, labels, at, kind, severity, since, finding, reason } = transition;
  const isFiring = kind !== 'resolved';
  const series = seriesText({ metric: rule, labels });
  const value = finding.value === null || !Number.isFinite(finding.value) ? null : round(finding.value, 4);
  const lacking = finding.failure === undefined ? 'no data' : `cannot be judged (${finding.failure})`;
  const unknown = kind === 'unknown' ? `${lacking} since ${iso(at)}` : undefined;
  const why = unknown ?? finding.reason ?? (value === null ? '' : String(value));
  const message = isFiring ? `${series} fires${why === '' ? '' : `: ${why}`}` : `${series} has ended${ENDS[reason]}`;
  const data = { value, labels, severity, rule, reason: finding.reason ?? '' };
  const written = Object.entries(entry?.annotations ?? {}).map(([name, text]) => [name, rendered(text, data)]);
  return {
    fingerprint: series.length > LONGEST ? `${rule}:${sha256(series)}` : series,
    name: rule,
    status: isFiring ? 'firing' : 'resolved',
    severity,
    labels: { ...labels, ...entry?.labels },
    annotations: {
      message,
      ...Object.fromEntries(written),
      // A text that is made for a figure says nothing without one.
      ...(value === null && { message }),
      ...(unknown !== undefined && { unknown }),
      ...(entry?.runbook != null && { runbook: entry.runbook }),
      ...(entry !== undefined && entry.owner !== '' && { owner: entry.owner }),
    },
    metrics: value === null ? {} : { value },
    startedAt: since,
    endedAt: isFiring ? null : at,
    observedAt: at,
    groupKey: `rule:${rule}`,
    incidentTitle: rule,
    ...(!isFiring && reason !== 'condition' && { resolution: reason }),
  };
}

const ENDS: Readonly<Record<Transition['reason'], string>> = {
  condition: '',
  too_few: ': too little happens to say more',
  forgotten: ': nothing was heard of it for long',
  rule_removed: ': the rule was removed',
  rule_changed: ': the condition of the rule was changed',
};

function rendered(text: string, data: Readonly<Record<string, unknown>>): string {
  try {
    return readTemplate(text, (value) => value).render(data);
  } catch (error) {
    return `${text} (${(error as Error).message})`;
  }
}
