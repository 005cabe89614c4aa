import config from './jest.config.mjs'

/** All tests that hold what is mutated by default, in one module: loading the core is what takes time. */
export default {
  ...config,
  testMatch: ['<rootDir>/packages/core/test/mutation.ts'],
  bail: 1,
  maxWorkers: 1,
  reporters: [],
}
