/** What became of one condition of a look. */
export interface ConditionResult {
  readonly condition: string;
  readonly success: boolean;
}

/** How the time of a look was spent, in milliseconds; null for what it did not need, or did not come to. */
export interface Phases {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  readonly firstByteMs: number | null;
}

/** What one look at an endpoint came to, as its probe tells it. */
export interface LookResult {
  readonly probe: string;
  /** When it looked, by the clock of the hub, UTC milliseconds. */
  readonly at: number;
  readonly success: boolean;
  readonly durationMs: number;
  readonly errors: readonly string[];
  readonly conditions: readonly ConditionResult[];
  /** Whether the probe does not testify: its own network fails. */
  readonly abstains: boolean;
  /** Milliseconds until a certificate that it saw ends; null where it saw none. */
  readonly certificateMs: number | null;
  /** Left out where the probe does not tell. */
  readonly phases?: Phases;
}

/** Bounds of what is kept of a look. */
export const LOOK_LIMITS = { errors: 10, errorLength: 500, conditions: 50, conditionLength: 500 } as const;

/** A result cut to what is kept of one. */
export function boundedResult(result: LookResult): LookResult {
  const { errors, conditions } = result;
  return {
    ...result,
    errors: errors.slice(0, LOOK_LIMITS.errors).map((text) => text.slice(0, LOOK_LIMITS.errorLength)),
    conditions: conditions.slice(0, LOOK_LIMITS.conditions).map(({ condition, success }) => ({
      condition: condition.slice(0, LOOK_LIMITS.conditionLength),
      success,
    })),
  };
}
