import { writeSync } from 'node:fs'
import { expect } from '@jest/globals'

/** Writes a line at once, and without a stack. */
export function say(line: string): void {
  writeSync(process.stderr.fd, `${line}\n`)
}

/** Writes what a test has seen, where somebody asks for it: `FIGURES=1 npx pnpm@10 interop`. */
export function sayFigure(figure: string): void {
  if (process.env['FIGURES'] !== undefined) say(`${expect.getState().currentTestName ?? ''}: ${figure}`)
}
