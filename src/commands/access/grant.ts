import { type Command, Option } from 'commander';
import type { Grant } from '../../core/access/account.ts';
import { type Confinement, confinementText, parseConfinement } from '../../core/access/confinement.ts';
import { ACCESS_ROLES, type AccessRole } from '../../core/access/role.ts';
import { MatchersError } from '../../core/policy/matchers.ts';
import { UsageError } from '../contract.ts';

/** Flags that say what somebody may do. */
export interface GrantFlags {
  readonly role?: AccessRole;
  readonly only?: string;
}

/** Adds the flags. */
export function withGrant(command: Command, role = 'read'): Command {
  return command
    .addOption(new Option('--role <role>', 'what they may do').choices(ACCESS_ROLES).default(role))
    .option('--only <matchers>', 'confine them to alerts with these labels, such as team="web"');
}

/** What the flags say. Throws UsageError. */
export function grantOf({ role = 'read', only }: GrantFlags): Grant {
  return { role, confinement: confinementOf(only ?? '') };
}

/** What somebody is confined to, as it is written. Throws UsageError. */
export function confinementOf(text: string): Confinement | null {
  try {
    return parseConfinement(text);
  } catch (error) {
    if (error instanceof MatchersError) throw new UsageError(`--only: ${error.message}`);
    throw error;
  }
}

/** What a list shows of it. */
export function grantJson({ role, confinement }: Grant) {
  return { role, confined_to: confinement === null ? null : confinementText(confinement) };
}

/** A time for people and programs; null where there is none. */
export function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
