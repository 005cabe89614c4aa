import config from './jest.config.mjs'

/** The tests that hold what is mutated, without those of the frameworks: each mutant runs all of them. */
export default {
  ...config,
  testMatch: ['<rootDir>/packages/core/test/**/*.test.ts', '<rootDir>/test/conformance/rfc{7517,8414}/*.test.ts'],
  bail: 1,
  maxWorkers: 1,
  reporters: [],
}
