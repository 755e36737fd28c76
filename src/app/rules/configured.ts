import { ConfigError } from '../../config/error.ts';
import type { RuleEntry } from '../../config/rules/document.ts';
import { readRules } from '../../config/rules/read.ts';
import type { Settings } from '../../config/settings.ts';

/** The rules of the configuration. Throws ConfigError. */
export function rulesOf({ rulesFile }: Pick<Settings, 'rulesFile'>): readonly RuleEntry[] {
  const { rules, problems } = readRules(rulesFile);
  if (problems.length > 0) throw new ConfigError(problems);
  return rules;
}
