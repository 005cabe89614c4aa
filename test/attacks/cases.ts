import { OWN_ATTACKS } from './catalogue/own.js'
import { REQUEST_ATTACKS } from './catalogue/requests.js'
import { SERVER_ATTACKS } from './catalogue/servers.js'
import { TOKEN_ATTACKS } from './catalogue/tokens.js'

/** The catalogue: attacks from the vulnerability history of this field, by their id. */
export const CATALOGUE = { ...TOKEN_ATTACKS, ...SERVER_ATTACKS, ...REQUEST_ATTACKS }

/** Attacks that every part of Bearward must withstand, by their id: each has a test. */
export const ATTACKS: Readonly<Record<string, string>> = { ...CATALOGUE, ...OWN_ATTACKS }

export type AttackId = keyof typeof CATALOGUE | keyof typeof OWN_ATTACKS
