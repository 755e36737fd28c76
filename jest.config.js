import { availableParallelism } from 'node:os';

/** Tests run on the TypeScript sources as ES modules; those that start real processes use `dist/`, which `npm test` builds first. */
export default {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  testEnvironment: '<rootDir>/tests/support/environment.js',
  // For what hangs. What takes its time on a busy machine is not red.
  testTimeout: 300_000,
  // Many tests wait for processes that they have started, which leaves a third of the processors idle with a worker for each.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testSequencer: '<rootDir>/tests/support/slow-first.js',
  reporters: ['default', '<rootDir>/tests/support/progress.js'],
  globalSetup: '<rootDir>/tests/support/run-setup.js',
  globalTeardown: '<rootDir>/tests/support/run-teardown.js',
};
