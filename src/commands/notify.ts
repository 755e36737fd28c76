import type { CommandModule } from './contract.ts';
import { defineReceive } from './notify/receive.ts';
import { defineTest } from './notify/test.ts';

/** `monitor notify`: tries of the way to people, without an incident. */
export const command: CommandModule = {
  define(program, terminal) {
    defineTest(program, terminal);
    defineReceive(program, terminal);
  },
};
