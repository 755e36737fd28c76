// The entry of what cron calls every minute: `main.ts` with those commands alone, as the build has compiled it.
import { join } from 'node:path';
import { runPrecompiled } from '../lib/files/precompiled.ts';

/** The bundle's file, which stands beside this one; put in by the build. */
declare const __MONITOR_AGENT__: string;

// This one is bundled as CommonJS: a loader of modules that nothing else needs would cost more than the file itself.
runPrecompiled(join(__dirname, __MONITOR_AGENT__), require);
