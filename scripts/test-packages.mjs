// Packs the packages, lints the tarballs, installs them in an empty project as a user would, and uses them there.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The newest and the oldest frameworks that the adapters' peer ranges name. */
const FRAMEWORKS = [
  ['express@5', '@types/express@5', 'koa@3', '@types/koa@3'],
  ['express@4.18.0', '@types/express@4', 'koa@2.16.4', '@types/koa@2'],
]

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'bearward-packages-'))
let passed = 0
let failed = 0

try {
  run('pnpm', ['--filter', './packages/*', 'pack', '--pack-destination', work], root)
  const tarballs = readdirSync(work).map((name) => join(work, name))
  for (const tarball of tarballs) lint(tarball)
  for (const frameworks of FRAMEWORKS) useInstalled(tarballs, frameworks)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`packages: ${passed} checks passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function lint(tarball) {
  const name = tarball.slice(work.length + 1)
  check(`${name}: publint`, tool('publint'), ['run', '--strict', tarball])
  check(`${name}: are the types wrong?`, tool('attw'), ['--profile', 'esm-only', tarball])
}

function useInstalled(tarballs, frameworks) {
  const title = `${frameworks[0]}, ${frameworks[2]}`
  const project = mkdtempSync(join(work, 'consumer-'))
  cpSync(join(root, 'scripts/consumer'), project, { recursive: true })
  run('npm', ['install', '--no-audit', '--no-fund', '@types/node@20', ...frameworks, ...tarballs], project)

  check(`${title}: require() without a warning`, 'node', ['require.cjs'], project)
  check(`${title}: import, and an app of each adapter answers`, 'node', ['serve.mjs'], project)
  check(`${title}: TypeScript finds the types, no casts`, tool('tsc'), ['--project', '.'], project)
}

/** Passes where the command succeeds and has nothing to warn of. */
function check(title, command, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  const good = status === 0 && (cwd === root || stderr === '')
  if (good) passed += 1
  else failed += 1
  console.log(`${good ? 'ok    ' : 'FAILED'} ${title}`)
  if (!good) console.log(stdout + stderr)
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
}

function tool(name) {
  return join(root, 'node_modules/.bin', name)
}
