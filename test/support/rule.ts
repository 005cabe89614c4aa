import { test } from '@jest/globals'
import type { AttackId } from '../attacks/cases.js'
import type { RequirementId } from '../requirements.js'

export type RuleId = RequirementId | AttackId

/** A test that stands for requirements or attacks. Its name is a sentence; its ids exist in their tables. */
export function rule(
  ids: RuleId | readonly RuleId[],
  sentence: string,
  run: () => Promise<void> | void,
): void {
  test(`${sentence} [${[ids].flat().join(', ')}]`, run)
}

/** The same rule for each of several cases; `%s` in the sentence stands for the case's name. */
export function ruleForEach<Case>(
  ids: RuleId | readonly RuleId[],
  cases: Readonly<Record<string, Case>>,
  sentence: string,
  run: (value: Case) => Promise<void> | void,
): void {
  for (const [name, value] of Object.entries(cases)) rule(ids, sentence.replace('%s', name), () => run(value))
}
