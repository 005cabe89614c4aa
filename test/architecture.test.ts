import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const CORE = join(import.meta.dirname, '../packages/core/src')
const PACKAGES = join(import.meta.dirname, '../packages')

/** The core from top to bottom: a module may import values from lower layers only; within one, types alone. */
const LAYERS: readonly (readonly string[])[] = [
  ['index'],
  ['adapter', 'declarations'],
  ['resource-server'],
  ['answer', 'environment', 'metadata-answer', 'operations', 'recall', 'validation'],
  ['authorization-servers', 'health', 'snapshot'],
  ['documents', 'introspection', 'tenants'],
  ['config', 'introspection-credentials'],
  [
    'auth',
    'credentials',
    'introspection-options',
    'options',
    'resource-metadata-options',
    'sender-constraint-options',
  ],
  ['token', 'binding', 'authorization', 'challenge'],
  ['metadata', 'keys'],
  ['http'],
  ['request'],
  ['errors'],
  ['ascii', 'at-once', 'base64url', 'form', 'json', 'refusals', 'tenant-table', 'time', 'url'],
]

interface Module {
  /** Path below the source folder, without extension. */
  readonly path: string
  readonly text: string
}

interface Import {
  readonly from: string
  readonly isTypeOnly: boolean
}

function readModules(folder: string): readonly Module[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: path.replace(/\.ts$/, ''), text: readFileSync(join(folder, path), 'utf8') }))
}

/** What a module imports or re-exports. An import is of types where each of its names is. */
function readImports(text: string): readonly Import[] {
  const statements = text.matchAll(/^(?:import|export) (?<names>[^'"]*?)from '(?<from>[^']+)'/gms)
  return [...statements].map(({ groups }) => {
    const { names = '', from = '' } = groups ?? {}
    const listed = names
      .replace(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim())
    const isTypeOnly =
      names.startsWith('type ') || listed.every((name) => name === '' || name.startsWith('type '))
    return { from, isTypeOnly }
  })
}

function layerOf(path: string): number {
  const [first] = path.split('/')
  return LAYERS.findIndex((layer) => layer.includes(first ?? ''))
}

/** The imports of the core that point upward, as `from -> to`. */
function findUpwardImports(modules: readonly Module[]): readonly string[] {
  return modules.flatMap(({ path, text }) =>
    readImports(text)
      .filter(({ from, isTypeOnly }) => from.startsWith('.') && !isTypeOnly)
      .map(({ from }) => join(dirname(path), from).replace(/\.js$/, ''))
      .filter((target) => dirname(target) === '.' || dirname(target) !== dirname(path))
      .filter((target) => layerOf(target) <= layerOf(path))
      .map((target) => `${path} -> ${target}`),
  )
}

/** The modules of a package that match, in alphabetical order. */
function modulesWith(pattern: RegExp, folder: string = CORE): readonly string[] {
  const matching = readModules(folder).flatMap(({ path, text }) => (pattern.test(text) ? [path] : []))
  return matching.sort()
}

describe('the core', () => {
  test('has a layer for every module', () => {
    expect(readModules(CORE).filter(({ path }) => layerOf(path) === -1)).toEqual([])
  })

  test('imports values from lower layers only', () => {
    expect(findUpwardImports(readModules(CORE))).toEqual([])
  })

  test('would be caught importing upward, or a stage importing a value of another stage', () => {
    const upward = { path: 'keys/jwk', text: "import { parseCompact } from '../token/compact.js'\n" }
    const sideways = {
      path: 'token/jwt',
      text: "import {\n  readScopes,\n} from '../authorization/scope.js'\n",
    }
    const types = {
      path: 'errors',
      text: "import { type A, type B } from './index.js'\nimport type { C } from './auth.js'\n",
    }
    expect(findUpwardImports([upward, sideways, types])).toEqual([
      'keys/jwk -> token/compact',
      'token/jwt -> authorization/scope',
    ])
  })

  test('has a table of refusals that knows nothing of any other module', () => {
    const table = readModules(CORE).find(({ path }) => path === 'refusals')
    expect(table && readImports(table.text)).toEqual([])
  })

  test('reads the environment, the clock and the network in one place each', () => {
    expect(modulesWith(/process\.env/)).toEqual(['environment'])
    expect(modulesWith(/Date\.now|performance\.now|setTimeout|setInterval|new Date\b/)).toEqual(['time'])
    expect(modulesWith(/\bfetch\(/).every((path) => path.startsWith('http/'))).toBe(true)
  })

  test('uses jose where keys and tokens are, and lru-cache where things are kept', () => {
    expect(modulesWith(/^import (?!type).*from 'jose'/m)).toEqual(['keys/verify-jose'])
    expect(modulesWith(/from 'lru-cache'/)).toEqual([
      'binding/dpop',
      'keys/search-budget',
      'tenant-table',
      'token/introspection-verdicts',
      'token/verdict-cache',
    ])
  })

  test('makes verified claims of what was signed, or answered by the authorization server', () => {
    expect(modulesWith(/\basVerified\(/)).toEqual([
      'token/introspection',
      'token/jwt',
      'token/verdict-store',
      'token/verified',
    ])
  })

  test('imports no framework', () => {
    expect(modulesWith(/from '(?:express|koa)'/)).toEqual([])
  })
})

describe.each(['client', 'express', 'koa', 'redis', 'testing'])('@bearward/%s', (name) => {
  test('imports nothing of the core but its public entry', () => {
    const folder = join(PACKAGES, name, 'src')
    const sources = readModules(folder).flatMap(({ text }) => readImports(text).map(({ from }) => from))
    const core = sources.filter((from) => from.includes('core'))
    expect(new Set(core)).toEqual(new Set(['@bearward/core']))
  })
})

test('no source file is longer than 250 lines', () => {
  const long = readModules(PACKAGES)
    .filter(({ path }) => /^[^/]+\/src\//.test(path))
    .filter(({ text }) => text.split('\n').length > 250)
    .map(({ path }) => relative('.', path))
  expect(long).toEqual([])
})
