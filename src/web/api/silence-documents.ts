import { ensuresConfinement, isWithin } from '../../core/access/confinement.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import type { MatcherSpec, Silence, SilenceKind } from '../../core/policy/silence.ts';
import type { AlertView, ReadStore } from '../../stores/contract/reads.ts';
import type { SilenceQuery, SilenceReads } from '../../stores/contract/silences.ts';
import { isOne, wholeId } from '../../stores/short-id.ts';
import {
  alertmanagerSilence,
  inAlertmanagersOrder,
  type SilenceFilter,
  silenceFilter,
} from '../alertmanager/silence-views.ts';
import { theirSilences, type Within } from './confined.ts';
import { matcherTest } from './muting.ts';
import { silenceJson } from './silence-views.ts';
import { alertJson, eventJson, pageJson } from './views.ts';

/** JSON text in pieces; none at all when there is no such thing. */
type Pieces = AsyncGenerator<string, void, undefined>;

/** What the API shows of silences and windows. */
export interface SilenceDocuments {
  silences(query: Omit<SilenceQuery, 'now'> & { readonly confinement?: Within }): Pieces;
  /** One with its history, and what it holds back now. */
  silence(query: { readonly id: string; readonly kind: SilenceKind; readonly confinement?: Within }): Pieces;
  /** What matchers would hold back. Their patterns must be readable. */
  silencePreview(query: { readonly matchers: readonly MatcherSpec[]; readonly confinement?: Within }): Pieces;
  /** All of them as Alertmanager lists them. */
  alertmanagerSilences(query: SilenceFilter): Pieces;
  alertmanagerSilence(query: { readonly id: string }): Pieces;
}

/** What they are made of. */
export interface SilenceDocumentParts {
  readonly store: SilenceReads & Pick<ReadStore, 'history' | 'findIds'>;
  readonly now: () => number;
  /** Everything that fires, newest first; up to a bound. */
  readonly firing: () => AsyncIterable<AlertView>;
}

const HISTORY_SHOWN = 500;
// Alerts that a preview names; it counts all of them.
const ALERTS_NAMED = 20;
const STEP = 500;
// Alertmanager's list has no pages.
const MOST = 10_000;

/** Documents over a store. */
export function createSilenceDocuments({ store, now, firing }: SilenceDocumentParts): SilenceDocuments {
  const matching = async (matchers: readonly MatcherSpec[], confinement: Within) => {
    const isMatched = matcherTest(matchers);
    const incidents = new Set<string>();
    const alerts: AlertView[] = [];
    let [count, total] = [0, 0];
    for await (const alert of firing()) {
      if (confinement && !isWithin(matchLabels(alert), confinement)) continue;
      total += 1;
      if (!isMatched(alert)) continue;
      count += 1;
      if (alert.incidentId !== null) incidents.add(alert.incidentId);
      if (alerts.length < ALERTS_NAMED) alerts.push(alert);
    }
    const named = alerts.map((alert) => alertJson(alert));
    return { firing_count: total, alert_count: count, incident_count: incidents.size, alerts: named };
  };
  return {
    silences: async function* ({ confinement, ...rest }) {
      const at = now();
      const query = { ...rest, now: at };
      const page = await (confinement ? theirSilences(store, query, confinement) : store.listSilences(query));
      yield JSON.stringify(pageJson(page, (silence) => silenceJson(silence, at)));
    },
    silence: async function* ({ id, kind, confinement }) {
      const whole = await wholeId(store, 'silences', id);
      const silence = isOne(whole) ? await store.findSilence(whole.id) : undefined;
      if (silence === undefined || silence.kind !== kind) return;
      if (!ensuresConfinement(silence.matchers, confinement ?? null)) return;
      const events = await store.history([silence.id], HISTORY_SHOWN);
      const at = now();
      const matches = silence.endsAt > at ? await matching(silence.matchers, confinement) : {};
      yield JSON.stringify({ ...silenceJson(silence, at), ...matches, events: events.map(eventJson) });
    },
    silencePreview: async function* ({ matchers, confinement }) {
      yield JSON.stringify(await matching(matchers, confinement));
    },
    alertmanagerSilences: async function* (query) {
      const at = now();
      const all: Silence[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listSilences({ limit: STEP, now: at, ...(cursor !== undefined && { cursor }) });
        all.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && all.length < MOST);
      const wanted = inAlertmanagersOrder(all.filter(silenceFilter(query, at)), at);
      yield JSON.stringify(wanted.map((silence) => alertmanagerSilence(silence, at)));
    },
    alertmanagerSilence: async function* ({ id }) {
      const silence = await store.findSilence(id);
      if (silence !== undefined) yield JSON.stringify(alertmanagerSilence(silence, now()));
    },
  };
}
