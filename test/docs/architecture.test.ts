import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { findRows, readPage, ROOT } from './markdown.js'

const ROWS = findRows(readPage('ARCHITECTURE.md'), 'Layer')

/** The layers of `test/architecture.test.ts`, which enforces them. */
function readLayers(): readonly (readonly string[])[] {
  const text = readFileSync(join(ROOT, 'test/architecture.test.ts'), 'utf8')
  const table = /LAYERS[^=]*= \[\n(?<rows>.*?)\n\]/s.exec(text)?.groups?.['rows'] ?? ''
  return (table.match(/\[[^\]]*\]/g) ?? []).map((row) => row.match(/[\w-]+/g) ?? [])
}

describe('the page on architecture', () => {
  test('names every file of the core and no other', () => {
    const files = readdirSync(join(ROOT, 'packages/core/src'), { recursive: true, encoding: 'utf8' })
    const named = ROWS.map(([, file]) => file)
    expect([...named].sort()).toEqual(files.filter((file) => file.endsWith('.ts')).sort())
  })

  test('shows the layers that are enforced', () => {
    const layers = readLayers()
    expect(layers.length).toBeGreaterThan(1)
    const layerOf = (file: string): number =>
      layers.findIndex((layer) => layer.includes(file.replace(/\.ts$/, '').split('/')[0] ?? '')) + 1
    expect(ROWS.map(([layer, file = '']) => [file, Number(layer)])).toEqual(
      ROWS.map(([, file = '']) => [file, layerOf(file)]),
    )
  })
})
