// Lets Node.js run the sources as they are, also where it cannot strip types:
// node -C bearward-source --import ./test/fuzz/typescript.mjs <file>.ts
import { existsSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { transformFile } from '@swc/core'

const OPTIONS = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } }

// Node.js runs hooks on a thread of their own.
if (isMainThread) register(import.meta.url)

/** `./name.js` is `./name.ts`, where only that exists. */
export async function resolve(specifier, context, next) {
  if (!/^\.{1,2}\/.*\.js$/.test(specifier) || context.parentURL === undefined) return next(specifier, context)
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL)
  return next(existsSync(source) ? source.href : specifier, context)
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { code } = await transformFile(fileURLToPath(url), { ...OPTIONS, swcrc: false, sourceMaps: 'inline' })
  return { format: 'module', shortCircuit: true, source: code }
}
