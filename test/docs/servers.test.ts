import { expect, test } from '@jest/globals'
import { PROFILES, type AccessTokenProfile } from '@bearward/core'
import { findRows, readPage } from './markdown.js'

const MEMBERS = [
  'typ',
  'optionalClaims',
  'clientIdClaim',
  'audienceClaim',
  'scopesFrom',
  'requiredClaims',
] as const

function describeMember(value: AccessTokenProfile[(typeof MEMBERS)[number]]): string {
  if (value === undefined) return '–'
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([claim, required]) => `${claim}: ${String(required)}`)
      .join(', ')
  }
  return [value].flat().map(String).join(', ')
}

test('the page on servers shows every profile and no other, as it is', () => {
  expect(findRows(readPage('docs/servers.md'), 'Profile')).toEqual(
    Object.entries(PROFILES).map(([name, profile]) => [
      name,
      ...MEMBERS.map((member) => describeMember(profile[member])),
    ]),
  )
})
