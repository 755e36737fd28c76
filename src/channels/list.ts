/**
 * Every channel there is, one line each, in alphabetical order: its name, and where it stands. Each is loaded only
 * where it is used, and its libraries with it.
 */
export const LIST = {
  webhook: async () => (await import('./webhook.ts')).webhook,
};
