import { describe, expect, test } from '@jest/globals'
import { OUTAGES, REFUSALS, type RefusalEntry } from '../../packages/core/src/refusals.js'
import { compile, COMPILING_TAKES } from './compile.js'
import { findHeadings, findRows, readPage } from './markdown.js'

const PAGE = readPage('docs/refusals.md')
const TABLE = findRows(PAGE, 'Code')
const refusals: readonly (readonly [string, RefusalEntry])[] = Object.entries(REFUSALS)

describe('the page on refusals', () => {
  test('has every refusal and no other, as it is sent and in the same order', () => {
    expect(TABLE.filter((row) => row.length === 4)).toEqual(
      refusals.map(([code, { status, error, description }]) => [
        code,
        String(status),
        error ?? 'none',
        description,
      ]),
    )
  })

  test('has every outage and no other, as the operator reads it', () => {
    expect(TABLE.filter((row) => row.length === 2)).toEqual(Object.entries(OUTAGES))
  })

  test('says of each what to do', () => {
    const headings = findHeadings(PAGE).filter((heading) => heading.startsWith('ERR_'))
    expect(headings).toEqual([...Object.keys(REFUSALS), ...Object.keys(OUTAGES)])
  })

  test(
    'has the codes that the exported types know, and no other',
    () => {
      const members = TABLE.map(([code = '']) => `${code}: true,`).join('\n')
      const text = `import type { OutageCode, RefusalCode } from '@bearward/core'
      export const codes: Readonly<Record<OutageCode | RefusalCode, true>> = {\n${members}\n}`
      expect(compile([text])).toEqual([[]])
    },
    COMPILING_TAKES,
  )
})
