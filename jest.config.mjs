/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/packages/*/test/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  // They need programs that do not come from npm: `pnpm interop`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/interop/', '<rootDir>/test/redis/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  // Workspace packages are tested as source, not as the last build.
  testEnvironmentOptions: { customExportConditions: ['bearward-source', 'node', 'node-addons'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'] },
  restoreMocks: true,
  testTimeout: 30_000, // a bound for a busy machine; no test waits for it
  maxWorkers: '100%',
  reporters: ['default', '<rootDir>/scripts/closing-line.mjs'],
  // Istanbul counts branches more strictly than V8, and takes half the time.
  coverageProvider: 'babel',
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
  coverageReporters: ['text', 'lcov'],
  coverageThreshold: { global: { lines: 95, branches: 90 } },
}
