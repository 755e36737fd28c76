/** Comparison of a condition. `==` and `!=` compare text and whole numbers, the others order numbers. */
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** What a look has seen, by the placeholder that stands for it. */
export const PLACEHOLDERS = [
  'STATUS',
  'RESPONSE_TIME',
  'IP',
  'BODY',
  'CONNECTED',
  'CERTIFICATE_EXPIRATION',
  'DOMAIN_EXPIRATION',
  'DNS_RCODE',
  'CONTEXT',
] as const;

/** Name of a placeholder, without its brackets. */
export type PlaceholderName = (typeof PLACEHOLDERS)[number];

/** A step of a path into JSON: a key of an object, or an index of a list. */
export type PathStep = string | number;

/** `[BODY].data[0].id`; only `[BODY]` and `[CONTEXT]` have a path. */
export interface Placeholder {
  readonly name: PlaceholderName;
  readonly path: readonly PathStep[];
}

/** One side of a condition. `text` is how it is written. */
export type Operand = { readonly text: string } & (
  | { readonly kind: 'literal' }
  | { readonly kind: 'value'; readonly of: Placeholder }
  | { readonly kind: 'len'; readonly of: Placeholder }
  | { readonly kind: 'has'; readonly of: Placeholder }
  | { readonly kind: 'pat'; readonly pattern: string }
  | { readonly kind: 'any'; readonly options: readonly string[] }
);

/** A condition, parsed. */
export interface Condition {
  /** As it was written, without blanks around it. */
  readonly text: string;
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand;
}

/** What the conditions of an endpoint are asked of. */
export interface Seen {
  readonly connected: boolean;
  /** Of HTTP, and of what has something like it; 0 where there is none. */
  readonly status: number;
  readonly responseTimeMs: number;
  /** The address that was connected to; empty when it is not known. */
  readonly ip: string;
  readonly body: string;
  /** Time left until the first certificate expires, negative after it; null when there is none. */
  readonly certificateMs: number | null;
  /** Time left until the registration of the domain expires; null when it is not known. */
  readonly domainMs: number | null;
  /** `NOERROR`, `NXDOMAIN` …; empty where no name server was asked. */
  readonly dnsRcode: string;
  /** What earlier looks of a suite have kept. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** How a condition turned out. */
export interface ConditionResult {
  /** As written; where it does not hold, with what was seen: `[STATUS] (500) == 200`. */
  readonly condition: string;
  readonly success: boolean;
}

/** Which placeholders conditions ask for: what nobody asks for need not be looked up. */
export function placeholdersOf(conditions: readonly Condition[]): ReadonlySet<PlaceholderName> {
  const names = conditions
    .flatMap(({ left, right }) => [left, right])
    .flatMap((operand) => ('of' in operand ? [operand.of.name] : []));
  return new Set(names);
}
