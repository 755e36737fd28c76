import * as z from 'zod';
import { SEVERITIES } from '../../core/alert/alert.ts';
import { RULE_KINDS } from '../../rule-kinds/registry.ts';
import { line, section, span, yes } from '../fields.ts';

const DAY = 86_400_000;
const NAME = 'must be a name of letters, digits, "-", "_" and "."';
const texts = (what: string) =>
  z
    .record(
      z.string().regex(/^[A-Za-z_][\w.-]{0,127}$/),
      z.union([z.string(), z.number(), z.boolean()]).transform(String),
      {
        error: `must hold ${what} in the form "name: value"`,
      },
    )
    .optional();
const RUNBOOK = 'must be the address of what to do, https://…, or none where there is nothing to do';

/** What all rules have, beside the options of their kind. */
export const RULE_COMMON = {
  name: z
    .string({ error: NAME })
    .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, { error: NAME })
    .describe('Name of its alerts; unique'),
  enabled: yes(true),
  every: span(1000, DAY, 'from 1s to 24h').default(60_000).describe('Time between two looks'),
  for: span(0, 30 * DAY, 'from 0s to 30d')
    .default(0)
    .describe('It has to hold for so long before it fires'),
  keep_firing_for: span(0, 30 * DAY, 'from 0s to 30d')
    .default(0)
    .describe('It goes on for so long after it has ceased to hold'),
  suppress_for: span(0, 30 * DAY, 'from 0s to 30d')
    .default(0)
    .describe('After it has begun to fire for a group it does not begin again for so long'),
  forget: span(60_000, 366 * DAY, 'from 1m to 366d')
    .optional()
    .describe('A group of which nothing is heard for so long has ended; 24h, and 7d of `missing`'),
  on_missing: z
    .enum(['keep', 'ok', 'alert'], { error: 'must be keep, ok or alert' })
    .default('keep')
    .describe('What it means that there is nothing to tell it by: all stays as it is, it does not hold, or it holds'),
  severity: z
    .enum(SEVERITIES, { error: 'must be critical, warning or info' })
    .default('warning')
    .describe('Of its alerts, where the kind has none for each bound'),
  labels: texts('labels').describe('Added to those of its alerts; plain text'),
  annotations: texts('annotations').describe(
    'Templates in Liquid of `value`, `labels`, `severity`, `rule` and `reason`',
  ),
  runbook: z
    .union([z.literal('none'), z.string().regex(/^https?:\/\/[^\s\p{Cc}]{1,2000}$/u)], { error: RUNBOOK })
    .describe('Address of what to do, or `none`'),
  owner: line('a name').optional().describe('Who looks after it'),
  shadow: yes(false).describe('Judged and counted, and told to nobody'),
};

/** A rule without the options of its kind, which stand under the name of that. */
export const RULE = section({
  ...RULE_COMMON,
  ...Object.fromEntries(RULE_KINDS.map(({ name }) => [name, z.unknown().optional()])),
});
