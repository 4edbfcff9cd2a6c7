import { availableParallelism } from 'node:os';

// Two projects: `pure` needs nothing but Node and answers in seconds; `world` has a real PostgreSQL of its own.
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
      module: { type: 'es6' },
    },
  ],
};
const shared = {
  testEnvironment: 'node',
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/var/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
};

export default {
  // A machine that does other work must not fail a test that waits for a database: deadlines that matter are in the tests.
  testTimeout: 240_000,
  // Half of the time is spent waiting, for PostgreSQL, for a lock, for a process. The server takes 300 connections.
  maxWorkers: Math.min(availableParallelism(), 6),
  projects: [
    {
      ...shared,
      displayName: 'pure',
      testMatch: ['<rootDir>/test/{unit,property,vectors,types}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'world',
      testMatch: ['<rootDir>/test/{integration,e2e}/**/*.test.ts'],
      globalSetup: '<rootDir>/test/global-setup.mjs',
      globalTeardown: '<rootDir>/test/global-teardown.mjs',
    },
  ],
};
