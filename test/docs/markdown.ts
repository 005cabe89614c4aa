import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const ROOT: string = join(import.meta.dirname, '../..')

/** Not written by hand, or not for readers of the repository. */
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.changeset', 'CHANGELOG.md'])

/** A file of the documentation. */
export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string
  readonly text: string
}

/** A fenced code block. */
export interface CodeBlock {
  readonly page: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  readonly language: string
  /** What follows the language on the opening fence. */
  readonly info: string
  readonly text: string
}

/** All pages of the repository. */
export function readPages(): readonly Page[] {
  return findPages(ROOT).map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, 'utf8') }))
}

/** One page, by its path from the root of the repository. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') }
}

function findPages(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return findPages(path)
      return entry.name.endsWith('.md') ? [path] : []
    })
}

const FENCED = /^(?<fence>`{3,})(?<language>\w*) ?(?<info>[^\n]*)\n(?<code>.*?)^\k<fence>$/gms

/** The code blocks of a page, in one language or in all. */
export function findCodeBlocks({ path, text }: Page, wanted?: string): readonly CodeBlock[] {
  return [...text.matchAll(FENCED)]
    .map(({ index, groups }) => {
      const { language = '', info = '', code = '' } = groups ?? {}
      return { page: path, line: countLines(text.slice(0, index)) + 1, language, info, text: code }
    })
    .filter(({ language }) => wanted === undefined || language === wanted)
}

/** The same text with every code block blanked, so that nothing in one is taken for a heading or a link. */
export function withoutCode(text: string): string {
  return text.replace(FENCED, (block) => block.replace(/[^\n]/g, ' '))
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}

/** The headings of a page, as they are written, from the first to the last. */
export function findHeadings({ text }: Page): readonly string[] {
  return [...withoutCode(text).matchAll(/^#{1,6} +(?<title>.*?) *$/gm)].map(
    ({ groups }) => groups?.['title'] ?? '',
  )
}

/** The rows of the tables in a page whose first column is headed so; cells without their backquotes. */
export function findRows(page: Page, firstColumn: string): readonly (readonly string[])[] {
  return findTables(page)
    .filter(({ header }) => header[0] === firstColumn)
    .flatMap(({ rows }) => rows)
}

/** A table: the plain text of its cells. */
interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The tables of a page, from the first to the last. */
export function findTables({ text }: Page): readonly Table[] {
  return withoutCode(text)
    .split(/\n(?!\|)/)
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 0)
    .map(([header = '', , ...rows]) => ({ header: readCells(header), rows: rows.map(readCells) }))
}

function readCells(row: string): readonly string[] {
  return row
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => toPlainText(cell).trim())
}

function toPlainText(markdown: string): string {
  return markdown
    .replaceAll('\\|', '|')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
}
