import type { Theme } from '../browser/storage.ts';
import { useCell, useModel } from '../model/hooks.ts';
import type { IconName } from '../words/icons.ts';
import { Icon } from './icon.tsx';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };
const WORDS: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Colours as the system has them, light, or dark: one after the other. And the zone of times. */
export function ThemeSwitch() {
  const { preferences, prefer } = useModel();
  const { theme, zone } = useCell(preferences);
  return (
    <span class="switches">
      <button
        type="button"
        class="icon-btn"
        onClick={() => prefer('theme', NEXT[theme])}
        title={`Colours: ${WORDS[theme]}`}
        aria-label={`Colours: ${WORDS[theme]}. Switch to ${WORDS[NEXT[theme]]}`}
      >
        <Icon name={ICONS[theme]} />
      </button>
      <button
        type="button"
        class="icon-btn zone"
        aria-pressed={zone === 'UTC'}
        onClick={() => prefer('zone', zone === 'UTC' ? 'local' : 'UTC')}
        title={zone === 'UTC' ? 'Times are in UTC' : 'Times are in your zone'}
        aria-label="Times in UTC"
      >
        UTC
      </button>
    </span>
  );
}
