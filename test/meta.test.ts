import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ATTACKS } from './attacks/cases.js'
import { REQUIREMENTS } from './requirements.js'
import { findRuleIds } from './support/rule-ids.js'

const ROOT = join(import.meta.dirname, '..')

/** Every file of tests: those that cross packages, and those of each package. */
function findTestFiles(): readonly string[] {
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name, 'test'))
  return ['test', ...packages].flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules'))
        .map((path) => join(ROOT, folder, path))
    } catch {
      return [] // a package without tests of its own
    }
  })
}

/** The ids without a test, and the ids that tests name and nobody knows. */
function compare(
  known: readonly string[],
  named: readonly string[],
): { readonly untested: readonly string[]; readonly unknown: readonly string[] } {
  return {
    untested: known.filter((id) => !named.includes(id)),
    unknown: [...new Set(named)].filter((id) => !known.includes(id)),
  }
}

describe('the tests', () => {
  const files = findTestFiles().map((path) => ({ path, ...findRuleIds(readFileSync(path, 'utf8')) }))
  const known = [...Object.keys(REQUIREMENTS), ...Object.keys(ATTACKS)]

  test('stand for every requirement and every attack, and for nothing unknown', () => {
    const named = files.flatMap(({ ids }) => ids)
    expect(compare(known, named)).toEqual({ untested: [], unknown: [] })
  })

  test('write out what they stand for, so that it can be read without running them', () => {
    const unreadable = files.flatMap(({ path, unreadable: lines }) =>
      lines.map((line) => `${relative(ROOT, path)}:${String(line)}`),
    )
    expect(unreadable).toEqual([])
  })

  test('are found in all folders', () => {
    const folders = new Set(files.map(({ path }) => relative(ROOT, path).split('/').slice(0, 2).join('/')))
    for (const folder of ['test/attacks', 'test/conformance', 'test/contract', 'packages/testing']) {
      expect(folders).toContain(folder)
    }
  })
})

describe('the comparison', () => {
  test('finds an id without a test, and a test without an id', () => {
    expect(compare(['1-a', '1-b'], ['1-b', '2-a', '2-a'])).toEqual({ untested: ['1-a'], unknown: ['2-a'] })
    expect(compare(['1-a'], ['1-a'])).toEqual({ untested: [], unknown: [] })
  })
})

describe('the scanner', () => {
  test.each([
    ['one id', "rule('7519-4-a', 'sentence', () => {})", ['7519-4-a']],
    ['a list', "rule(['7519-4-a', 'ALG-01'], 'sentence', run)", ['7519-4-a', 'ALG-01']],
    [
      'a list over several lines',
      "  ruleForEach(\n    [\n      '7519-4-a',\n      'ALG-01',\n    ],\n    {},\n  )",
      ['7519-4-a', 'ALG-01'],
    ],
    ['an id on the next line', "ruleForEach(\n  '8725bis-3.1-c',\n  {},", ['8725bis-3.1-c']],
    [
      'several calls',
      "rule('1-a', 's', r)\n\nfor (const x of y) {\n  rule('1-b', 's', r)\n}",
      ['1-a', '1-b'],
    ],
  ])('reads %s', (_name, source, ids) => {
    expect(findRuleIds(source)).toEqual({ ids, unreadable: [] })
  })

  test.each([
    ['a comment', "// rule('1-a', 's', r)\n/* rule('1-b') */\n * rule('1-c', 's', r)"],
    ['a text', "const text = \"rule('1-a', 's', r)\""],
    ['an import', "import { rule, ruleForEach } from './rule.js'"],
    ['another function', "overrule('1-a', 's', r)\nruleFor('1-b', 's', r)\nmy.rule('1-c', 's', r)"],
    ['the definition', 'export function rule(ids: string) {}'],
    ['a test without an id', "test('7519-4-a', () => {})"],
  ])('reads nothing from %s', (_name, source) => {
    expect(findRuleIds(source)).toEqual({ ids: [], unreadable: [] })
  })

  test.each([
    ['a variable', "const x = 1\nrule(id, 'sentence', run)"],
    ['an empty list', "const x = 1\nrule([], 'sentence', run)"],
    ['a list with a variable', "const x = 1\nrule(['1-a', id], 'sentence', run)"],
    ['a spread', "const x = 1\nruleForEach([...IDS], {}, 'sentence', run)"],
    ['a template', 'const x = 1\nrule(`1-${letter}`, "sentence", run)'],
    ['a choice', "const x = 1\nrule(isNew ? '1-a' : '1-b', 'sentence', run)"],
  ])('reports a call that hides its ids in %s, with its line', (_name, source) => {
    expect(findRuleIds(source)).toEqual({ ids: [], unreadable: [2] })
  })
})
