import type { CommandModule } from './contract.ts';
import { defineReceive } from './notify/receive.ts';

/** `monitor notify`: tries of the way to people, without an incident. */
export const command: CommandModule = {
  define(program, terminal) {
    defineReceive(program, terminal);
  },
};
