import type { CommandModule } from './contract.ts';

/** A command as `monitor --help` shows it; its module is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'check', summary: 'look at this machine and tell what is wrong', load: () => import('./check.ts') },
  { name: 'push-to-hub', summary: 'check this machine and tell the hub', load: () => import('./push-to-hub.ts') },
];
