/**
 * Mutates the core and asks the tests to notice: `pnpm mutation` for all of it, `pnpm mutation --mutate
 * 'packages/core/src/token/*.ts'` for a part. test/mutation/README.md tells how, and what came out.
 */
export default {
  mutate: ['packages/core/src/**/*.ts'],
  plugins: ['./test/mutation/runner.mjs'],
  testRunner: 'bundle',
  buildCommand: 'node test/mutation/bundle.mjs',
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 60_000,
  timeoutFactor: 0.1,
  // What static mutants have loaded stays in memory.
  maxTestRunnerReuse: 300,
  allowEmpty: true,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
  ignorePatterns: ['coverage', '**/dist', 'docs', 'examples'],
}
