import type { EvaluatedAlert, EvaluationRules } from '../core/notice/evaluate.ts';
import { matchLabels } from '../core/policy/labels.ts';
import type { NotifyPolicy } from '../core/policy/policy.ts';
import { type Hop, hopsOf } from '../core/policy/route.ts';
import { termsKey } from '../core/policy/terms.ts';
import { type MuteSources, muteOf } from './mutes.ts';

/** Where no route says, what is critical is told at once, and the rest gathers for a moment; milliseconds. */
export const WAIT_MS = { critical: 0, warning: 10_000, info: 10_000 } as const;

/** The rules of one look, over the configuration and what holds notices back at `now`. */
export function evaluationRules(
  policy: NotifyPolicy,
  sources: MuteSources,
  hash: (text: string) => string,
  now: number,
  isFlooded: (channel: string) => boolean,
): EvaluationRules {
  return {
    hopsOf: (alert) => {
      const labels = matchLabels(alert);
      const found = hopsOf(policy.root, labels, now).map((hop) =>
        withTerms(withOwnTrouble(hop, alert, policy.fallback), alert, policy),
      );
      const least = sources.relations.waitMs(labels);
      if (least === 0) return found;
      return found.map((hop) => ({ ...hop, groupWaitMs: atLeast(hop, least, alert) }));
    },
    muteOf: (alert, hop) => muteOf(alert, hop, sources, now),
    tellsEnd: (alert) => policy.terms.get(termsKey(alert))?.tellsEnd ?? true,
    escalation: (name) => policy.escalations.get(name) ?? [],
    channel: (id) => policy.channels.get(id),
    waitMs: (severity) => WAIT_MS[severity],
    isFlooded,
    giveUpMs: policy.giveUpMs,
    hash,
  };
}

function atLeast(hop: Hop, ms: number, alert: EvaluatedAlert): Hop['groupWaitMs'] {
  const given = hop.groupWaitMs ?? { value: WAIT_MS[alert.severity], place: hop.place };
  return given.value >= ms ? given : { ...given, value: ms };
}

/** What an alert says itself of its reminders is above what its routes say. */
function withTerms(hop: Hop, alert: EvaluatedAlert, { terms }: NotifyPolicy): Hop {
  const own = terms.get(termsKey(alert));
  if (own === undefined || own.repeatMs === null) return hop;
  return { ...hop, repeatMs: { value: own.repeatMs, place: own.place } };
}

/** The hub's own alert about its telling is told by the fallback channel, too, and one about a channel not by that. */
function withOwnTrouble(hop: Hop, { source, labels }: EvaluatedAlert, fallback: string | null): Hop {
  const isAboutTelling = labels.channel !== undefined || labels.part === 'notices';
  if (source !== 'monitor' || !isAboutTelling) return hop;
  const others = hop.channels.value.filter((channel) => channel !== labels.channel);
  const more = fallback !== null && fallback !== labels.channel && !others.includes(fallback) ? [fallback] : [];
  return { ...hop, channels: { ...hop.channels, value: [...others, ...more] } };
}
