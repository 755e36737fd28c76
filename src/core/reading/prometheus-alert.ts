import type { Labels } from '../alert/alert.ts';
import { presentMap, presentText, presentTime } from './absent.ts';
import { type AlertDraft, toldTime } from './incoming.ts';
import type { PrometheusEnvelope } from './prometheus-envelope.ts';
import { type FieldError, isObject, type JsonObject, setOwn } from './read.ts';
import { isOverSeverity, statusOfWord } from './words.ts';

/** One alert in the form that Alertmanager gave it and that Grafana, Mimir and others kept, before it has an identity. */
export interface PrometheusAlert extends Omit<AlertDraft, 'fingerprint'> {
  /** The sender's fingerprint; '' when it gives none. */
  readonly given: string;
  /** Labels as sent: what a missing fingerprint is made of. */
  readonly identity: Labels;
}

/** Where alerts point to: field of the alert, and annotation that keeps it. */
const LINKS = {
  generatorURL: 'generator_url',
  silenceURL: 'silence_url',
  dashboardURL: 'dashboard_url',
  panelURL: 'panel_url',
  imageURL: 'image_url',
  externalURL: 'external_url',
} as const;

/** Grafana's stand-ins for a rule that has nothing to look at, and what they mean. */
const GAPS: ReadonlyMap<string, { readonly kind: string; readonly title: string }> = new Map([
  ['DatasourceNoData', { kind: 'no_data', title: 'No data' }],
  ['DatasourceError', { kind: 'datasource_error', title: 'Data source error' }],
]);

/** Why Grafana ends an alert that has not recovered (`annotations.grafana_state_reason`), and our word for it. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['updated', 'rule_changed'],
  ['paused', 'paused'],
  ['ruledeleted', 'rule_deleted'],
  ['missingseries', 'missing_series'],
  ['nodata', 'no_data'],
  ['error', 'datasource_error'],
]);

/** What clients of an Alertmanager tell of an alert and it tells on: all but whether it fires. */
type OfAlert = Omit<PrometheusAlert, 'given' | 'status' | 'observedAt'>;

/**
 * Reads labels, texts, links and times of an alert. `DatasourceNoData` and `DatasourceError` are alerts about the rule's
 * data, not the rule's own alert: they carry the label `alert_kind` and a name of their own.
 */
export function readPrometheusContent(value: JsonObject, envelope: PrometheusEnvelope): OfAlert | FieldError {
  for (const field of ['labels', 'annotations']) {
    const map = value[field];
    if (map !== undefined && map !== null && !isObject(map))
      return { path: `.${field}`, message: 'must be an object of text' };
  }
  const identity = presentMap(value.labels);
  const annotations = presentMap(value.annotations);
  const labels = { ...identity };
  const gap = GAPS.get(identity.alertname ?? '');
  if (gap !== undefined) setOwn(labels, 'alert_kind', gap.kind);
  const name = gap ? `${gap.title}: ${identity.rulename ?? 'unknown rule'}` : identity.alertname;
  addLinks(annotations, value, envelope.externalUrl);
  if (envelope.receiver !== undefined) annotations.receiver ??= envelope.receiver;
  return {
    identity,
    name: name ?? annotations.summary ?? envelope.title,
    severity: identity.severity ?? envelope.severity,
    ...{ labels, annotations },
    startedAt: presentTime(value.startsAt),
    endedAt: presentTime(value.endsAt),
    resolution: resolutionOf(annotations.grafana_state_reason),
  };
}

/**
 * Reads one entry of `alerts[]`. Its own status counts, and the envelope's only for one that tells neither a status nor
 * an end that has passed.
 */
export function readPrometheusAlert(
  value: unknown,
  envelope: PrometheusEnvelope,
  receivedAt: number,
): PrometheusAlert | FieldError {
  if (!isObject(value)) return { path: '', message: 'must be an object' };
  // As Alertmanager's own API tells it: `"status": {"state": "active"}`.
  const told = isObject(value.status) && 'state' in value.status ? value.status.state : (value.status ?? value.state);
  for (const [field, given] of [
    ['status', told],
    ['fingerprint', value.fingerprint],
  ]) {
    if (typeof given === 'object' && given !== null) return { path: `.${field}`, message: 'must be text' };
  }
  const content = readPrometheusContent(value, envelope);
  if ('message' in content) return content;
  const isOver = content.endedAt !== undefined && content.endedAt <= receivedAt;
  const isCleared = content.identity.severity !== undefined && isOverSeverity(content.identity.severity);
  const status = presentText(told) ?? (isOver || isCleared ? 'resolved' : envelope.status);
  const isResolved = status !== undefined && statusOfWord(status) === 'resolved';
  const observedAt = toldTime(content.startedAt, isResolved ? content.endedAt : undefined, receivedAt);
  return { ...content, given: presentText(value.fingerprint) ?? '', status, observedAt };
}

function addLinks(annotations: Labels, alert: JsonObject, base: string | undefined): void {
  for (const [field, annotation] of Object.entries(LINKS)) {
    const link = presentText(alert[field]);
    if (link !== undefined) annotations[annotation] ??= whole(link, base);
  }
  if (base !== undefined) annotations.external_url ??= base;
}

// Grafana's test button sends "?orgId=1".
function whole(link: string, base: string | undefined): string {
  return /^[?/]/.test(link) && base !== undefined && /^https?:/.test(base) && URL.canParse(link, base)
    ? new URL(link, base).href
    : link;
}

// Grafana joins reasons by ", ": "NoData, KeepLast".
function resolutionOf(reasons: string | undefined): string | undefined {
  const words = reasons?.split(',').map((word) => REASONS.get(word.trim().toLowerCase())) ?? [];
  return words.find((word) => word !== undefined);
}
