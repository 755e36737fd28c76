import { aggregate } from './aggregate.ts';
import { change } from './change.ts';
import { composite } from './composite.ts';
import type { RuleKind } from './contract.ts';
import { missing } from './missing.ts';
import { rate } from './rate.ts';
import { schedule } from './schedule.ts';
import { threshold } from './threshold.ts';

/** Every kind of rule there is. */
export const RULE_KINDS: readonly RuleKind[] = [threshold, rate, change, missing, aggregate, composite, schedule];
