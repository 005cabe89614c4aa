import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { selectTests } from './tests.mjs'

const FOLDER = 'mutation-bundle'

/**
 * Loads what `bundle.mjs` has made below the working directory; each time anew, since modules are loaded once only.
 *
 * @param enter Whose work the next code is: the name of a test file, or nobody's, while what they share is loaded.
 * @param source The source file whose tests to load. Default: all tests.
 */
export async function loadTests(enter, source) {
  const folder = await mkdtemp(`${FOLDER}-`)
  await cp(FOLDER, folder, { recursive: true })
  const { shared, tests } = JSON.parse(await readFile(`${folder}/manifest.json`, 'utf8'))
  const { collectTests, jest } = await import(toUrl('test/mutation/jest-globals.mjs'))
  for (const file of shared) await import(toUrl(`${folder}/${file}`))

  let versions = 0
  async function loadFile({ name, file }) {
    enter(name)
    versions += 1
    const collected = await collectTests(name, () => import(`${toUrl(`${folder}/${file}`)}?${versions}`))
    enter(undefined)
    return collected
  }

  const names = tests.map((test) => test.name)
  const files = new Map()
  for (const name of source === undefined ? names : selectTests(source, names)) {
    files.set(name, await loadFile(tests.find((test) => test.name === name)))
  }
  const all = [...files.values()].flat()
  return {
    tests: all,
    jest,
    byId: new Map(all.map((test) => [test.id, test])),
    /** Those that are about a source file. */
    select: (file) => selectTests(file, names).flatMap((name) => files.get(name)),
    /** The tests of one file, defined anew. */
    reload: (name) => loadFile(tests.find((test) => test.name === name)),
    /** What has been loaded stays; nothing can be loaded from here any more. */
    close: () => rm(folder, { recursive: true }),
  }
}

const toUrl = (path) => pathToFileURL(resolve(path)).href
