// Bundles the tests with the sources that they test, so that a process loads all of them in a second. Stryker runs this in
// its copy of the repository, once the mutants are in the core. Packages of others stay outside.
import { readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { findTests } from './tests.mjs'

const CORE = 'packages/core/src'
const FOLDER = 'mutation-bundle'
const GLOBALS = pathToFileURL('test/mutation/jest-globals.mjs').href

const workspace = {
  name: 'workspace',
  setup({ onLoad, onResolve, resolve: find }) {
    onResolve({ filter: /^@jest\/globals$/ }, () => ({ path: GLOBALS, external: true }))
    // The packages of this copy, not those that its node_modules lead to.
    onResolve({ filter: /^@bearward\/\w+$/ }, ({ path }) => ({
      path: resolve('packages', path.slice('@bearward/'.length), 'src/index.ts'),
    }))
    onResolve({ filter: /^[^./#]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === 'found' || path.startsWith('node:') || kind === 'entry-point') return undefined
      // The copy has the packages of the root only.
      const original = resolveDir.replace(/[/\\]\.stryker-tmp[/\\][^/\\]+/, '')
      const found = await find(path, { kind, resolveDir: original, pluginData: 'found' })
      if (found.external || found.errors.length > 0) return { path, external: true }
      return { path: pathToFileURL(found.path).href, external: true }
    })
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', `'${pathToFileURL(path).href}'`),
      loader: 'ts',
      resolveDir: dirname(path),
    }))
  },
}

const tests = await findTests(await findMutated())
await rm(FOLDER, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: tests,
  outdir: FOLDER,
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['bearward-source'],
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  plugins: [workspace],
  logLevel: 'warning',
})
const outputs = Object.entries(metafile.outputs)
const entries = new Map(outputs.flatMap(([file, { entryPoint }]) => (entryPoint ? [[entryPoint, file]] : [])))
const manifest = {
  shared: outputs.flatMap(([file, { entryPoint }]) => (entryPoint ? [] : [relative(FOLDER, file)])),
  // In the order of `findTests`: cheap ones first.
  tests: tests.map((test) => ({ name: test, file: relative(FOLDER, entries.get(test)) })),
}
await writeFile(`${FOLDER}/manifest.json`, JSON.stringify(manifest, null, 2))

/** The sources that Stryker has put mutants into. */
async function findMutated() {
  const files = (await readdir(CORE, { recursive: true })).map((file) => `${CORE}/${file}`)
  const sources = files.filter((file) => file.endsWith('.ts'))
  const texts = await Promise.all(sources.map((file) => readFile(file, 'utf8')))
  return sources.filter((_file, index) => texts[index].includes('stryMutAct_'))
}
