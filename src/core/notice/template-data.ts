import type { Labels } from '../alert/alert.ts';
import { genericBody } from './generic.ts';
import { isOver, type NoticeMessage } from './message.ts';
import { timeText, type Wording } from './wording.ts';

/** What templates can use: the fields of `genericBody`, and what is asked for most. Plain data. */
export function templateData(message: NoticeMessage, wording: Wording): Readonly<Record<string, unknown>> {
  const { incident, alerts } = message;
  return {
    ...genericBody(message, wording),
    status: isOver(message) ? 'resolved' : 'firing',
    severity: incident.severity,
    since: timeText(incident.startedAt),
    when: wording.when,
    facts: wording.facts,
    items: wording.items,
    footer: wording.footer,
    labels: common(alerts.map(({ labels }) => labels)),
    annotations: common(alerts.map(({ annotations }) => annotations)),
  };
}

/** What all of them have in common. */
export function common(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((one) => one[name] === value)));
}
