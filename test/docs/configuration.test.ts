import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { compile, COMPILING_TAKES } from './compile.js'
import { findRows, readPage, ROOT } from './markdown.js'

const PAGE = readPage('docs/configuration.md')
const DOCUMENTED = findRows(PAGE, 'Option').map(([name = '']) => name)
const SOURCE = join(ROOT, 'packages/core/src')
const LISTS = /^(?:export )?const (?<list>\w*OPTIONS|SOURCES)\b[^=]*= \[(?<members>[^\]]*)\]/gm

/** Where the options of a list stand, that are members of another. */
const PREFIXES: Readonly<Record<string, string>> = {
  OPTIONS: 'introspection.',
  CREDENTIAL_OPTIONS: 'introspection.',
  CACHE_OPTIONS: 'introspection.cache.',
  RESOURCE_METADATA_OPTIONS: 'resourceMetadata.',
  CERTIFICATE_OPTIONS: 'clientCertificates.',
  DPOP_OPTIONS: 'dpop.',
}

/** The options that the parsers know, by the list that names them. */
function readKnownOptions(): ReadonlyMap<string, readonly string[]> {
  const folder = join(SOURCE, 'config')
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  return new Map(
    [...text.matchAll(LISTS)].map(({ groups }) => {
      const { list = '', members = '' } = groups ?? {}
      return [list, readStrings(members).map((name) => `${PREFIXES[list] ?? ''}${name}`)]
    }),
  )
}

function readStrings(text: string): readonly string[] {
  return [...text.matchAll(/'(?<value>[^']*)'/g)].map(({ groups }) => groups?.['value'] ?? '')
}

describe('the page on configuration', () => {
  test('names every option that is known and no other', () => {
    const known = readKnownOptions()
    expect([...known.keys()].sort()).toEqual([
      'CACHE_OPTIONS',
      'CERTIFICATE_OPTIONS',
      'COMMON_OPTIONS',
      'CREDENTIAL_OPTIONS',
      'DPOP_OPTIONS',
      'OPTIONS',
      'PROFILE_OPTIONS',
      'RESOURCE_METADATA_OPTIONS',
      'SERVER_OPTIONS',
      'SOURCES',
    ])
    expect(new Set(DOCUMENTED)).toEqual(new Set([...known.values()].flat()))
  })

  test('names each once', () => {
    expect(DOCUMENTED.filter((name, index) => DOCUMENTED.indexOf(name) !== index)).toEqual([])
  })

  test(
    'names every option that the types have and no other',
    () => {
      const members = DOCUMENTED.map((name) => `'${name}': true,`).join('\n')
      const text = `import type * as core from '@bearward/core'
      type NameOf<Options> = Options extends unknown ? keyof Options : never
      type Name =
        | NameOf<core.ResourceServerOptions>
        | keyof core.AccessTokenProfile
        | \`introspection.\${NameOf<core.IntrospectionOptions>}\`
        | \`dpop.\${NameOf<core.DpopOptions>}\`
        | \`clientCertificates.\${NameOf<core.ClientCertificateOptions>}\`
        | \`introspection.cache.\${keyof core.IntrospectionCacheOptions}\`
        | \`resourceMetadata.\${keyof core.ResourceMetadataOptions}\`
      export const names: Readonly<Record<Name, true>> = {\n${members}\n}`
      expect(compile([text])).toEqual([[]])
    },
    COMPILING_TAKES,
  )

  test('names every environment variable that is read and no other', () => {
    const text = readFileSync(join(SOURCE, 'environment.ts'), 'utf8')
    const read = new Set(text.match(/BEARWARD_[A-Z_]+/g))
    expect(new Set(findRows(PAGE, 'Variable').map(([name]) => name))).toEqual(read)
  })
})
