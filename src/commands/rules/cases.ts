import type * as z from 'zod';
import { type ConfigFile, readYamlFiles } from '../../config/file.ts';
import { pathText } from '../../config/notify/document.ts';
import type { RuleEntry } from '../../config/rules/document.ts';
import { readRules } from '../../config/rules/read.ts';
import { issueText } from '../../lib/issue-text.ts';
import { CASES_SCHEMA } from '../../rules/case-schema.ts';
import type { RuleCase } from '../../rules/cases.ts';
import { UsageError } from '../contract.ts';

/** Cases of a file, and its rules; null where it has none of its own. */
export interface CasesFile {
  readonly rules: readonly RuleEntry[] | null;
  readonly cases: readonly RuleCase[];
}

/** Reads a file of cases. Throws UsageError with every problem. */
export function casesFrom(path: string): CasesFile {
  const problems: string[] = [];
  const file = readYamlFiles(path, process.cwd(), problems);
  const read = CASES_SCHEMA.safeParse(file?.values ?? {});
  if (file !== null && !read.success)
    for (const { path: keys, ...issue } of read.error.issues)
      problems.push(
        `${file.at(keys.map(String))}: ${keys.length === 0 ? '' : `${pathText(keys)}: `}${issueText({ path: keys, ...issue } as z.core.$ZodIssue)}`,
      );
  const rules = file?.values.rules === undefined ? null : readRules({ values: file.values.rules, at: file.at });
  problems.push(...(rules?.problems ?? []));
  if (file === null || !read.success || problems.length > 0) throw new UsageError('the cases cannot be read', problems);
  return { rules: rules?.rules ?? null, cases: read.data.cases.map((one, index) => caseOf(one, index, file)) };
}

function caseOf(one: z.output<typeof CASES_SCHEMA>['cases'][number], index: number, file: ConfigFile): RuleCase {
  return {
    ...{
      name: one.name,
      place: file.at(['cases', String(index)]),
      start: one.start,
      stepMs: one.step,
      steps: one.steps ?? null,
    },
    down: one.hub_down.map(({ from, to }) => ({ fromMs: from, toMs: to })),
    series: one.samples,
    states: one.states.map(({ rule, labels: group, is }) => ({ rule, labels: group, states: is })),
    alerts:
      one.alerts?.map(({ from, to, labels: group, ...rest }) => ({
        ...rest,
        labels: group,
        fromMs: from,
        toMs: to ?? null,
      })) ?? null,
  };
}
