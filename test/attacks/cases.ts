import { OWN_ATTACKS } from './catalogue/own.js'
import { NOT_APPLICABLE, type NotApplicableId } from './catalogue/not-applicable.js'
import { REQUEST_ATTACKS } from './catalogue/requests.js'
import { SERVER_ATTACKS } from './catalogue/servers.js'
import { TOKEN_ATTACKS } from './catalogue/tokens.js'

/** The catalogue: attacks from the vulnerability history of this field, by their id. */
export const CATALOGUE = { ...TOKEN_ATTACKS, ...SERVER_ATTACKS, ...REQUEST_ATTACKS }

const untried: readonly string[] = Object.values(NOT_APPLICABLE).flatMap(({ ids }) => [...ids])

/** Attacks that every part of Bearward must withstand, by their id: each has a test. */
export const ATTACKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(CATALOGUE).filter(([id]) => !untried.includes(id))),
  ...OWN_ATTACKS,
}

export type AttackId = Exclude<keyof typeof CATALOGUE, NotApplicableId> | keyof typeof OWN_ATTACKS
