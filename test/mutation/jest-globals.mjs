// Stands for `@jest/globals` in the bundle: collects tests instead of running them, so that any of them can run at any time.
import { expect } from 'expect'
import { bind } from 'jest-each'
import { ModuleMocker } from 'jest-mock'

const mocker = new ModuleMocker(globalThis)
let file = { name: '', tests: [] }
let suites = 0
let suite = createSuite('')

export { expect }
export const jest = {
  fn: mocker.fn.bind(mocker),
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: () => mocker.restoreAllMocks(),
}

export const describe = Object.assign(addSuite, { each: bind(addSuite, false) })
export const test = Object.assign(addTest, { each: bind(addTest, false) })

export const beforeAll = (run) => void suite.beforeAll.push(run)
export const afterAll = (run) => void suite.afterAll.push(run)
export const beforeEach = (run) => void suite.beforeEach.push(run)
export const afterEach = (run) => void suite.afterEach.push(run)

/** The tests that a module defines while `load` runs, in their order. `name` becomes part of their ids. */
export async function collectTests(name, load) {
  file = { name, tests: [] }
  suite = createSuite('')
  await load()
  return file.tests
}

function createSuite(title, parent) {
  const parents = parent === undefined ? [] : [...parent.parents, parent]
  suites += 1
  return { id: `suite ${suites}`, title, parents, beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] }
}

function addSuite(title, define) {
  const parent = suite
  suite = createSuite(`${parent.title}${title} `, parent)
  try {
    define()
  } finally {
    suite = parent
  }
}

function addTest(title, run) {
  const name = `${file.name} ${suite.title}${title}`
  const before = file.tests.filter((test) => test.name === name).length
  file.tests.push({ id: before === 0 ? name : `${name} (${before + 1})`, name, file: file.name, suite, run })
}
