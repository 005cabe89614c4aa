import { dirname, join } from 'node:path'
import ts from 'typescript'
import { ROOT, type CodeBlock } from './markdown.js'

/** The reader's project: a folder that exists in the memory of the compiler alone. */
const PROJECT = join(ROOT, 'test/docs/project')

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  customConditions: ['bearward-source'],
}

/** Long enough for the compiler on a busy machine, in milliseconds. */
export const COMPILING_TAKES = 120_000

/**
 * Compiles texts, each as a module of its own.
 *
 * @param prelude What they may use: code blocks that are named after their files.
 *
 * @returns What the compiler has to say of each text, in the same order; nothing where it is good.
 */
export function compile(
  texts: readonly string[],
  prelude: readonly CodeBlock[] = [],
): readonly (readonly string[])[] {
  const modules = texts.map((text, index) => ({
    path: join(PROJECT, `test/module-${String(index)}.ts`),
    text: `${text}\nexport {}\n`,
  }))
  const declared = prelude.map(({ info, text }) => ({ path: join(PROJECT, info), text }))
  const files = new Map([...modules, ...declared].map(({ path, text }) => [path, text]))
  const program = ts.createProgram([...files.keys()], OPTIONS, createHost(files))
  return modules.map(({ path }) => {
    const source = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      describe,
    )
  })
}

function createHost(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS)
  const folders = new Set([...files.keys()].map(dirname))
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path) ?? host.readFile(path),
    directoryExists: (path) => folders.has(path) || (host.directoryExists?.(path) ?? true),
    getSourceFile(path, languageVersion) {
      const text = files.get(path) ?? host.readFile(path)
      return text === undefined ? undefined : ts.createSourceFile(path, text, languageVersion)
    },
  }
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? ts.getLineAndCharacterOfPosition(file, start).line + 1 : 0
  return `line ${String(line)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}
