import {
  type Condition,
  type ConditionResult,
  placeholdersOf,
  type Seen,
} from '../core/endpoint/condition/condition.ts';
import { evaluateConditions } from '../core/endpoint/condition/evaluate.ts';
import { parseCondition } from '../core/endpoint/condition/parse.ts';
import type { Clock } from '../lib/clock.ts';
import type { Exec } from '../lib/exec.ts';
import { explain, type FailureKind } from '../lib/http/failure.ts';
import { type Connector, UntrustedCertificate } from '../lib/net/connector.ts';
import { type Look, type LookError, LookFailure, type LookReason, type Seen as Part } from '../protocols/contract.ts';
import { type BoundTarget, bindTarget } from '../protocols/registry.ts';

/** An endpoint, ready to be looked at. */
export interface LookTarget {
  /** Without user and password. */
  readonly url: string;
  readonly bound: BoundTarget;
  readonly conditions: readonly Condition[];
  readonly timeoutMs: number;
  /** Conditions that do not hold are shown as written. */
  readonly conditionsAsWritten: boolean;
  /** Conditions that hold are shown with what was seen. */
  readonly conditionsResolved: boolean;
}

/** What a target is made of. */
export interface TargetSource {
  readonly url: string;
  /** Of the protocol, as JSON. */
  readonly options: object;
  readonly conditions: readonly string[];
  readonly timeoutMs: number;
  readonly conditionsAsWritten?: boolean;
  readonly conditionsResolved?: boolean;
}

/** What one look at an endpoint came to. */
export interface EndpointLook {
  /** All conditions hold, and nothing went wrong but what a condition about `[CONNECTED]` has judged. */
  readonly success: boolean;
  /** UTC milliseconds at which it began. */
  readonly at: number;
  readonly conditions: readonly ConditionResult[];
  readonly look: Look;
  /** UTC milliseconds; null when nobody asked, or it is not known. */
  readonly domainExpiresAt: number | null;
}

/** When the registration of the domain of a host expires (UTC milliseconds); null when that cannot be known. Never rejects. */
export type DomainExpiry = (host: string, signal: AbortSignal) => Promise<number | null>;

/** What looking needs of the world. */
export interface LookWorld {
  readonly clock: Clock;
  readonly connector: Connector;
  readonly exec: Exec;
  readonly userAgent: string;
  readonly domainExpiry: DomainExpiry;
}

/** Makes a target; conditions must parse. Throws TargetError and ZodError for what the protocol does not accept. */
export function createTarget({
  url,
  options,
  conditions,
  timeoutMs,
  conditionsAsWritten = false,
  conditionsResolved = false,
}: TargetSource): LookTarget {
  const bound = bindTarget(url, options);
  const wanted = conditions.length > 0 ? conditions : bound.protocol.conditions;
  const parsed = wanted.flatMap((text) => {
    const one = parseCondition(text);
    return one.ok ? [one.condition] : [];
  });
  return { url, bound, conditions: parsed, timeoutMs, conditionsAsWritten, conditionsResolved };
}

/** Looks once, and asks the conditions of what was seen. Never rejects; nothing of it is left open when it is done. */
export async function lookAt(target: LookTarget, world: LookWorld, cancel?: AbortSignal): Promise<EndpointLook> {
  const { clock } = world;
  const { timeoutMs } = target;
  const placeholders = placeholdersOf(target.conditions);
  const stop = new AbortController();
  const late = () => stop.abort(new LookFailure('timeout', `did not finish within ${timeoutMs / 1000} s`));
  const cancelled = () => stop.abort(new LookFailure('unavailable', 'the look was cancelled'));
  const forget = clock.after(timeoutMs, late);
  cancel?.addEventListener('abort', cancelled, { once: true });
  if (cancel?.aborted) cancelled();
  const [at, began] = [clock.now(), clock.monotonic()];
  let look: Look = NOTHING;
  const saw = (part: Part) => {
    look = { ...look, ...part, timings: { ...look.timings, ...part.timings } };
  };
  const { clock: _, domainExpiry, ...deps } = world;
  const wanted = { body: placeholders.has('BODY') };
  let error: LookError | null = null;
  try {
    stop.signal.throwIfAborted();
    await until(stop.signal, target.bound.look(wanted, { ...deps, clock, signal: stop.signal, saw }));
  } catch (caught) {
    error = lookError(stop.signal.aborted ? stop.signal.reason : caught, target.url, look);
    if (caught instanceof UntrustedCertificate) saw({ certificate: caught.certificate });
  }
  const totalMs = look.timings.totalMs > 0 ? look.timings.totalMs : clock.monotonic() - began;
  const domain = placeholders.has('DOMAIN_EXPIRATION') ? await domainExpiry(hostIn(target.url), stop.signal) : null;
  forget();
  cancel?.removeEventListener('abort', cancelled);
  const whole: Look = { ...look, timings: { ...look.timings, totalMs }, error };
  const seen = seenIn(whole, domain, clock.now());
  const conditions = evaluateConditions(target.conditions, seen, {
    ...{ asWritten: target.conditionsAsWritten, resolved: target.conditionsResolved },
  });
  const isJudged = !whole.connected && placeholders.has('CONNECTED');
  const success = (error === null || isJudged) && conditions.every((one) => one.success);
  return { success, at, conditions, look: whole, domainExpiresAt: domain };
}

const NOTHING: Look = {
  connected: false,
  status: 0,
  ip: '',
  body: '',
  isBodyCut: false,
  dnsRcode: '',
  certificate: null,
  redirects: [],
  version: '',
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 },
  error: null,
};

/** A protocol that does not notice the end of its time must not hold the look up. */
function until(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function seenIn(look: Look, domainExpiresAt: number | null, now: number): Seen {
  return {
    connected: look.connected,
    status: look.status,
    responseTimeMs: look.timings.totalMs,
    ip: look.ip,
    body: look.body,
    certificateMs: look.certificate === null ? null : look.certificate.expiresAt - now,
    domainMs: domainExpiresAt === null ? null : domainExpiresAt - now,
    dnsRcode: look.dnsRcode,
  };
}

const REASONS: Readonly<Record<FailureKind, LookReason>> = {
  invalid: 'unavailable',
  blocked: 'blocked',
  name: 'name',
  refused: 'refused',
  unreachable: 'unreachable',
  timeout: 'timeout',
  tls: 'tls',
  proxy: 'unreachable',
  reset: 'reset',
  protocol: 'protocol',
  aborted: 'unavailable',
  status: 'answer',
};

function lookError(error: unknown, url: string, { redirects }: Look): LookError {
  const place = redirects.at(-1) ?? placeIn(url);
  if (error instanceof LookFailure) return { reason: error.reason, message: `${place} ${error.message}` };
  if (error instanceof UntrustedCertificate) {
    return { reason: `tls_${error.certificate.fault ?? 'invalid'}`, message: error.message };
  }
  const { kind, reason } = explain(error, place);
  return { reason: REASONS[kind], message: reason };
}

/** Host and port of a URL; the URL as a whole may hold a secret. */
function placeIn(url: string): string {
  return /^(?:[a-z0-9+.-]+:\/\/)?(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url;
}

/** The host of a URL; '' where there is none. */
export function hostIn(url: string): string {
  return placeIn(url)
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
