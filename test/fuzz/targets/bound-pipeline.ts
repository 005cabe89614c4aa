import { createResourceServer, recall } from '../../../packages/core/src/resource-server.js'
import type { ProtectedResourceRequest } from '../../../packages/core/src/request.js'
import { createManualClock } from '../../support/manual-clock.js'
import { judge, requestWith, type Verdict as Outcome } from '../../support/request.js'
import { referenceBoundRequest, type Sent } from '../reference/bound-request.js'
import { referenceChallenges } from '../reference/challenges.js'
import { AUDIENCES, ISSUER, NOW, SETTINGS } from '../reference/rules.js'
import { pick } from '../support/chance.js'
import { Finding, type Target, type Verdict } from '../support/target.js'
import { PUBLISHED } from './answers.js'
import { talkOf, type Talk } from './bound-requests.js'
import { BOUND_SETTINGS, type BoundSetting } from './bound-settings.js'

const [{ rules }] = SETTINGS as [(typeof SETTINGS)[number]]

/**
 * Several requests, one after another, with bound tokens and what should prove who sends them: by resource servers that keep
 * verdicts, and by ones that do not.
 */
export const boundPipeline: Target = {
  name: 'bound-pipeline',
  weight: 1,
  leastAccepted: 0.2,
  prepare(chance) {
    const setting = pick(chance, BOUND_SETTINGS)
    const talk = talkOf(chance, setting)
    return {
      input: { options: setting.options, ...talk },
      async judge() {
        const anew = await judgeTalk(talk, setting, false)
        const remembered = await judgeTalk(talk, setting, true)
        if (JSON.stringify(anew) !== JSON.stringify(remembered))
          throw new Finding(
            `judges anew ${JSON.stringify(anew)}, and with memory ${JSON.stringify(remembered)}`,
          )
        return toVerdict(anew)
      },
      expect: async () => toVerdict(await expectTalk(talk, setting)),
    }
  },
}

/** Each request, at its time, by one resource server; as adapters ask it. */
async function judgeTalk({ steps }: Talk, setting: BoundSetting, verdictCache: boolean): Promise<unknown[]> {
  const clock = createManualClock(NOW)
  const server = createResourceServer({
    issuer: ISSUER,
    audience: AUDIENCES,
    jwksUri: `${ISSUER}/jwks`,
    fetch: () => Promise.resolve(Response.json({ keys: PUBLISHED.map(({ jwk }) => jwk) })),
    clock,
    verdictCache,
    ...setting.options,
  })
  const said: unknown[] = []
  for (const { delay, sent } of steps) {
    clock.advance(delay)
    const request = toRequest(sent)
    const auth = recall(server, request)
    said.push(summarize(auth === undefined ? await judge(server, request) : { verdict: 'accepted', auth }))
  }
  server.close()
  return said
}

function toRequest(sent: Sent): ProtectedResourceRequest {
  const { method, target, hosts, secure, remoteAddress, certificate } = sent
  return {
    ...requestWith({ ...sent.fields, host: hosts }),
    method,
    target,
    secure,
    connection: () => ({ remoteAddress, certificate, tlsVersion: 'TLSv1.3' }),
    source: sent,
  }
}

/** Who sends it; `refused`, where the challenges can be read. */
function summarize(outcome: Outcome): unknown {
  if (outcome.verdict === 'unavailable') throw new Finding(`answers ${outcome.error.code}`)
  if (outcome.verdict === 'refused') {
    const fields = [outcome.error.headers['WWW-Authenticate'] ?? []].flat()
    if (fields.flatMap(referenceChallenges).length === 0) throw new Finding('refuses without a challenge')
    return 'refused'
  }
  const { issuer, subject, clientId, scopes, claims, via, scheme } = outcome.auth
  return { issuer, subject, clientId, scopes: [...scopes], claims, via, scheme: scheme.toLowerCase() }
}

async function expectTalk({ steps, nonces }: Talk, { asked }: BoundSetting): Promise<unknown[]> {
  const known = { rules, keys: PUBLISHED, nonces, used: new Map<string, Sent>() }
  const said: unknown[] = []
  let now = NOW
  for (const { delay, sent } of steps) {
    now += delay
    const who = await referenceBoundRequest(sent, asked, known, now)
    said.push(typeof who === 'string' ? 'refused' : who)
  }
  return said
}

function toVerdict(said: readonly unknown[]): Verdict {
  return said.some((one) => one !== 'refused') ? { accepted: said } : { refused: 'refused' }
}
