import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'

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
  'passport',
  'passport-jwt',
  'fastify',
  '@fastify/jwt',
  'hono',
  '@hono/node-server',
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

/** In the first folder where Node.js finds it. */
async function describePackage(name: string): Promise<string> {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const folder of folders) {
    const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) return `${name} ${(JSON.parse(text) as { version: string }).version}`
  }
  return `${name} unknown`
}
