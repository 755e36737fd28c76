import type { BoundChannel } from '../../channels/registry.ts';
import { ConfigError } from '../../config/error.ts';
import type { NotifyDocument } from '../../config/notify/document.ts';
import type { Clock } from '../../lib/clock.ts';
import { type CompiledPolicy, compilePolicy } from '../../notify/policy/compile.ts';
import { type ChannelSettings, openChannels } from './channels.ts';

/** A policy with its channels, without fault. */
export interface OpenedPolicy extends Omit<CompiledPolicy, 'problems'> {
  readonly channels: ReadonlyMap<string, BoundChannel>;
}

/** Opens the channels of a document and compiles its policy. Throws one ConfigError with every problem, `before` among them. */
export async function openPolicy(
  document: NotifyDocument,
  settings: ChannelSettings,
  clock: Clock,
  before: readonly string[] = [],
): Promise<OpenedPolicy> {
  const { channels, known, problems: faults } = await openChannels(document, settings, clock);
  const { problems, ...compiled } = compilePolicy(document, channels, known);
  const all = [...before, ...faults, ...problems];
  if (known.length === 0 && all.length === 0) {
    all.push('notify: nobody can be told: add a channel to notify.channels, or set MONITOR_NOTIFY_URL');
  }
  if (all.length > 0) throw new ConfigError(all);
  return { ...compiled, channels };
}
