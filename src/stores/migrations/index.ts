import { type Migration, readMigrations } from './read.ts';

declare const __MONITOR_MIGRATIONS__: readonly Migration[] | undefined;

/** Every step of the schema, in order: put in by the build; unbuilt sources read the files beside this one. */
export const MIGRATIONS: readonly Migration[] =
  typeof __MONITOR_MIGRATIONS__ === 'object' ? __MONITOR_MIGRATIONS__ : readMigrations(new URL('./', import.meta.url));
