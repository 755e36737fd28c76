import { startServing } from '../../app/serving.ts';
import { type LoadInput, loadExplained, loadSettings } from '../../config/load.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/log/logger.ts';
import { Exit, type Terminal } from '../contract.ts';
import { firstSignal, onHangup } from '../signals.ts';

/** Serves as the settings say until SIGINT or SIGTERM, and then stops cleanly; SIGHUP has it read again what can be read again. */
export async function serveUntilStopped(input: LoadInput, terminal: Terminal): Promise<void> {
  const settings = loadSettings(input);
  const { logLevel: level, logFormat: format, version, instanceId } = settings;
  const logger = createLogger({ level, format, version, instanceId, colour: terminal.errColour });
  const stopped = firstSignal();
  let isAsked = false;
  let reload = () => {
    isAsked = true;
  };
  onHangup(() => reload());
  const serving = await startServing(settings, systemClock, logger, () => loadExplained(input));
  reload = () => void serving.reload();
  if (isAsked) reload();
  const signal = await Promise.race([stopped, serving.died]);
  if (signal instanceof Error) throw new Exit(1);
  logger.info({ signal }, 'stopping');
  await serving.stop();
  logger.info({}, 'stopped');
}
