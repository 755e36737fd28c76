import { ensuresConfinement, isWithin } from '../../core/access/confinement.ts';
import {
  type ChannelStory,
  type ExplainInput,
  type Explanation,
  explain,
  type Step,
} from '../../core/explain/explain.ts';
import type { Untold } from '../../core/explain/untold.ts';
import { reasonText, stepText, storyText, verdictText } from '../../core/explain/words.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { iso } from '../../core/iso-time.ts';
import { oneLine } from '../../core/one-line.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { AlertView, ReadStore } from '../../stores/contract/reads.ts';
import type { SilenceReads } from '../../stores/contract/silences.ts';
import { isTheirs, type Within } from './confined.ts';
import { eventJson } from './views.ts';

// Events and attempts of one explanation; older ones stay in the store.
const EVENTS = 1000;
const ATTEMPTS = 500;
// Alerts of an incident whose own history is told with it.
const ALERTS = 200;

// Silences and alerts that hold something back and are told by name.
const NAMED = 20;

type Store = Pick<ReadStore, 'findAlert' | 'findIncident' | 'listAlerts' | 'listIncidents' | 'history'> &
  Pick<SilenceReads, 'findSilence'> &
  NoticeHistory;

/**
 * The explanation of an alert or an incident as the API gives it; undefined when there is no such thing, or it is beyond
 * what somebody is confined to. Of an alert of theirs in an incident that is not, they are shown its own life alone.
 */
export async function readExplanation(store: Store, id: string, confinement: Within = null) {
  const alert = await store.findAlert(id);
  if (alert !== undefined && !isWithin(matchLabels(alert), confinement)) return undefined;
  const incident = await store.findIncident(alert === undefined ? id : (alert.incidentId ?? ''));
  if (incident === undefined) return alert === undefined ? undefined : withoutIncident(store, alert);
  if (confinement && !(await isTheirs(store, { of: 'incident', id: incident.id }, confinement)))
    return alert === undefined ? undefined : ofAnothersIncident(store, alert);
  const others = await store.listAlerts({ incidentId: incident.id, limit: ALERTS });
  const alerts = alert === undefined ? others.items : [alert];
  const [events, notices, attempts, cursor] = await Promise.all([
    store.history([incident.id, ...alerts.map((one) => one.id)], EVENTS),
    store.noticesOf(incident.id),
    store.attemptsOf(incident.id, ATTEMPTS),
    store.followerCursor('notices'),
  ]);
  const own = events.filter(({ subject, data }) => subject !== 'alert' || isHere(data.incident_id, incident));
  const input: ExplainInput = {
    ...{ incident, alerts, events: own, notices, attempts },
    ...{ alertId: alert?.id ?? null, isFollowed: cursor !== undefined },
    names: await namesOf(store, own, confinement),
  };
  const isCut = events.length === EVENTS || attempts.length === ATTEMPTS || others.nextCursor !== null;
  const earlier = events.flatMap(({ subject, data }) =>
    subject === 'alert' && typeof data.incident_id === 'string' && data.incident_id !== incident.id
      ? data.incident_id
      : [],
  );
  const subject = subjectOf(incident, alert, alert === undefined ? [] : [...new Set(earlier)]);
  return explanationJson(subject, explain(input), input, isCut);
}

/** What held something back, as far as it is theirs: silences with who made them and why, alerts by their names. */
async function namesOf(
  store: Store,
  events: readonly HistoryEvent[],
  confinement: Within = null,
): Promise<ReadonlyMap<string, string>> {
  const held = events.filter(({ kind, data }) => kind === 'notice_held' && typeof data.by === 'string');
  const found = new Map(held.map(({ reason, data }) => [String(data.by), reason]));
  const names = new Map<string, string>();
  for (const [id, reason] of [...found].slice(-NAMED)) {
    if (reason === 'silenced' || reason === 'maintenance') {
      const silence = await store.findSilence(id);
      if (silence === undefined || !ensuresConfinement(silence.matchers, confinement)) continue;
      const said = [silence.createdBy, silence.comment].filter((text) => text !== '');
      if (said.length > 0) names.set(id, oneLine(said.join(': '), 200));
    } else if (reason === 'inhibited' || reason === 'depends_on') {
      const alert = await store.findAlert(id);
      if (alert !== undefined && isWithin(matchLabels(alert), confinement)) names.set(id, oneLine(alert.name, 200));
    }
  }
  return names;
}

/** An alert may have been in another incident before. */
function isHere(incidentId: unknown, { id }: Incident): boolean {
  return incidentId === undefined || incidentId === id;
}

async function withoutIncident(store: Store, alert: AlertView) {
  const events = await store.history([alert.id], EVENTS);
  const untold: Untold = { what: 'all', reason: 'no_incident', detail: {} };
  const steps = events.map((event): Step => ({ at: event.at, kind: 'event', event }));
  const explained: Explanation = { isTold: false, untold, channels: [], steps };
  return explanationJson(subjectOf(null, alert, []), explained, { alerts: [alert] }, events.length === EVENTS);
}

/** The incident, and who was told of it, are not shown, and so nothing is said of whether somebody was. */
async function ofAnothersIncident(store: Store, alert: AlertView) {
  const alone = await withoutIncident(store, alert);
  return { ...alone, incident_id: alert.incidentId, told: null, untold: null, verdict: ANOTHERS };
}

const ANOTHERS =
  'It is part of an incident with alerts beyond what you are confined to: who was told of that is not shown.';

function subjectOf(incident: Incident | null, alert: AlertView | undefined, earlier: readonly string[]) {
  const of = alert ?? incident;
  const started = alert?.startedAt ?? incident?.openedAt ?? 0;
  const ended = alert === undefined ? incident?.resolvedAt : alert.endedAt;
  return {
    subject: alert === undefined ? 'incident' : 'alert',
    id: of?.id,
    title: alert?.name ?? incident?.title,
    status: of?.status,
    severity: of?.severity,
    started_at: iso(started),
    ended_at: ended ? iso(ended) : null,
    incident_id: incident?.id ?? null,
    /** Incidents of which the alert was a part before: what was told of those, they explain themselves. */
    earlier_incident_ids: earlier,
  };
}

function explanationJson(
  subject: ReturnType<typeof subjectOf>,
  explained: Explanation,
  input: Pick<ExplainInput, 'alerts' | 'names'>,
  isCut: boolean,
) {
  return {
    ...subject,
    told: explained.isTold,
    verdict: verdictText(explained),
    untold: explained.untold === null ? null : untoldJson(explained.untold),
    channels: explained.channels.map(channelJson),
    steps: explained.steps.map((step) => stepJson(step, input)),
    /** Whether there is more in the store than is shown here. */
    cut: isCut,
  };
}

function untoldJson(untold: Untold) {
  const { by = null, named = null, until, said = null } = untold.detail;
  const detail = { by, named, until: until === undefined ? null : iso(until), said };
  return { what: untold.what, reason: untold.reason, text: reasonText(untold), ...detail };
}

function channelJson(story: ChannelStory) {
  const { channel, told, attempts, untold, places } = story;
  return {
    ...{ channel, attempts, places },
    told: told.map(({ phase, at, answer }) => ({ phase, at: iso(at), answer })),
    untold: untold === null ? null : untoldJson(untold),
    text: storyText(story),
  };
}

function stepJson(step: Step, input: Pick<ExplainInput, 'alerts' | 'names'>) {
  const head = { at: iso(step.at), kind: step.kind, text: stepText(step, input) };
  if (step.kind === 'event') return { ...head, event: eventJson(step.event) };
  const { channel, phase, key, attempt, outcome, reason, tookMs, digest } = step.attempt;
  return {
    ...head,
    attempt: { channel, phase, key, attempt, outcome, answer: reason, took_ms: tookMs, digest, reason: step.why },
  };
}
