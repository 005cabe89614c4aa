import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readPage, ROOT } from './markdown.js'

const README = readPage('README.md').text

function foldersIn(path: string): readonly string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${path}/${name}`)
}

describe('the README', () => {
  test('leads from every standard to its tests', () => {
    expect(foldersIn('test/conformance').filter((folder) => !README.includes(`](${folder})`))).toEqual([])
  })

  test('names every package and every page', () => {
    const names = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
    const pages = names.map((name) => `docs/${name}`)
    expect([...foldersIn('packages'), ...pages].filter((path) => !README.includes(`](${path})`))).toEqual([])
  })
})
