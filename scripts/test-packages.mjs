// Packs the packages, lints the tarballs, installs them in an empty project as a user would, and uses them there.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The newest and the oldest major that each adapter's peer range names. */
const FRAMEWORKS = [
  ['express', '5'],
  ['express', '4.18.0'],
  ['koa', '3'],
  ['koa', '2.16.4'],
]

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'bearward-packages-'))
let passed = 0
let failed = 0

try {
  run('pnpm', ['--filter', './packages/*', 'pack', '--pack-destination', work], root)
  const tarballs = readdirSync(work).map((name) => join(work, name))
  for (const tarball of tarballs) lint(tarball)
  for (const [framework, version] of FRAMEWORKS) useInstalled(tarballs, framework, version)
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

function useInstalled(tarballs, framework, version) {
  const project = mkdtempSync(join(work, 'consumer-'))
  for (const part of ['common', framework])
    cpSync(join(root, 'scripts/consumer', part), project, { recursive: true })
  const packages = tarballs.filter((path) => !isOtherAdapter(path, framework))
  const types = `@types/${framework}@${version.split('.')[0]}`
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '@types/node@20', `${framework}@${version}`, types, ...packages],
    project,
  )

  const title = `${framework} ${version}`
  check(`${title}: require() without a warning`, 'node', ['require.cjs'], project)
  check(`${title}: import, and an app refuses and accepts`, 'node', ['serve.mjs'], project)
  check(`${title}: types without a cast, in ESM and CommonJS`, tool('tsc'), ['--project', '.'], project)
}

function isOtherAdapter(tarball, framework) {
  return FRAMEWORKS.some(([name]) => name !== framework && tarball.includes(`bearward-${name}-`))
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
