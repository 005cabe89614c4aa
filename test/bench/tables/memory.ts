import { askProgram } from '../program.js'
import type { Memory, MemorySettings } from '../programs/memory.js'
import { toText } from '../statistics.js'
import type { MakeTables, Table } from '../table.js'

/** What a verdict takes, and what many tokens leave behind. Each in a process of its own. */
export const measureMemory: MakeTables = async ({ isQuick }) => {
  const verdicts = await measure({ kind: 'verdicts', count: isQuick ? 4_000 : 20_000 })
  const valid = await measure({ kind: 'valid', count: isQuick ? 4_000 : 160_000 })
  const hostile = await measure({ kind: 'hostile', count: isQuick ? 4_000 : 400_000 })
  return [toVerdictTable(verdicts), toFloodTable([valid, hostile])]
}

type Measured = Memory & MemorySettings

async function measure(settings: MemorySettings): Promise<Measured> {
  return { ...settings, ...(await askProgram<Memory>('memory', settings, ['--expose-gc'])) }
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
