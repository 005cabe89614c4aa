import { ALGORITHMS, createIssuer, type Algorithm, type Issuer } from '../issuer.js'
import { awsJwtVerify } from '../peers/aws-jwt-verify.js'
import { bearward, bearwardRecall } from '../peers/bearward.js'
import { cryptoInLine, cryptoOnPool } from '../peers/crypto.js'
import { fastJwt, fastJwtCached } from '../peers/fast-jwt.js'
import { jose } from '../peers/jose.js'
import { jsonwebtoken } from '../peers/jsonwebtoken.js'
import { oauth4webapi } from '../peers/oauth4webapi.js'
import type { Judge, Peer } from '../peers/peer.js'
import { takeRounds, timeBatches, timeSteps, type Time } from '../rounds.js'
import { toMedian, toRatios, toSpread, toText } from '../statistics.js'
import { createFresh } from '../strings.js'
import type { MakeTables, Table } from '../table.js'

type Samples = Record<string, number[]>
type Times = Record<string, Time[]>

const VERIFIERS = [
  cryptoOnPool,
  bearward,
  jose,
  cryptoInLine,
  fastJwt,
  fastJwtCached,
  jsonwebtoken,
  awsJwtVerify,
  oauth4webapi,
]
const CACHES = [bearwardRecall, bearward, fastJwtCached]
const LANES = 64
/** Of hits, in a sample. */
const BATCHES = 9
const BATCH = 10_000

/** A token that comes again, and one that comes for the first time. */
export const compareVerdicts: MakeTables = async ({ isQuick }) => {
  const [rounds, count] = isQuick ? [2, 200] : [5, 4_000]
  const sizes = isQuick ? [1, 1_000] : [1, 1_000, 100_000]
  const hits: Record<string, Samples> = {}
  const misses: Record<string, Times> = {}
  for (const algorithm of ALGORITHMS) {
    const issuer = await createIssuer(algorithm)
    misses[algorithm] = await takeMisses(issuer, rounds, count)
    for (const size of sizes) {
      if (size > 1_000 && algorithm !== FASTEST_TO_SIGN) continue
      hits[`${algorithm}, ${size.toLocaleString('en')}`] = await takeHits(issuer, size, rounds, isQuick)
    }
  }
  return [...toMissTables(misses), toHitTable(hits)]
}

/** 100,000 signatures of the others take minutes; a hit checks none. */
const FASTEST_TO_SIGN: Algorithm = 'ES256'

/** For each token that comes for the first time, 64 at once. */
async function takeMisses(issuer: Issuer, rounds: number, count: number): Promise<Times> {
  const fresh = createFresh(await issuer.mint(count))
  const able = VERIFIERS.filter(({ algorithms }) => algorithms?.includes(issuer.algorithm) !== false)
  for (const peer of able) await checkRefusal(peer, issuer)
  const subjects = able.map((peer) => ({
    name: peer.name,
    async sample() {
      const judge = peer.create(issuer, count)
      const [first = '', ...values] = fresh.take(count)
      await judge(first) // brings the keys
      return timeSteps(values.length, LANES, (index) => judge(values[index] ?? ''))
    },
  }))
  return takeRounds(subjects, rounds)
}

/** Microseconds for each token that came before, one after the other. */
async function takeHits(issuer: Issuer, size: number, rounds: number, isQuick: boolean): Promise<Samples> {
  const batches = isQuick ? 1 : BATCHES
  const tokens = await issuer.mint(size)
  const subjects = CACHES.map((peer) => {
    const judge = peer.create(issuer, size)
    const fresh = createFresh(tokens)
    let isWarm = false
    return {
      name: peer.name,
      async sample() {
        if (!isWarm)
          await timeSteps(size, LANES, (index) => comeTwice(judge, `Bearer ${tokens[index] ?? ''}`))
        isWarm = true
        return timeBatches(batches, () => timeHits(judge, fresh.take(BATCH)))
      },
    }
  })
  return takeRounds(subjects, rounds)
}

async function comeTwice(judge: Judge, value: string): Promise<void> {
  await judge(value)
  await judge(value)
}

/** What is at hand is not waited for: that is what it is at hand for. */
async function timeHits(judge: Judge, values: readonly string[]): Promise<number> {
  const begin = process.hrtime.bigint()
  for (const value of values) {
    const verdict = judge(value)
    if (verdict instanceof Promise) await verdict
  }
  return Number(process.hrtime.bigint() - begin) / 1000 / values.length
}

/** A library that is set up so that it accepts anything would be fast. */
async function checkRefusal({ name, create }: Peer, issuer: Issuer): Promise<void> {
  const [token = '', other = ''] = await issuer.mint(2)
  const forged = `${token.slice(0, token.lastIndexOf('.'))}${other.slice(other.lastIndexOf('.'))}`
  const judge = create(issuer, 1)
  await judge(`Bearer ${token}`)
  const isRefused = await Promise.resolve()
    .then(() => judge(`Bearer ${forged}`))
    .then(
      () => false,
      () => true,
    )
  if (!isRefused) throw new Error(`${name} accepts a forged token`)
}

function toMissTables(misses: Readonly<Record<string, Times>>): readonly Table[] {
  const algorithms = Object.keys(misses)
  const wall = pick(misses, (time) => time.wall)
  const cpu = pick(misses, (time) => time.cpu)
  const describe = (name: string, algorithm: string) => {
    const samples = wall[algorithm]?.[name]
    if (samples === undefined) return '–'
    const share = toMedian(toRatios(wall[algorithm]?.[cryptoOnPool.name] ?? [], samples))
    return `${toSpread(samples)}, ${toText(share * 100)} %`
  }
  const toRows = (toCell: (name: string, algorithm: string) => string) =>
    VERIFIERS.map(({ name }) => [name, ...algorithms.map((algorithm) => toCell(name, algorithm))])
  const title = `A token that comes for the first time, ${String(LANES)} at once`
  return [
    {
      title: `${title}: µs each, and share of the rate of the pool`,
      header: ['', ...algorithms],
      rows: toRows(describe),
      samples: flatten(wall),
    },
    {
      title: `${title}: µs on processors, of all threads`,
      header: ['', ...algorithms],
      rows: toRows((name, algorithm) => toSpread(cpu[algorithm]?.[name] ?? [])),
      samples: flatten(cpu),
    },
  ]
}

function pick(
  groups: Readonly<Record<string, Times>>,
  read: (time: Time) => number,
): Record<string, Samples> {
  const pickAll = (times: Times) =>
    Object.fromEntries(Object.entries(times).map(([name, taken]) => [name, taken.map(read)]))
  return Object.fromEntries(Object.entries(groups).map(([group, times]) => [group, pickAll(times)]))
}

function toHitTable(hits: Readonly<Record<string, Samples>>): Table {
  const names = CACHES.map(({ name }) => name)
  return {
    title: 'A token that came before, as a new string: µs each',
    header: ['Algorithm, tokens', ...names, 'Ratio of the last two'],
    rows: Object.entries(hits).map(([situation, samples]) => {
      const [slow, fast] = [samples[fastJwtCached.name] ?? [], samples[bearward.name] ?? []]
      const ratio = `${toText(toMedian(toRatios(slow, fast)))} ×`
      return [situation, ...names.map((name) => toSpread(samples[name] ?? [])), ratio]
    }),
    samples: flatten(hits),
  }
}

function flatten(groups: Readonly<Record<string, Samples>>): Samples {
  const entries = Object.entries(groups).flatMap(([group, samples]) =>
    Object.entries(samples).map(([name, taken]): [string, number[]] => [`${group}: ${name}`, taken]),
  )
  return Object.fromEntries(entries)
}
