import type { Zone } from '../words/times.ts';

/** Light, dark, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark';

/** What a person has set in this browser. */
export interface Preferences {
  readonly theme: Theme;
  readonly zone: Zone;
  /** What they call themselves where the hub does not know who they are. */
  readonly name: string;
}

const PREFIX = 'monitor.';

/** Reads what is set; a browser that keeps nothing has the defaults. */
export function readPreferences(): Preferences {
  const read = (name: string) => {
    try {
      return localStorage.getItem(`${PREFIX}${name}`) ?? '';
    } catch {
      return '';
    }
  };
  const theme = read('theme');
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    zone: read('zone') === 'UTC' ? 'UTC' : 'local',
    name: read('name'),
  };
}

/** Keeps one of them. */
export function writePreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  try {
    localStorage.setItem(`${PREFIX}${name}`, value);
  } catch {
    // A browser that keeps nothing forgets it with the tab.
  }
}
