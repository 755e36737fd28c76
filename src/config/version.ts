import { readFileSync } from 'node:fs';

declare const __MONITOR_VERSION__: string | undefined;

/** Version of the package: put in by the build; unbuilt sources read package.json. */
export function version(): string {
  if (typeof __MONITOR_VERSION__ === 'string') return __MONITOR_VERSION__;
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}
