import type { BoundChannel } from '../../channels/registry.ts';
import type { ChannelEntry, NotifyDocument } from '../../config/notify/document.ts';
import type { PolicySections } from '../../config/notify/schema.ts';
import type { EscalationStep } from '../../core/notice/evaluate.ts';
import type { Interval } from '../../core/policy/interval.ts';
import type { ChannelPolicy, NotifyPolicy } from '../../core/policy/policy.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { type Compiler, createCompiler } from './compiler.ts';
import { compileIntervals } from './intervals.ts';
import { compileRelations } from './relations.ts';
import { compileRoutes } from './routes.ts';
import { compileWindows, type RecurringWindow } from './windows.ts';

/** A policy, and what there is to say of it. */
export interface CompiledPolicy {
  readonly policy: NotifyPolicy;
  readonly windows: readonly RecurringWindow[];
  readonly intervals: readonly Interval[];
  /** Each with its line, field and fix; with one of them the policy must not be used. */
  readonly problems: readonly string[];
  /** What is allowed and hardly meant. */
  readonly warnings: readonly string[];
}

const DAY_MS = 86_400_000;
const FLAPPING = { times: 3, within: 900_000, settled: 600_000 };
// Where a target would take hundreds a minute, people would not.
const FLOOD = { burst: 10, perMinute: 20 };
const ATTEMPT_MS = 30_000;

/**
 * Compiles what the configuration says of telling people. `channels` are those that could be bound, first those of
 * MONITOR_NOTIFY_URL; `known` are the names of all, so that a channel with a fault of its own is no unknown name.
 */
export function compilePolicy(
  document: NotifyDocument,
  channels: ReadonlyMap<string, BoundChannel>,
  known: readonly string[],
): CompiledPolicy {
  const { sections } = document;
  const compiler = createCompiler(document);
  const intervals = compileIntervals(compiler);
  const escalations = compileEscalations(compiler, known);
  const entries = new Map(document.channels.map((entry) => [entry.id, entry]));
  const byUrl = known.filter((id) => !entries.has(id));
  const otherwise =
    byUrl.length > 0 && document.urls.length > 0
      ? { channels: byUrl, place: document.addresses?.place ?? 'MONITOR_NOTIFY_URL' }
      : { channels: known, place: 'the catch-all, which is every channel' };
  const root = compileRoutes(compiler, { channels: known, intervals, escalations: [...escalations.keys()] }, otherwise);
  const windows = compileWindows(compiler);
  // Told where no interval and no window goes by it, too.
  if (sections.zone !== undefined) compiler.zone(['zone'], undefined);
  const { fallback = known[0] ?? null } = sections;
  if (sections.fallback !== undefined) compiler.names(['fallback'], 'channel', [sections.fallback], known);
  warnOfUnused(compiler, known);
  const policy: NotifyPolicy = {
    ...{ root, escalations, windows, fallback },
    channels: new Map([...channels].map(([id, channel]) => [id, channelPolicy(channel, entries.get(id), sections)])),
    renamed: compileRenames(compiler, known),
    relations: compileRelations(compiler),
    terms: new Map(Object.entries(document.terms ?? {})),
    flapping: flappingOf(sections),
    giveUpMs: sections.give_up_after ?? DAY_MS,
    version: sha256(JSON.stringify([sections, known, document.terms ?? {}])),
  };
  return {
    policy,
    windows,
    intervals: [...intervals.values()],
    problems: compiler.problems,
    warnings: compiler.warnings,
  };
}

function compileEscalations(
  compiler: Compiler,
  known: readonly string[],
): ReadonlyMap<string, readonly EscalationStep[]> {
  const written = Object.entries(compiler.document.sections.escalations ?? {});
  return new Map(
    written.map(([name, steps]) => {
      const compiled = steps.map(({ after, channels }, index) => {
        const keys = ['escalations', name, index];
        const before = steps[index - 1];
        if (before !== undefined && before.after >= after) {
          compiler.tell(
            [...keys, 'after'],
            'must be later than the step before it; it counts from the start of the incident',
          );
        }
        return { afterMs: after, channels: compiler.names([...keys, 'channels'], 'channel', channels, known) };
      });
      return [name, compiled];
    }),
  );
}

function compileRenames(compiler: Compiler, known: readonly string[]): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  for (const { id, renamedFrom } of compiler.document.channels) {
    if (renamedFrom === null) continue;
    const keys = ['channels', id, 'renamed_from'];
    if (known.includes(renamedFrom))
      compiler.tell(keys, `there is still a channel ${renamedFrom}; give that one another name`);
    if (renamed.has(renamedFrom)) compiler.tell(keys, `${renamed.get(renamedFrom)} says the same; remove one of them`);
    renamed.set(renamedFrom, id);
  }
  return renamed;
}

function channelPolicy(
  { traits, reminders }: BoundChannel,
  entry: ChannelEntry | undefined,
  { flood }: PolicySections,
): ChannelPolicy {
  const { onResolved, keepsIncidents, acknowledges, rate } = traits;
  const most = entry?.flood ?? (flood === undefined ? FLOOD : { burst: flood.burst, perMinute: flood.per_minute });
  return {
    ...{ onResolved, keepsIncidents, reminders, timeoutMs: entry?.timeoutMs ?? ATTEMPT_MS },
    ...(acknowledges && { acknowledges }),
    rate: { burst: Math.min(rate.burst, most.burst), perMinute: Math.min(rate.perSecond * 60, most.perMinute) },
  };
}

function flappingOf({ flapping = FLAPPING }: PolicySections): NotifyPolicy['flapping'] {
  if (flapping === false) return null;
  const { times, within, settled } = flapping;
  // Each time it opens and ends is two turns.
  return { turns: times * 2, withinMs: within, settledMs: settled };
}

function warnOfUnused(compiler: Compiler, known: readonly string[]): void {
  const { sections } = compiler.document;
  const text = JSON.stringify([
    sections.routes,
    sections.catch_all,
    sections.escalations,
    sections.fallback,
    sections.defaults,
  ]);
  const isUsed = (name: string) => text.includes(JSON.stringify(name));
  const warn = (section: 'channels' | 'intervals' | 'escalations', what: string, names: readonly string[]) => {
    for (const name of names) if (!isUsed(name)) compiler.warn([section, name], `no route uses this ${what}`);
  };
  if (sections.catch_all !== undefined || compiler.document.urls.length > 0) {
    warn(
      'channels',
      'channel',
      compiler.document.channels.map(({ id }) => id).filter((id) => known.includes(id)),
    );
  }
  warn('intervals', 'interval', Object.keys(sections.intervals ?? {}));
  warn('escalations', 'escalation', Object.keys(sections.escalations ?? {}));
}
