import {
  createClient,
  forgeProof,
  mismatch,
  PROOF_ALGORITHMS,
  signRequests,
  type BoundRequest,
  type Client,
} from '../clients.js'
import { createIssuer, type Issuer } from '../issuer.js'
import type { ProofPeer } from '../peers/proof-peer.js'
import {
  bearwardProof,
  proofByJose,
  proofByOauth4webapi,
  proofByWebCrypto,
  proofInLine,
  proofOnPool,
  TARGET,
} from '../peers/proofs.js'
import { takeRounds, timeSteps, type Time } from '../rounds.js'
import { toDifferences, toMedian, toRatios, toSpread, toText } from '../statistics.js'
import type { MakeTables, Table } from '../table.js'

type Times = Record<string, Time[]>

const PEERS = [proofOnPool, bearwardProof, proofByWebCrypto, proofByJose, proofInLine, proofByOauth4webapi]
const LANES = 64
const NONE: BoundRequest = { authorization: '', proof: '' }
const URL = TARGET.origin + TARGET.path

/** Proofs of one client, each for the first time, without HTTP. */
export const compareProofs: MakeTables = async ({ isQuick }) => {
  const [rounds, count] = isQuick ? [2, 200] : [5, 3_000]
  const issuer = await createIssuer('RS256')
  const taken: Record<string, Times> = {}
  for (const algorithm of PROOF_ALGORITHMS) {
    const [client, other] = [await createClient(issuer, algorithm), await createClient(issuer, algorithm)]
    for (const peer of PEERS) await checkRefusals(peer, issuer, client, other)
    taken[algorithm] = await takeProofs(issuer, client, rounds, count)
  }
  return toTables(taken)
}

/** For each proof, 64 at once. All are signed before, and the token is known from the first ones. */
function takeProofs(issuer: Issuer, client: Client, rounds: number, count: number): Promise<Times> {
  const subjects = PEERS.map((peer) => {
    const judge = peer.create(issuer, client)
    return {
      name: peer.name,
      async sample() {
        for (const first of toFresh(await signRequests([client], 3, URL))) await judge(first)
        const requests = toFresh(await signRequests([client], count, URL))
        return timeSteps(count, LANES, (index) => judge(requests[index] ?? NONE))
      },
    }
  })
  return takeRounds(subjects, rounds)
}

/** As from the network: each string is a new one, whose hash nobody has computed. */
function toFresh(requests: readonly BoundRequest[]): readonly BoundRequest[] {
  const copy = (text: string) => Buffer.from(text, 'latin1').toString('latin1')
  return requests.map(({ authorization, proof }) => ({
    authorization: copy(authorization),
    proof: copy(proof),
  }))
}

/** A library that is set up so that it accepts anything would be fast. */
async function checkRefusals(
  { name, checks, create }: ProofPeer,
  issuer: Issuer,
  client: Client,
  other: Client,
): Promise<void> {
  const judge = create(issuer, client)
  const expect = async (what: string, request: BoundRequest, isGood: boolean) => {
    const verdict = await Promise.resolve(request)
      .then(judge)
      .then(
        () => true,
        () => false,
      )
    if (verdict !== isGood) throw new Error(`${name} ${verdict ? 'accepts' : 'refuses'} ${what}`)
  }
  const [good, second] = (await signRequests([client], 2, URL)) as [BoundRequest, BoundRequest]
  await expect('a forged proof', forgeProof(good, second), false)
  await expect('a good proof', good, true)
  await expect('a proof that was used', good, checks?.replay !== true)
  await expect('a proof for another token', await mismatch(client, other, URL), checks?.token !== true)
}

function toTables(taken: Readonly<Record<string, Times>>): readonly Table[] {
  const algorithms = Object.keys(taken)
  const all = (algorithm: string, name: string, pick: (time: Time) => number) =>
    (taken[algorithm]?.[name] ?? []).map(pick)
  const wall = (algorithm: string, name: string) => all(algorithm, name, (time) => time.wall)
  const cpu = (algorithm: string, name: string) => all(algorithm, name, (time) => time.cpu)
  const share = (algorithm: string, name: string) =>
    toText(100 * toMedian(toRatios(wall(algorithm, proofOnPool.name), wall(algorithm, name))))
  const more = (algorithm: string, name: string) =>
    toMedian(toDifferences(cpu(algorithm, name), cpu(algorithm, proofOnPool.name))).toFixed(1)
  return [
    {
      title: `A proof that comes for the first time, with a token that is known, ${String(LANES)} at once`,
      caption:
        'µs each, and share of the rate of the pool; then µs on processors, of all threads, and how many more than on the pool.',
      header: ['', ...algorithms, ...algorithms.map((algorithm) => `${algorithm}, CPU`)],
      rows: PEERS.map(({ name }) => [
        name,
        ...algorithms.map((algorithm) => `${toSpread(wall(algorithm, name))}, ${share(algorithm, name)} %`),
        ...algorithms.map((algorithm) => `${toSpread(cpu(algorithm, name))}, ${more(algorithm, name)}`),
      ]),
      samples: Object.fromEntries(
        algorithms.flatMap((algorithm) =>
          PEERS.flatMap(({ name }) => [
            [`${algorithm}: ${name}`, wall(algorithm, name)],
            [`${algorithm}: ${name}: CPU`, cpu(algorithm, name)],
          ]),
        ),
      ),
    },
  ]
}
