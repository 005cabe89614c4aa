import config from './jest.config.mjs'

/** The tests that hold what is mutated by default: each mutant runs all of them. */
export default {
  ...config,
  testMatch: [
    '<rootDir>/packages/core/test/{keys,metadata}/*.test.ts',
  ],
  bail: 1,
  maxWorkers: 1,
  reporters: [],
}
