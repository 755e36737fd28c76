/** When an incident counts as flapping. Durations are milliseconds. */
export interface FlapRule {
  /** More turns than this, each an opening or an end … */
  readonly turns: number;
  /** … within this time are flapping, */
  readonly withinMs: number;
  /** which is over after so long without a turn. */
  readonly settledMs: number;
}

/** Since when an incident flaps, and when it will have settled unless it turns again; UTC milliseconds. */
export interface Flapping {
  readonly since: number;
  readonly settlesAt: number;
}

/** Whether incidents of one key flap at `now`, from the times of their turns in any order. Pure: a restart comes to the same. */
export function flappingOf(turns: readonly number[], rule: FlapRule, now: number): Flapping | null {
  const ordered = turns.filter((at) => at <= now).sort((a, b) => a - b);
  let since: number | null = null;
  ordered.forEach((at, index) => {
    const before = ordered[index - 1];
    if (before !== undefined && at - before >= rule.settledMs) since = null;
    const first = ordered[index - rule.turns];
    if (since === null && first !== undefined && at - first <= rule.withinMs) since = at;
  });
  const last = ordered.at(-1);
  if (since === null || last === undefined || now - last >= rule.settledMs) return null;
  return { since, settlesAt: last + rule.settledMs };
}
