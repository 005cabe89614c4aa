import { styleText } from 'node:util'
import type { Exchange } from './exchange.js'
import type { Chapter } from './opaque-story.js'

type Format = Parameters<typeof styleText>[0]

/** Adds colour to a text, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string

/** Colour, where a terminal shows the text and wants it (`NO_COLOR`). */
export function choosePaint(stream: NodeJS.WriteStream): Paint {
  const isColourful = stream.isTTY && stream.hasColors()
  return (format, text) => (isColourful ? styleText(format, text, { validateStream: false }) : text)
}

/** Prints a story while it happens. Returns whether every answer was as it must be. */
export async function report(
  story: AsyncIterable<Chapter | Exchange>,
  print: (text: string) => void,
  paint: Paint,
): Promise<boolean> {
  let good = 0
  let bad = 0
  for await (const event of story) {
    if ('title' in event) {
      print(`\n${paint('bold', event.title)}`)
      continue
    }
    if (event.problems.length === 0) good += 1
    else bad += 1
    print(`\n${formatExchange(event, paint)}`)
  }
  const isGood = good > 0 && bad === 0
  const total = String(good + bad)
  print(`\n${paint(isGood ? 'green' : 'red', `${good} of ${total} answers are as the standards demand.`)}`)
  return isGood
}

/** Request and status, what the answer says, a word on why; and what is wrong with it, if anything is. */
function formatExchange({ request, sent, status, answer, why, problems }: Exchange, paint: Paint): string {
  const mark = problems.length === 0 ? paint('green', '✓') : paint('red', '✗')
  return [
    `  ${mark} ${String(status)}  ${request.padEnd(12)} ${sent}`,
    ...answer.map((line) => `         ${line}`),
    ...problems.map((line) => `         ${paint('red', line)}`),
    `         ${paint('dim', why)}`,
  ].join('\n')
}
