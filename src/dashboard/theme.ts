// Runs in the head, before the first paint, so that no page flashes in the other colours.
import { readPreferences } from './browser/storage.ts';
import { paintTheme } from './browser/theme.ts';

paintTheme(readPreferences().theme);
