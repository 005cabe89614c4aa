import { describe, expect, test } from '@jest/globals'
import { findTables, readPages, type Page } from './markdown.js'

const PAGES = readPages().filter((page) => findTables(page).length > 0)

/** First cells of the rows that have more or fewer cells than their header. */
function findRagged(page: Page): readonly (string | undefined)[] {
  return findTables(page).flatMap(({ header, rows }) =>
    rows.filter((cells) => cells.length !== header.length).map(([first]) => first),
  )
}

describe('tables', () => {
  test.each(PAGES.map((page) => [page.path, page] as const))(
    'of %s have a cell in each column',
    (_path, page) => {
      expect(findRagged(page)).toEqual([])
    },
  )

  test('would be caught with a cell too few, or too many', () => {
    const text = '| a | b |\n| - | - |\n| good | 1 |\n| few |\n| many | 1 | 2 |\n'
    expect(findRagged({ path: 'docs/page.md', text })).toEqual(['few', 'many'])
  })
})
