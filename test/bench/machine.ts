import { readFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'

const PACKAGES = [
  'jose',
  'fast-jwt',
  'jsonwebtoken',
  'aws-jwt-verify',
  'oauth4webapi',
  'express',
  'express-oauth2-jwt-bearer',
  'express-jwt',
  'koa',
  'koa-jwt',
  'jwks-rsa',
  'autocannon',
]

/** Lines that say on what, and with which versions, a run was made. */
export async function describeMachine(): Promise<readonly string[]> {
  const [cpu] = cpus()
  const load = loadavg().map((average) => average.toFixed(1))
  return [
    `${new Date().toISOString().slice(0, 16)}Z, Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}, ` +
      `${String(cpus().length)} × ${cpu?.model ?? 'unknown'}, load before the run ${load.join(', ')}.`,
    `Versions: ${(await Promise.all(PACKAGES.map(describePackage))).join(', ')}.`,
  ]
}

async function describePackage(name: string): Promise<string> {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
  return `${name} ${version}`
}
