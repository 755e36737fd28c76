import { presentText } from './absent.ts';
import { cutText } from './json.ts';
import { isObject, type JsonObject } from './read.ts';

/** What the envelope of a group says of every alert in it; each text as `sharedText` has it. */
export interface PrometheusEnvelope {
  /** Of alerts that tell no status, and no end that has passed; the status of a group is not that of its alerts. */
  readonly status?: string | undefined;
  /** Of alerts without the label. */
  readonly severity?: string | undefined;
  readonly title?: string | undefined;
  readonly receiver?: string | undefined;
  readonly externalUrl?: string | undefined;
}

// Addresses are rarely longer. A thousand alerts have each a copy, so a body of 1 MiB could fill the hub's memory.
const LONGEST_SHARED = 2048;

/** Text of a field that every alert of the group gets: cut, for what stands once in the body is kept many times. */
export function sharedText(value: unknown): string | undefined {
  const text = presentText(value);
  return text === undefined ? undefined : cutText(text, LONGEST_SHARED);
}

/** Reads the envelope of a group. */
export function envelopeOf(body: JsonObject): PrometheusEnvelope {
  const common = isObject(body.commonLabels) ? body.commonLabels : {};
  return {
    status: sharedText(body.status) ?? sharedText(body.state),
    severity: sharedText(common.severity) ?? sharedText(body.severity),
    title: sharedText(body.title),
    // Alertmanager writes the receiver's name as a regular expression: `web\.hook`.
    receiver: sharedText(body.receiver)?.replaceAll(/\\(.)/g, '$1'),
    externalUrl: sharedText(body.externalURL),
  };
}
