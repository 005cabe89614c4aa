/**
 * Mutates the core and asks the tests to notice: `pnpm mutation`, for what decides about keys, or
 * `pnpm mutation --mutate 'packages/core/src/token/*.ts'` for anything else. Takes seconds for each mutant.
 */
export default {
  mutate: ['packages/core/src/{keys,metadata}/*.ts'],
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'off',
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
  ignorePatterns: ['coverage', '**/dist', 'docs', 'examples'],
}
