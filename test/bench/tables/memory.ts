import { askProgram } from '../program.js'
import type { Memory, MemorySettings } from '../programs/memory.js'
import { toText } from '../statistics.js'
import type { MakeTables, Table } from '../table.js'

/** What a verdict takes, and what many tokens leave behind. Each in a process of its own, at once: no time is measured. */
export const measureMemory: MakeTables = async ({ isQuick }) => {
  const count = isQuick ? 4_000 : 1_000_000
  const [verdicts, ...floods] = await Promise.all([
    measure({ kind: 'verdicts', count: isQuick ? 4_000 : 20_000 }),
    measure({ kind: 'valid', count }),
    measure({ kind: 'hostile', count }),
  ])
  return [toVerdictTable(verdicts), toFloodTable(floods)]
}

type Measured = Memory & MemorySettings

async function measure(settings: MemorySettings): Promise<Measured> {
  return { ...settings, ...(await askProgram<Memory>('memory', settings, { execArgv: ['--expose-gc'] })) }
}

function toVerdictTable({ heap, count, length }: Measured): Table {
  const bytes = ((heap.at(-1) ?? NaN) - (heap[0] ?? NaN)) / count
  return {
    title: 'A verdict that is kept',
    header: ['Token, characters', 'Verdicts', 'Bytes each'],
    rows: [[toText(length), count.toLocaleString('en'), bytes.toFixed(0)]],
    samples: { heap },
  }
}

function toFloodTable(floods: readonly Measured[]): Table {
  return {
    title: 'Heap and resident memory, in MB, with the default of 32 MiB for verdicts',
    caption:
      'Of the different tokens, each 20th is sent twice, so that verdicts are kept. The valid ones are signed by ES256, the ' +
      'hostile ones say RS256.',
    header: ['Different tokens', '', 'After 1,000', 'A quarter', 'Half', 'Three quarters', 'All'],
    rows: floods.flatMap(({ kind, count, heap, resident }) => [
      [`${count.toLocaleString('en')} ${kind}`, 'heap', ...heap.map(toMegabytes)],
      ['', 'resident', ...resident.map(toMegabytes)],
    ]),
    samples: Object.fromEntries(floods.map(({ kind, heap }) => [kind, heap])),
  }
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
