import { SEVERITIES, type Severity } from '../alert/alert.ts';

/** One bound for all, or one for each severity. */
export type Bounds = number | Readonly<Partial<Record<Severity, number>>>;

/** What a figure is compared with: it is bad strictly beyond `fire`, and once it fires as long as it has not passed `clear`. */
export interface Comparison {
  readonly direction: 'above' | 'below';
  /** The worst first; a severity of null is that of the rule. */
  readonly levels: readonly {
    readonly severity: Severity | null;
    readonly fire: number;
    readonly clear: number | null;
  }[];
}

/** Bounds as they are written beside one another, or what is wrong with them. */
export type ReadComparison =
  | { readonly ok: true; readonly comparison: Comparison }
  | { readonly ok: false; readonly field: 'above' | 'below' | 'clear'; readonly message: string };

/** Reads `above` or `below` with `clear`. */
export function readComparison(given: { above?: Bounds; below?: Bounds; clear?: Bounds }): ReadComparison {
  const { above, below, clear } = given;
  const fault = (field: 'above' | 'below' | 'clear', message: string): ReadComparison => ({
    ok: false,
    field,
    message,
  });
  if ((above === undefined) === (below === undefined))
    return fault('above', above === undefined ? 'must be set, or below' : 'stands beside below; remove one of them');
  const direction = above === undefined ? 'below' : 'above';
  const fire = (above ?? below) as Bounds;
  if (typeof fire === 'number') {
    if (typeof clear === 'object') return fault('clear', `must be one number, as ${direction} is`);
    if (isBeyond(direction, clear, fire)) return fault('clear', sideMessage(direction, fire));
    const level = { severity: null, fire, clear: clear ?? null };
    return { ok: true, comparison: { direction, levels: [level] } };
  }
  const levels: Comparison['levels'][number][] = [];
  for (const severity of SEVERITIES) {
    const bound = fire[severity];
    if (bound === undefined) continue;
    const worse = levels.at(-1);
    if (worse !== undefined && (direction === 'above' ? bound >= worse.fire : bound <= worse.fire))
      return fault(
        direction,
        `${severity} must be ${direction === 'above' ? 'lower' : 'higher'} than ${worse.severity}`,
      );
    const cleared = typeof clear === 'object' ? clear[severity] : undefined;
    if (isBeyond(direction, cleared, bound)) return fault('clear', `${severity}: ${sideMessage(direction, bound)}`);
    levels.push({ severity, fire: bound, clear: cleared ?? null });
  }
  if (levels.length === 0) return fault(direction, 'must hold a bound, such as warning: 85');
  if (typeof clear === 'number') return fault('clear', 'must hold a bound for each severity, such as warning: 80');
  const stray = SEVERITIES.find((one) => clear?.[one] !== undefined && fire[one] === undefined);
  if (stray !== undefined) return fault('clear', `has ${stray}, which ${direction} does not have`);
  return { ok: true, comparison: { direction, levels } };
}

function isBeyond(direction: Comparison['direction'], clear: number | undefined, fire: number): boolean {
  return clear !== undefined && (direction === 'above' ? clear > fire : clear < fire);
}

function sideMessage(direction: Comparison['direction'], fire: number): string {
  return `must be ${fire} or ${direction === 'above' ? 'lower' : 'higher'}: it would end before it begins`;
}

/** Whether a level holds of a value. On the line it does not begin to fire, and does not end either. */
export function levelHolds(
  { direction, levels }: Comparison,
  value: number,
  level: number,
  isFiring: boolean,
): boolean {
  const { fire, clear } = levels[level] as Comparison['levels'][number];
  const beyond = direction === 'above' ? value > fire : value < fire;
  if (beyond || !isFiring || clear === null) return beyond;
  return direction === 'above' ? value >= clear : value <= clear;
}

/** Part of what a kind with a comparison makes of it. */
export function comparing(comparison: Comparison) {
  return {
    levels: comparison.levels.map(({ severity }) => severity),
    holds: (value: number, level: number, isFiring: boolean) => levelHolds(comparison, value, level, isFiring),
  };
}
