/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/packages/*/test/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
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
  reporters: ['default', '<rootDir>/scripts/closing-line.mjs'],
  coverageProvider: 'v8',
  // Every loaded module counts but the tests' own. The others hold types alone, or `pnpm unused` reports them.
  coveragePathIgnorePatterns: ['/node_modules/', '<rootDir>/test/', '<rootDir>/packages/[^/]+/test/'],
  coverageReporters: ['text', 'lcov'],
  coverageThreshold: { global: { lines: 95, branches: 90 } },
}
