import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { type CheckStatus, worst } from '../core/check.ts';
import { round, spanText } from '../core/figures.ts';
import { readText } from '../lib/files/read.ts';
import { type Boot, readBoot } from '../lib/machine/boot.ts';
import {
  type Checker,
  confirmationOf,
  confirming,
  inOrder,
  lateOptions,
  timeout,
  timeSpan,
  type World,
} from './contract.ts';

const YEAR_MS = 365 * 86_400_000;
const span = () => timeSpan(0, 10 * YEAR_MS).nullable();

const options = lateOptions(
  () =>
    z
      .strictObject({
        restarted: z
          .enum(['ok', 'warning', 'critical'], { error: 'must be ok, warning or critical' })
          .default('warning')
          .describe('State when the machine has restarted since the last run; the run after it is ok again'),
        required_warning: span()
          .prefault(0)
          .describe('For how long a restart has been required when it is warning; null: never'),
        required_critical: span()
          .default(null)
          .describe('For how long a restart has been required when it is critical; null: never'),
        ...confirming(),
        timeout: timeout(),
      })
      .refine(...inOrder('required_warning', 'required_critical', spanText)),
  { restarted: 'warning', required_warning: 0, required_critical: null, attempts: 1, for: 0, timeout: 10_000 },
);

type Options = z.output<typeof options.schema>;

/** Whether the machine restarted since the last run, and whether an update waits for a restart. */
export const reboot: Checker = {
  name: 'reboot',
  summary: 'machine restarted since the last run; restart required by an update',
  byDefault: true,
  options,
  bind(given) {
    const bound = options.parse(given);
    const check = {
      name: 'reboot',
      title: 'Machine restart',
      timeoutMs: bound.timeout,
      confirmation: confirmationOf(bound),
    };
    return [{ ...check, available: async () => null, run: (world) => run(world, bound) }];
  },
};

async function run(world: World, bound: Options) {
  const [boot, required] = await Promise.all([readBoot(world), readRequired(world)]);
  const earlier = seenOf(world.remembered);
  const startedAt = Math.round(world.clock.now() - boot.uptimeMs);
  const restarted = earlier !== null && isOther(earlier, boot, startedAt);
  const parts = [`up ${spanText(boot.uptimeMs)}`];
  if (restarted) parts.unshift('the machine restarted since the last run');
  if (required !== null) {
    const by = required.packages.length > 0 ? ` by ${required.packages.slice(0, 5).join(', ')}` : '';
    parts.push(`restart required${by}, for ${spanText(required.forMs)}`);
  }
  const message = parts.join('; ');
  return {
    status: worst([restarted ? bound.restarted : 'ok', ofRequired(required, bound)]),
    message: message.charAt(0).toUpperCase() + message.slice(1),
    metrics: {
      restarted,
      restart_required: required !== null,
      restart_required_by: required?.packages.slice(0, 20) ?? [],
      uptime_seconds: round(boot.uptimeMs / 1000),
      booted_at: new Date(startedAt).toISOString(),
    },
    remember: { boot_id: boot.id, booted_at: startedAt, uptime_ms: Math.round(boot.uptimeMs) },
  };
}

/** What a run keeps of the start that it saw; older versions kept no `uptimeMs`. */
interface SeenBoot {
  readonly id: string | null;
  readonly startedAt: number;
  readonly uptimeMs: number | null;
}

function seenOf(remembered: unknown): SeenBoot | null {
  if (typeof remembered !== 'object' || remembered === null) return null;
  const { boot_id: id, booted_at: startedAt, uptime_ms: uptimeMs } = remembered as Record<string, unknown>;
  if (typeof startedAt !== 'number') return null;
  return {
    id: typeof id === 'string' ? id : null,
    startedAt,
    uptimeMs: typeof uptimeMs === 'number' ? uptimeMs : null,
  };
}

/** Without ids, a boot is another one when it began later by more than clocks are set right. */
const CLOCK_STEP_MS = 120_000;
/** Two readings of one uptime differ by what lies between them, never by so much. */
const UPTIME_STEP_MS = 2_000;

/**
 * A container that is started anew keeps the id of its host's boot, and its uptime begins anew. Where that was not kept,
 * a start that is later than clocks are set right, by more than half of what it should have lasted, is another one.
 */
function isOther(earlier: SeenBoot, now: Boot, startedAt: number): boolean {
  if (earlier.id !== null && now.id !== null && earlier.id !== now.id) return true;
  if (earlier.uptimeMs !== null) {
    const isLess = now.uptimeMs < earlier.uptimeMs - UPTIME_STEP_MS;
    return isLess || (now.id === null && startedAt - earlier.startedAt > CLOCK_STEP_MS);
  }
  const later = startedAt - earlier.startedAt;
  return later > CLOCK_STEP_MS && (now.id === null || earlier.id === null || now.uptimeMs < later);
}

interface Required {
  readonly forMs: number;
  readonly packages: readonly string[];
}

/** Debian and Ubuntu leave `reboot-required`, with the packages beside it; SUSE leaves `reboot-needed`. */
async function readRequired(world: World): Promise<Required | null> {
  const root = world.root.replace(/\/$/, '');
  // `/run` is in memory; where it is not there yet, `/var/run` may be on any disk.
  const hasRun = (await stat(`${root}/run`).catch(() => null)) !== null;
  for (const file of hasRun ? ['run/reboot-required', 'run/reboot-needed'] : ['var/run/reboot-required']) {
    const path = `${root}/${file}`;
    const mark = await stat(path).catch(() => null);
    if (mark === null) continue;
    const packages = ((await readText(`${path}.pkgs`)) ?? '').split('\n').filter((line) => line !== '');
    return { forMs: Math.max(0, world.clock.now() - mark.mtimeMs), packages: [...new Set(packages)] };
  }
  return null;
}

function ofRequired(required: Required | null, bound: Options): CheckStatus {
  const since = (limit: number | null) => required !== null && limit !== null && required.forMs >= limit;
  return since(bound.required_critical) ? 'critical' : since(bound.required_warning) ? 'warning' : 'ok';
}
