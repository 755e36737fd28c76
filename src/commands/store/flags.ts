import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';

/** Options of the commands of the store. */
export interface StoreFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly force?: boolean;
  readonly withKeys?: boolean;
}

/** Settings of a command of the store. Throws ConfigError. */
export function settingsOf({ config }: StoreFlags): Settings {
  return loadSettings({ configFile: config });
}
