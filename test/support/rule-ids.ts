/** What the tests in a source file stand for. */
export interface RuleIds {
  /** Every id that a `rule` or `ruleForEach` names, as often as it is named. */
  readonly ids: readonly string[]
  /** Calls whose ids cannot be read, since they are not written out there; by line. */
  readonly unreadable: readonly number[]
}

/** A call at the start of a line, as the formatter leaves it: not a definition, and not one in a comment or a text. */
const CALLS = /^[ \t]*(?:await )?(?:rule|ruleForEach)(?:<[^]*?>)?\(/gm
/** One id, or a list of ids: string literals without anything in between. */
const LITERAL = /^\s*(?:'(?<one>[^'\n]+)'|\[(?<list>(?:\s*'[^'\n]+',?)+\s*\])),/

/** Finds the ids that a source file names, without running it. */
export function findRuleIds(source: string): RuleIds {
  const ids: string[] = []
  const unreadable: number[] = []
  for (const call of source.matchAll(CALLS)) {
    const end = call.index + call[0].length
    const found = LITERAL.exec(source.slice(end))?.groups
    if (found === undefined) unreadable.push(source.slice(0, end).split('\n').length)
    else ids.push(...(found['one'] ?? found['list'] ?? '').split(/[\s',\]]+/).filter((id) => id !== ''))
  }
  return { ids, unreadable }
}
