import type { Theme } from './storage.ts';

const DARK = '(prefers-color-scheme: dark)';

/** Sets the colours of the page to what was chosen, or to the system's. */
export function paintTheme(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia(DARK).matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** Calls when the system changes its colours; the function given back ends it. */
export function watchSystemTheme(call: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener('change', call);
  return () => query.removeEventListener('change', call);
}
