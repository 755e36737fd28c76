import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Path of a Chromium that is installed here; null where there is none. Debian: `apt-get install chromium`. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(':');
  for (const folder of folders) {
    for (const program of PROGRAMS) {
      const path = join(folder, program);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

/** Starts it without a window. */
export async function startBrowser(path: string): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
}
