/** One part of `npm run bench`. */
export interface Section {
  readonly name: string;
  /** Whether it also runs when no section is named. */
  readonly always: boolean;
  /** Imports the section; the result takes the arguments after its name. */
  load(): Promise<(args: readonly string[]) => Promise<void>>;
}

/** Every section, in the order of execution. */
export const SECTIONS: readonly Section[] = [
  { name: 'ingest', always: true, load: async () => (await import('./ingest.ts')).benchIngest },
  { name: 'stored', always: true, load: async () => (await import('./stored.ts')).benchStored },
  { name: 'memory', always: true, load: async () => (await import('./memory.ts')).benchMemory },
  { name: 'cli', always: true, load: async () => (await import('./cli.ts')).benchCli },
  { name: 'loop', always: true, load: async () => (await import('./loop.ts')).benchLoop },
  { name: 'notify', always: true, load: async () => (await import('./notify.ts')).benchNotify },
  { name: 'api', always: false, load: async () => (await import('./api.ts')).benchApi },
  { name: 'dashboard', always: false, load: async () => (await import('./dashboard.ts')).benchDashboard },
  { name: 'profile', always: false, load: async () => (await import('./profile.ts')).benchProfile },
  { name: 'store', always: false, load: async () => (await import('./store.ts')).main },
  { name: 'endpoints', always: false, load: async () => (await import('./endpoints.ts')).benchEndpoints },
  { name: 'soak', always: false, load: async () => (await import('./soak.ts')).main },
];
