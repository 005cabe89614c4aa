import { beforeAll, describe, expect, test } from '@jest/globals'
import { compile, COMPILING_TAKES } from './compile.js'
import { findCodeBlocks, readPage, readPages } from './markdown.js'

const PRELUDE = readPage('test/docs/prelude.md')
const BLOCKS = readPages()
  .filter(({ path }) => path !== PRELUDE.path)
  .flatMap((page) => findCodeBlocks(page, 'ts'))
const FRAGMENT = 'app.use(requireToken({ issuer, audience }))'
const WRONG =
  "app.use(requireToken({ issuer, audience, audiance: 'a' }))\napp.get('/', (req) => req.auth.nobody)"

describe('code in the documentation', () => {
  let complaints: readonly (readonly string[])[]
  beforeAll(() => {
    const texts = [...BLOCKS.map(({ text }) => text), FRAGMENT, WRONG]
    complaints = compile(texts, findCodeBlocks(PRELUDE, 'ts'))
  }, COMPILING_TAKES)

  test.each(BLOCKS.map(({ page, line }, index) => [page, line, index] as const))(
    '%s, line %i, compiles',
    (_page, _line, index) => {
      expect(complaints[index]).toEqual([])
    },
  )

  test('may be a fragment', () => {
    expect(complaints.at(-2)).toEqual([])
  })

  test('would be caught using options or members that there are not', () => {
    expect(complaints.at(-1)).toEqual([
      expect.stringContaining("'audiance' does not exist in type"),
      expect.stringContaining("Property 'nobody' does not exist on type 'Auth'"),
    ])
  })
})
