import { bool, integer, retention } from './kinds.ts';
import { setting } from './setting.ts';

const DAY = 86_400_000;

/** Figures of instances that are kept. */
export const SAMPLES = {
  enabled: setting({
    env: 'MONITOR_SAMPLES',
    yaml: 'samples.enabled',
    kind: bool(),
    default: true,
    example: '1',
    description: 'Whether the figures of pushes are kept, for charts and rules.',
  }),
  keepMs: setting({
    env: 'MONITOR_SAMPLES_KEEP',
    yaml: 'samples.keep',
    kind: retention(),
    default: 7 * DAY,
    defaultText: '7d',
    example: '7d',
    description: 'How long they are kept.',
  }),
  figures: setting({
    env: 'MONITOR_SAMPLES_FIGURES',
    yaml: 'samples.figures',
    kind: integer(1, 100_000),
    default: 500,
    example: '500',
    description:
      'Figures that are kept of one push of an instance, at most; of more the rest is not kept, and its sender is told.',
  }),
};
