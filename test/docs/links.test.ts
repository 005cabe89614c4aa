import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { findHeadings, readPages, ROOT, withoutCode, type Page } from './markdown.js'

const PAGES = readPages()
const LINK = /(?<!!)\[(?:[^\][]|\[[^\]]*\])*\]\((?<target>[^)\s]+)\)/g

/** The relative links of a page. Code is no link. */
function findLinks({ text }: Page): readonly string[] {
  return [
    ...withoutCode(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(LINK),
  ]
    .map(({ groups }) => groups?.['target'] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors that GitHub gives to the headings of a page. */
function findAnchors(page: Page): ReadonlySet<string> {
  const seen = new Map<string, number>()
  return new Set(
    findHeadings(page).map((title) => {
      const anchor = title
        .toLowerCase()
        .replace(/\]\([^)]*\)/g, '')
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-')
      const times = seen.get(anchor) ?? 0
      seen.set(anchor, times + 1)
      return times === 0 ? anchor : `${anchor}-${String(times)}`
    }),
  )
}

/** The links of a page that lead nowhere. */
function findBroken(page: Page, pages: readonly Page[]): readonly string[] {
  return findLinks(page).filter((target) => {
    const [file = '', anchor] = target.split('#', 2)
    const path = file === '' ? page.path : relative('.', join(dirname(page.path), file))
    const linked = pages.find((candidate) => candidate.path === path)
    if (path.startsWith('..') || !(linked || existsSync(join(ROOT, path)))) return true
    return anchor !== undefined && !(linked && findAnchors(linked).has(anchor))
  })
}

describe('relative links', () => {
  test.each(PAGES.map((page) => [page.path, page] as const))('of %s lead somewhere', (_path, page) => {
    expect(findBroken(page, PAGES)).toEqual([])
  })

  test('would be caught leading to no file, to no heading, or out of the repository', () => {
    const page = {
      path: 'docs/page.md',
      text: '# One `two`, three\n[a](#one-two-three) [b](#four) [c](none.md) [d](../README.md) [e](../../x) `[f](g)`',
    }
    expect(findBroken(page, [page])).toEqual(['#four', 'none.md', '../../x'])
  })
})
