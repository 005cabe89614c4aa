/** Actors of one token. */
const LONGEST_CHAIN = 10

/** Whether `act` is an actor, who names somebody, and so are those before, ten at most: RFC 8693, section 4.1. */
export function isActor(act: unknown, left: number = LONGEST_CHAIN): boolean {
  if (typeof act !== 'object' || act === null || Array.isArray(act) || left === 0) return false
  const members = new Map(Object.entries(act as Record<string, unknown>))
  const isNamed = [...members.keys()].some((name) => name !== 'act')
  const areTexts = ['iss', 'sub', 'client_id'].every(
    (name) => !members.has(name) || (typeof members.get(name) === 'string' && members.get(name) !== ''),
  )
  return isNamed && areTexts && (!members.has('act') || isActor(members.get('act'), left - 1))
}
