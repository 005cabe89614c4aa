import { expect, test } from '@jest/globals'
import type { Forgotten, StoredVerdict } from '@bearward/core'
import { rule } from '../../support/rule.js'
import { isTrueSoon } from '../../support/program.js'
import { describeEachServer } from '../support/servers.js'
import { outcomeOf, SECRET, toVerdictPlace, useStores, withClient } from '../support/stores.js'
import { useRedis } from '../support/use-redis.js'

const NEW_SECRET = 'another secret, which is new since today'
const KEY = 'the key of a verdict'
const PLACE = toVerdictPlace(KEY).key
const claims = { active: true, sub: 'alice', client_id: 'dashboard', sid: 'session-of-alice' }
const agedBy = (age: number): StoredVerdict => ({ claims, askedAt: Math.floor(Date.now() / 1000) - age })

describeEachServer('the verdict store on %s', (name) => {
  const redis = useRedis(name)
  const createStores = useStores()

  const createStore = async (secrets: readonly string[] = [SECRET]) =>
    (await createStores({ url: redis().url, secrets, dangerouslyTrustEmptyRedis: true })).verdictStore

  test('gives a verdict of one process to another, with the time of the question', async () => {
    const [one, other] = [await createStore(), await createStore()]
    const verdict = agedBy(10)
    await one.store(KEY, verdict, 60)
    expect(await other.find(KEY)).toEqual(verdict)
    expect(await other.find('another key')).toBeUndefined()
  })

  test('keeps that a token is not active as well', async () => {
    const store = await createStore()
    const verdict = { claims: undefined, askedAt: 1_000 }
    await store.store(KEY, verdict, 60)
    expect(await store.find(KEY)).toEqual(verdict)
  })

  rule(
    'OWN-80',
    'takes none of more than 16 kB, encrypted: somebody else decides how long claims are',
    async () => {
      const store = await createStore()
      const withClaims = (length: number) => ({
        ...agedBy(10),
        claims: { ...claims, long: 'x'.repeat(length) },
      })
      await store.store(KEY, withClaims(12_000), 60)
      expect((await store.find(KEY))?.claims?.['long']).toHaveLength(12_000)
      await store.store('another key', withClaims(12_300), 60)
      expect(await store.find('another key')).toBeUndefined()
      expect(await withClient(redis().url, (client) => client.keys('*another key'))).toEqual([])
    },
  )

  test('holds nothing that can be read, and forgets it after its lifetime', async () => {
    const store = await createStore()
    await store.store(KEY, agedBy(0), 50)
    const [stored, left] = await withClient(redis().url, async (client) => [
      (await client.get(PLACE)) ?? '',
      await client.pTTL(PLACE),
    ])
    expect(stored).toMatch(/^\d+ [\w+/]+=*$/)
    const bytes = Buffer.from(stored.slice(stored.indexOf(' ') + 1), 'base64').toString('latin1')
    expect(`${stored}${bytes}`).not.toMatch(/alice|dashboard|session|active/)
    expect(left).toBeGreaterThan(40_000)
    expect(left).toBeLessThanOrEqual(50_000)
  })

  test('is read by nobody without the secret, and by all while the secret changes', async () => {
    const [old, both, moved, next] = [
      await createStore([SECRET]),
      await createStore([SECRET, NEW_SECRET]),
      await createStore([NEW_SECRET, SECRET]),
      await createStore([NEW_SECRET]),
    ]
    await old.store('old', agedBy(0), 60)
    await moved.store('new', agedBy(0), 60)
    const isKnown = async (store: typeof old, key: string) => (await store.find(key)) !== undefined
    expect([await isKnown(old, 'old'), await isKnown(both, 'old'), await isKnown(moved, 'old')]).toEqual([
      true,
      true,
      true,
    ])
    expect([await isKnown(both, 'new'), await isKnown(moved, 'new'), await isKnown(next, 'new')]).toEqual([
      true,
      true,
      true,
    ])
    expect([await isKnown(next, 'old'), await isKnown(old, 'new')]).toEqual([false, false])
  })

  test('believes no verdict that was moved to another key, or made younger', async () => {
    const store = await createStore()
    await store.store(KEY, agedBy(50), 60)
    await withClient(redis().url, async (client) => {
      const stored = (await client.get(PLACE)) ?? ''
      await client.set(toVerdictPlace('another').key, stored)
      await client.set(toVerdictPlace('younger').key, stored.replace(/^\d+/, String(Date.now())))
      await client.set(toVerdictPlace('garbage').key, 'garbage')
      await client.set(toVerdictPlace('empty').key, '')
    })
    expect(await store.find(KEY)).toBeDefined()
    for (const key of ['another', 'younger', 'garbage', 'empty'])
      expect(await store.find(key)).toBeUndefined()
  })

  test('keeps the verdict that was asked for last, whoever comes first', async () => {
    const store = await createStore()
    const revoked = { claims: undefined, askedAt: agedBy(10).askedAt }
    await store.store(KEY, agedBy(20), 3_600)
    await store.store(KEY, revoked, 5)
    await store.store(KEY, agedBy(15), 60)
    expect(await store.find(KEY)).toEqual(revoked)
    const left = await withClient(redis().url, (client) => client.pTTL(PLACE))
    expect(left).toBeGreaterThan(3_500_000) // as long as the one before would have been believed
    const younger = agedBy(5)
    await store.store(KEY, younger, 60)
    expect(await store.find(KEY)).toEqual(younger)
  })

  test.each<[string, Forgotten]>([
    ['one token', { digest: KEY }],
    ['all that fit', { criteria: { subject: 'alice' } }],
    ['all', 'all'],
  ])('forgets %s for good: an answer from before is not stored later', async (_what, forgotten) => {
    const [one, other] = [await createStore(), await createStore()]
    await one.store(KEY, agedBy(10), 60)
    await one.forget(forgotten)
    expect(await other.find(KEY)).toBeUndefined()
    await other.store(KEY, agedBy(5), 60)
    expect(await other.find(KEY)).toBeUndefined()
    const younger = agedBy(-10)
    await other.store(KEY, younger, 60)
    expect(await one.find(KEY)).toEqual(younger)
  })

  test('forgets all verdicts on a token, whoever asked in whatever way, and no other', async () => {
    const store = await createStore()
    const [keys, other] = [['token one.a', 'token one.b'], 'token on.a']
    for (const key of [...keys, other]) await store.store(key, agedBy(10), 3_600)
    await store.forget({ digest: 'token one' })
    expect(await Promise.all(keys.map((key) => store.find(key)))).toEqual([undefined, undefined])
    expect(await store.find(other)).toBeDefined()
    const fresh = await createStore()
    expect(await fresh.find('token one.a')).toBeUndefined()
    const left = await withClient(redis().url, (client) =>
      client.pTTL(toVerdictPlace('token one.forgotten').key),
    )
    expect(left).toBeGreaterThan(3_600_000) // longer than any verdict
  })

  test('tells all other processes what to forget, in words that only they can read', async () => {
    const [one, other] = [await createStore(), await createStore()]
    const [own, heard, raw] = [[] as Forgotten[], [] as Forgotten[], [] as string[]]
    one.subscribe((forgotten) => own.push(forgotten))
    const unsubscribe = other.subscribe((forgotten) => heard.push(forgotten))
    await withClient(redis().url, async (client) => {
      await client.subscribe('bearward:forget', (message) => raw.push(message))
      const count = async () => withClient(redis().url, (asking) => asking.pubSubNumSub('bearward:forget'))
      expect(await isTrueSoon(async () => (await count())['bearward:forget'] === 3)).toBe(true)
      await one.forget({ criteria: { subject: 'alice' } })
      await one.forget({ digest: KEY })
      expect(await isTrueSoon(() => raw.length === 2 && heard.length >= 4)).toBe(true)
      unsubscribe()
      await one.forget('all')
      expect(await isTrueSoon(() => raw.length === 3)).toBe(true)
    })
    expect(heard.filter((each) => each !== 'all')).toEqual([
      { criteria: { subject: 'alice' } },
      { digest: KEY },
    ])
    // Others who share the stores of this process, too; once, and not again from the channel.
    expect(own.filter((each) => each !== 'all')).toEqual([
      { criteria: { subject: 'alice' } },
      { digest: KEY },
    ])
    expect(raw.join('\n')).not.toMatch(/alice|key of/)
  })

  test('tells, when it could not, as soon as it can: everything is forgotten then', async () => {
    const errors: Error[] = []
    const onError = (error: Error) => void errors.push(error)
    const options = { url: redis().url, timeLimit: 0.1, dangerouslyTrustEmptyRedis: true, onError }
    const [one, other] = [(await createStores(options)).verdictStore, await createStore()]
    await one.store(KEY, agedBy(10), 60)
    const heard: Forgotten[] = []
    other.subscribe((forgotten) => heard.push(forgotten))
    const before = heard.length
    redis().pause()
    expect(await outcomeOf(one.forget({ digest: KEY }))).toBeInstanceOf(Error)
    expect(errors.length).toBeGreaterThan(0)
    redis().resume()
    expect(await isTrueSoon(async () => (await other.find(KEY)) === undefined)).toBe(true)
    expect(await isTrueSoon(() => heard.slice(before).includes('all'))).toBe(true)
  })
})
