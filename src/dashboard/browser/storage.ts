import type { Zone } from '../words/times.ts';

/** Light, dark, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark';

/** What a person has set in this browser. */
export interface Preferences {
  readonly theme: Theme;
  readonly zone: Zone;
  /** What they call themselves where the hub does not know who they are. */
  readonly name: string;
  /** Whether a new critical incident is heard. */
  readonly sound: Switch;
  /** Whether single keys do something: who talks to the computer, or types by accident, is better off without. */
  readonly keys: Switch;
  /** Views of the table of alerts, as JSON. */
  readonly views: string;
}

/** Something that a person has switched. */
export type Switch = 'on' | 'off';

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
    sound: read('sound') === 'on' ? 'on' : 'off',
    keys: read('keys') === 'off' ? 'off' : 'on',
    views: read('views'),
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
