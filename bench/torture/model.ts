/** One state of an alert as its sender saw it. */
export interface Observation {
  /** The sender's time, UTC milliseconds; grows with every observation of one alert. */
  readonly at: number;
  readonly status: 'firing' | 'resolved';
  readonly severity: 'critical' | 'warning' | 'info';
  /** Whether the hub said 2xx to it, or (of an agent) whether it was on the agent's disk. */
  acknowledged: boolean;
}

/** An alert and all that its sender ever said of it, in order. */
export interface ModelAlert {
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
  /** Whether the sender tells the time of each observation; else the hub goes by the order of arrival. */
  readonly timed: boolean;
  readonly observations: Observation[];
  /**
   * Of an agent, which folds what repeats itself: a state that goes on may be told with a later time than its first,
   * but not later than this many milliseconds after.
   */
  readonly folds?: boolean;
}

/** An alert as the hub has it. */
export interface StoredAlert {
  readonly id: string;
  readonly status: string;
  readonly severity: string;
  readonly observedAt: number;
  readonly occurrences: number;
}

/** An event of an alert as the hub has it. */
export interface StoredEvent {
  readonly kind: string;
  readonly severity: string;
  readonly observedAt: number;
}

/** What is wrong with an alert, by class. */
export interface Difference {
  readonly kind: 'lost' | 'doubled' | 'wrong';
  readonly text: string;
}

/**
 * Holds what the hub has of one alert against what its sender said. Told on purpose in other words than the product's
 * own `decide`: an acknowledged change must have exactly one event, with its time; one that was never acknowledged may
 * have one; nothing else may be there.
 */
export function compare(
  alert: ModelAlert,
  stored: StoredAlert | undefined,
  events: readonly StoredEvent[],
): Difference[] {
  const name = `${alert.source} ${alert.origin} ${alert.fingerprint}`;
  const differences: Difference[] = [];
  const add = (kind: Difference['kind'], text: string) => differences.push({ kind, text: `${name}: ${text}` });
  let [firing, severity, seen, last] = [false, '', false, 0];
  let lastAcknowledged = 0;
  let next = 0;
  for (const [index, one] of alert.observations.entries()) {
    const kind = change(seen, firing, severity, one);
    const event = events[next];
    const until = alert.folds ? endOfRun(alert.observations, index) : one.at;
    const isIt = event !== undefined && event.kind === kind && isSame(alert, one, until, event);
    if (one.acknowledged) lastAcknowledged = one.at;
    if (kind !== null && !isIt && one.acknowledged) {
      const found =
        event === undefined ? 'no more events' : `${event.kind} ${event.severity} at ${iso(event.observedAt)}`;
      add('lost', `${kind} ${one.severity} at ${iso(one.at)} was acknowledged, the history has ${found}`);
      return differences;
    }
    if (kind !== null && !isIt) continue;
    if (kind !== null) next += 1;
    if (kind === null && !one.acknowledged) continue;
    if (one.status === 'firing') [seen, firing, severity] = [true, true, one.severity];
    else firing = false;
    last = one.at;
  }
  for (const extra of events.slice(next)) {
    add('doubled', `the history has ${extra.kind} ${extra.severity} at ${iso(extra.observedAt)} once too often`);
  }
  if (!seen) return differences;
  if (stored === undefined) add('lost', 'it was acknowledged and is not there');
  else if (stored.status !== (firing ? 'firing' : 'resolved') || stored.severity !== severity) {
    const is = `${stored.status} ${stored.severity} at ${iso(stored.observedAt)}`;
    add('wrong', `it is ${is}, and should be ${firing ? 'firing' : 'resolved'} ${severity} at ${iso(last)}`);
  } else if (alert.timed && firing && stored.observedAt < lastAcknowledged) {
    add(
      'lost',
      `its last acknowledged state is of ${iso(lastAcknowledged)}, the hub has that of ${iso(stored.observedAt)}`,
    );
  }
  return differences;
}

function change(seen: boolean, firing: boolean, severity: string, one: Observation): string | null {
  if (one.status === 'resolved') return seen && firing ? 'resolved' : null;
  if (!firing) return 'opened';
  return one.severity === severity ? null : 'updated';
}

/** The time of the last of the observations that say the same as this one, from it on. */
function endOfRun(observations: readonly Observation[], index: number): number {
  const first = observations[index];
  let end = index;
  while (observations[end + 1]?.status === first?.status && observations[end + 1]?.severity === first?.severity)
    end += 1;
  return observations[end]?.at ?? 0;
}

function isSame(alert: ModelAlert, one: Observation, until: number, event: StoredEvent): boolean {
  if (event.kind !== 'resolved' && event.severity !== one.severity) return false;
  return !alert.timed || (event.observedAt >= one.at && event.observedAt <= until);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
