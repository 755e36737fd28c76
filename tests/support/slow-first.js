// The order of the test files. Jest starts with the slowest ones, as it has measured them, so that its workers end
// together. In a fresh clone it has measured nothing and goes by size, which puts those last that keep processes busy for
// long with few lines: slow-files.json has their seconds.
import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

const SECONDS = Object.entries(JSON.parse(readFileSync(new URL('slow-files.json', import.meta.url), 'utf8')));

export default class SlowFirst extends Sequencer {
  time(test) {
    const [, seconds = 0] = SECONDS.find(([path]) => test.path.endsWith(`/tests/${path}`)) ?? [];
    return super.time(test) ?? seconds * 1000;
  }
}
