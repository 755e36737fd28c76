import type { Alert, IncomingAlert, Labels, Severity } from '../../core/alert/alert.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { iso } from '../../core/iso-time.ts';
import { incomingAlert } from '../../core/reading/incoming.ts';
import { isObject, setOwn } from '../../core/reading/read.ts';
import { keyOf } from '../../lib/crypto/digest.ts';
import type { AlertView } from '../../stores/contract/reads.ts';
import { tagLabel } from './blackout.ts';
import type { SentAlert } from './read.ts';
import { type AlertaStatus, meaningOf, NORMAL, PREVIOUS, TIMEOUT_S, trendOf, wordOf } from './words.ts';

/** The source of alerts that come by Alerta's API. */
export const ALERTA = 'alerta';

/** What of an alert of Alerta has no place of its own in ours: kept as JSON in the annotation `alerta`. */
export interface Kept {
  /** The id that its sender gave it at first; null for none. */
  readonly id: string | null;
  /** Ids of what was received of it, the latest last; those of peers among them. */
  readonly ids: readonly string[];
  readonly severity: string;
  readonly previousSeverity: string;
  readonly duplicateCount: number;
  readonly repeat: boolean;
  readonly service: readonly string[];
  readonly group: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly correlate: readonly string[];
  readonly origin: string;
  readonly type: string;
  /** Seconds. */
  readonly timeout: number;
  /** UTC milliseconds. */
  readonly createTime: number;
  readonly customer: string | null;
}

/** What an alert that is stored already says of itself. */
export interface Known {
  /** The id of the hub. */
  readonly id: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly isOver: boolean;
  readonly kept: Kept;
  /** What it meant while it fired. */
  readonly severity: Severity;
}

// Of a sender that gives every event an id; the first is kept beside them.
const MOST_IDS = 20;
const EMPTY: Kept = {
  ...{ id: null, ids: [], severity: NORMAL, previousSeverity: PREVIOUS, duplicateCount: 0, repeat: false },
  ...{ service: [], group: 'Misc', tags: [], attributes: {}, correlate: [], origin: '', type: 'exceptionAlert' },
  ...{ timeout: TIMEOUT_S, createTime: 0, customer: null },
};

/** What an alert keeps of Alerta; of one that came otherwise, what comes nearest. */
export function keptOf(
  view: Pick<Alert, 'source' | 'origin' | 'severity' | 'labels' | 'annotations' | 'occurrences' | 'startedAt'>,
): Kept {
  if (view.source === ALERTA) {
    const kept = parsed(view.annotations.alerta);
    if (kept !== null) return { ...EMPTY, ...kept };
  }
  const { service, group, customer } = view.labels;
  return {
    ...EMPTY,
    severity: wordOf(view.severity),
    duplicateCount: Math.max(0, view.occurrences - 1),
    repeat: view.occurrences > 1,
    service: [service ?? view.source],
    group: group ?? EMPTY.group,
    customer: customer ?? null,
    tags: Object.entries(view.labels).map(([name, value]) => `${name}=${value}`),
    origin: view.origin === '' ? view.source : view.origin,
    createTime: view.startedAt,
  };
}

function parsed(text: string | undefined): Partial<Kept> | null {
  if (text === undefined) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Partial<Kept>) : null;
  } catch {
    return null;
  }
}

/** What is known of an alert of Alerta that is stored. */
export function knownOf(view: AlertView): Known {
  const { id, fingerprint, name, severity } = view;
  return { id, fingerprint, name, severity, isOver: view.status === 'resolved', kept: keptOf(view) };
}

/** Whether something sent is of an alert that is stored: the same event, or one that it says belongs to it. Environment and resource are the same. */
export function isCorrelated({ name, kept }: Known, sent: Pick<SentAlert, 'event' | 'customer'>): boolean {
  return kept.customer === sent.customer && (name === sent.event || kept.correlate.includes(sent.event));
}

/** What something sent comes to: an alert for the pipeline, and what is kept of it. `receivedId` names what was received. */
export function incomingOf(sent: SentAlert, known: Known | null, receivedId: string, now: number): IncomingAlert {
  const kept = mergedWith(sent, known, receivedId, now);
  const fingerprint =
    known?.fingerprint ?? keyOf(JSON.stringify([sent.environment, sent.resource, sent.event, sent.customer]));
  return retold({ sent, kept, fingerprint, severity: known?.severity ?? 'warning' }, now);
}

function mergedWith(sent: SentAlert, known: Known | null, receivedId: string, now: number): Kept {
  const { severity, service, timeout } = sent;
  const before = known?.kept;
  const isDuplicate = known !== null && known.name === sent.event && before?.severity === severity;
  const isSaid = sent.correlate.length > 0 && !sent.correlate.includes(sent.event);
  return {
    id: before === undefined ? sent.id : before.id,
    ids: [...(before?.ids ?? []), receivedId].slice(-MOST_IDS),
    severity,
    previousSeverity: before === undefined ? PREVIOUS : isDuplicate ? before.previousSeverity : before.severity,
    duplicateCount: isDuplicate ? before.duplicateCount + 1 : 0,
    repeat: isDuplicate,
    service,
    group: before?.group ?? sent.group,
    tags: [...new Set([...(before?.tags ?? []), ...sent.tags])],
    attributes: withAttributes(before?.attributes ?? {}, sent.attributes),
    correlate: before?.correlate ?? (isSaid ? [...sent.correlate, sent.event] : sent.correlate),
    origin: before?.origin ?? sent.origin ?? 'unknown',
    type: before?.type ?? sent.type,
    timeout: timeout ?? TIMEOUT_S,
    createTime: isDuplicate ? before.createTime : (sent.createTime ?? now),
    customer: sent.customer,
  };
}

/** Attributes with others over them; null takes one away. */
export function withAttributes(
  known: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries({ ...known, ...given }).filter(([, value]) => value !== null));
}

/** What is told of an alert. */
interface Told {
  readonly sent: Pick<SentAlert, 'event' | 'resource' | 'environment' | 'status' | 'value' | 'text' | 'rawData'>;
  readonly kept: Kept;
  readonly fingerprint: string;
  /** Where it is over: what it was before. */
  readonly severity: Severity;
  /** Left out, by the timeout that is kept; null for never. */
  readonly expiresAt?: number | null;
}

/** An alert for the pipeline from all that is known of it. */
function retold({ sent, kept, fingerprint, severity, expiresAt }: Told, now: number): IncomingAlert {
  const means = meaningOf(kept.severity);
  const isOver = means === 'over' || sent.status === 'closed' || sent.status === 'expired';
  const end = expiresAt === undefined ? (kept.timeout === 0 ? null : now + kept.timeout * 1000) : expiresAt;
  const incoming = incomingAlert(
    {
      fingerprint,
      name: sent.event,
      status: { word: kept.severity, means: isOver ? 'resolved' : 'firing' },
      severity: means === undefined || means === 'over' ? severity : means,
      labels: labelsOf(sent, kept),
      annotations: annotationsOf(sent, kept),
      startedAt: kept.createTime,
      groupKey: `${ALERTA}:${fingerprint}`,
      observedAt: now,
      ...(end !== null && { expiresAt: end }),
    },
    now,
  );
  return { ...incoming, incidentTitle: `${sent.event} on ${sent.resource}` };
}

/** The same alert with something else kept of it, such as tags: told again, and otherwise as it is. */
export function changedKept(view: AlertView, change: Partial<Kept>, now: number): IncomingAlert {
  const sent = {
    ...{ event: view.name, resource: resourceOf(view), environment: environmentOf(view), status: null },
    ...{ value: view.annotations.value ?? null, text: view.annotations.message ?? '' },
    rawData: view.annotations.raw_data ?? null,
  };
  const kept = { ...keptOf(view), ...change };
  return retold({ sent, kept, fingerprint: view.fingerprint, severity: view.severity, expiresAt: view.expiresAt }, now);
}

/** The same alert as over, by the word of a person. */
export function closedAlert(view: AlertView, now: number): IncomingAlert {
  const kept = keptOf(view);
  const change = { severity: NORMAL, previousSeverity: kept.severity, duplicateCount: 0, repeat: false };
  return changedKept(view, change, now);
}

function labelsOf(sent: Told['sent'], { service, group, customer, tags }: Kept): Labels {
  const labels: Labels = {};
  for (const tag of tags) {
    const [name, value] = tagLabel(tag);
    setOwn(labels, name, value);
  }
  const own = { environment: sent.environment, resource: sent.resource, service: service.join(','), group, customer };
  for (const [name, value] of Object.entries(own)) if (value !== null && value !== '') setOwn(labels, name, value);
  return labels;
}

function annotationsOf({ text, value, rawData }: Told['sent'], kept: Kept): Labels {
  return {
    ...(text !== '' && { message: text }),
    ...(value !== null && { value }),
    ...(rawData !== null && { raw_data: rawData }),
    alerta: JSON.stringify(kept),
  };
}

/** What an alert is about: of other sources, its host, or whoever told it. */
export function resourceOf({ labels, origin, source }: Pick<Alert, 'labels' | 'origin' | 'source'>): string {
  const { resource, host, hostname, instance } = labels;
  return resource ?? host ?? hostname ?? instance ?? (origin === '' ? source : origin);
}

/** Where it is; of other sources that do not say, as Alerta calls it by default. */
export function environmentOf({ labels, source }: Pick<Alert, 'labels' | 'source'>): string {
  return labels.environment ?? labels.env ?? (source === ALERTA ? '' : 'Production');
}

/** How an alert stands in Alerta's words; its incident may be gone. */
export function statusOf(view: AlertView, incident: Incident | undefined, now: number): AlertaStatus {
  if (view.status === 'resolved') {
    const { timeout } = keptOf(view);
    const isExpired = timeout > 0 && view.endedAt !== null && view.endedAt - view.lastSeenAt >= timeout * 1000;
    return isExpired && view.source === ALERTA ? 'expired' : 'closed';
  }
  if (incident?.shelvedUntil != null && incident.shelvedUntil > now) return 'shelved';
  return incident?.status === 'acknowledged' ? 'ack' : 'open';
}

/** What clients call an alert: the id that its first sender gave it, else ours. */
export function idOf(view: AlertView): string {
  return keptOf(view).id ?? view.id;
}

/** An alert as Alerta gives it, without its history. */
export function alertaJson(view: AlertView, incident: Incident | undefined, now: number) {
  const kept = keptOf(view);
  const id = kept.id ?? view.id;
  const isOver = view.status === 'resolved';
  // What a person ended, or nobody told again, has the severity of nothing, as there.
  const severity = isOver && meaningOf(kept.severity) !== 'over' ? NORMAL : kept.severity;
  const previous = severity === kept.severity ? kept.previousSeverity : kept.severity;
  return {
    ...{ id, href: `/alert/${encodeURIComponent(id)}`, resource: resourceOf(view), event: view.name },
    ...{ environment: environmentOf(view), severity, correlate: kept.correlate, status: statusOf(view, incident, now) },
    ...{ service: kept.service, group: kept.group, value: view.annotations.value ?? null },
    ...{ text: view.annotations.message ?? view.annotations.summary ?? view.annotations.description ?? '' },
    ...{ tags: kept.tags, attributes: kept.attributes, origin: kept.origin, type: kept.type },
    ...{ createTime: iso(kept.createTime), timeout: kept.timeout, rawData: view.annotations.raw_data ?? null },
    ...{ customer: kept.customer, duplicateCount: kept.duplicateCount, repeat: kept.repeat },
    ...{ previousSeverity: previous, trendIndication: trendOf(previous, severity) },
    ...{ receiveTime: iso(view.receivedAt), lastReceiveId: kept.ids.at(-1) ?? view.id },
    ...{ lastReceiveTime: iso(view.lastSeenAt), updateTime: iso(incident?.changedAt ?? view.receivedAt) },
  };
}

/** An alert as Alerta gives it. */
export type AlertaJson = ReturnType<typeof alertaJson>;
