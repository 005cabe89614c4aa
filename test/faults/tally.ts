import type { Exchange } from './load.js'
import { VERDICTS, type Truth, type Verdict } from './truth.js'

/** What happened to one library in one phase. */
export interface PhaseTally {
  requests: number
  readonly verdicts: Record<Verdict, number>
  /** Statuses of good tokens that were not accepted; 0 stands for no answer. */
  readonly failures: Record<number, number>
  /** In milliseconds. */
  longestWait: number
  fetches: number
}

/** What happened to one library. */
export interface Tally {
  readonly phases: Readonly<Record<string, PhaseTally>>
  addAnswer(exchange: Exchange): void
  addNone(phase: string): void
  addFetch(phase: string): void
  /** For how long a withdrawn key was believed, in seconds; 0 where it never was. */
  readonly longestBelief: number
}

export function createTally(phaseNames: readonly string[], truth: Truth): Tally {
  const phases = Object.fromEntries(phaseNames.map((name) => [name, createPhaseTally()]))
  let longestBelief = 0

  function find(name: string): PhaseTally {
    const phase = phases[name]
    if (phase === undefined) throw new Error(`There is no phase ${name}`)
    return phase
  }

  function add(phase: PhaseTally, verdict: Verdict, status: number): void {
    phase.requests += 1
    phase.verdicts[verdict] += 1
    const isFailure = verdict === 'refused' || verdict === 'unavailable' || verdict === 'failed'
    if (isFailure) phase.failures[status] = (phase.failures[status] ?? 0) + 1
  }

  return {
    phases,
    addAnswer(exchange) {
      const verdict = truth.judge(exchange)
      const phase = find(exchange.phase)
      add(phase, verdict, exchange.status)
      phase.longestWait = Math.max(phase.longestWait, exchange.answeredAt - exchange.sentAt)
      if (verdict === 'late' || verdict === 'believed') {
        longestBelief = Math.max(longestBelief, truth.findLateness(exchange) ?? 0)
      }
    },
    addNone: (phase) => {
      add(find(phase), 'failed', 0)
    },
    addFetch: (phase) => {
      find(phase).fetches += 1
    },
    get longestBelief() {
      return longestBelief
    },
  }
}

function createPhaseTally(): PhaseTally {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>
  return { requests: 0, verdicts, failures: {}, longestWait: 0, fetches: 0 }
}
