import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import { createProofCheck } from '../../../packages/core/src/binding/dpop.js'
import { createMemoryReplayStore } from '../../../packages/core/src/binding/replay.js'
import { toRequest } from '../../support/dpop.js'
import { createManualClock } from '../../support/manual-clock.js'
import { rule, ruleForEach } from '../../support/rule.js'

const TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const HEADER =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19'

/** Figure 13: a proof for a protected resource. */
const PROOF = `${HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`
const MADE_AT = 1_562_262_618
const TARGET = '/protectedresource'

/** Proofs for a token endpoint, and when they were made. */
const TOKEN_ENDPOINT_PROOFS = {
  'Figure 2': [
    1_562_262_616,
    `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`,
  ],
  'Figure 7': [
    1_562_265_296,
    `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjY1Mjk2fQ.pAqut2IRDm_De6PR93SYmGBPXpwrAk90e8cP2hjiaG5QsGSuKDYW7_X620BxqhvYC8ynrrvZLTk41mSRroapUA`,
  ],
} as const

const createCheck = (now: number, origin: string) => {
  const clock = createManualClock(now)
  return createProofCheck({
    origins: [origin],
    algorithms: new Set(['ES256']),
    maxAge: 60,
    nonces: undefined,
    replayStore: createMemoryReplayStore(clock),
    clock,
  })
}

rule(
  ['9449-4.3-12a', '9449-4.3-12b'],
  'accepts the proof of figure 13 at its time, and only once',
  async () => {
    const check = createCheck(MADE_AT, 'https://resource.example.org')
    const request = toRequest({ token: TOKEN, proof: PROOF, target: TARGET })
    await expect(check(request, TOKEN, THUMBPRINT)).resolves.toBeUndefined()
    await expect(check(request, TOKEN, THUMBPRINT)).rejects.toMatchObject({ code: 'ERR_PROOF_REPLAYED' })
  },
)

rule('9449-4.3-12a', 'makes the hash of figure 14', () => {
  const ath = createHash('sha256').update(TOKEN).digest('base64url')
  expect(ath).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')
})

ruleForEach(
  ['9449-4.3-9', '9449-4.3-11', '9449-4.3-12a', '9449-4.3-12b'],
  {
    'another origin': [MADE_AT, 'https://other.example.org', TOKEN, THUMBPRINT, 'ERR_PROOF_TARGET'],
    'a later time': [MADE_AT + 61, 'https://resource.example.org', TOKEN, THUMBPRINT, 'ERR_PROOF_TIME'],
    'another token': [MADE_AT, 'https://resource.example.org', `${TOKEN}x`, THUMBPRINT, 'ERR_PROOF_TOKEN'],
    'another key': [MADE_AT, 'https://resource.example.org', TOKEN, 'A'.repeat(43), 'ERR_TOKEN_KEY_BINDING'],
  } as const,
  'refuses the proof of figure 13 with %s',
  async ([now, origin, token, thumbprint, code]) => {
    const request = toRequest({ token, proof: PROOF, target: TARGET })
    await expect(createCheck(now, origin)(request, token, thumbprint)).rejects.toMatchObject({ code })
  },
)

ruleForEach(
  '9449-4.3-3',
  TOKEN_ENDPOINT_PROOFS,
  'refuses the proof of %s: it was made for a token endpoint',
  async ([now, proof]) => {
    const check = createCheck(now, 'https://server.example.com')
    const request = toRequest({ token: TOKEN, proof, method: 'POST', target: '/token' })
    await expect(check(request, TOKEN, THUMBPRINT)).rejects.toMatchObject({
      code: 'ERR_PROOF_MALFORMED',
      cause: 'ath',
    })
  },
)
