import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { runCommand } from '../../../src/commands/attached.ts';
import { relaySignals } from '../../../src/commands/signals.ts';

describe('a command that this process runs', () => {
  test('is not started where a signal came before it, and the signal says its exit code', async () => {
    const { source, relay } = createRelay(false);
    source.emit('SIGUSR2', 'SIGUSR2');
    const end = await runCommand(['./no-such-program'], relay);
    expect(end).toEqual({ code: 140, problem: './no-such-program was not started: SIGUSR2 came before' });
    expect(source.eventNames()).toEqual([]);
  });

  test('is given what came between its start and its ear, in order', () => {
    const { source, relay } = createRelay(false);
    const passed: string[] = [];
    source.emit('SIGUSR2', 'SIGUSR2');
    relay.to((signal) => passed.push(signal));
    source.emit('SIGHUP', 'SIGHUP');
    relay.stop();
    expect(passed).toEqual(['SIGUSR2', 'SIGHUP']);
  });

  test('with a terminal before both is not sent again what its keys send', () => {
    const { source, relay } = createRelay(true);
    const passed: string[] = [];
    relay.to((signal) => passed.push(signal));
    source.emit('SIGINT', 'SIGINT');
    source.emit('SIGTERM', 'SIGTERM');
    relay.stop();
    expect(passed).toEqual(['SIGTERM']);
  });
});

function createRelay(hasTerminal: boolean) {
  const source = new EventEmitter();
  return { source, relay: relaySignals(hasTerminal, source) };
}
