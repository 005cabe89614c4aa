import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { parseOptions } from '../src/options.js'

const GOOD = { url: 'redis://127.0.0.1:6379', secrets: ['a secret of thirty-two characters'] }
const CLUSTER = { url: undefined, clusterUrls: ['redis://a:7000', 'rediss://b:7001'] }

/** The option that is at fault; `undefined` where none is. */
function optionAtFault(changes: Readonly<Record<string, unknown>>): unknown {
  try {
    parseOptions({ ...GOOD, ...changes })
    return undefined
  } catch (error) {
    return (error as { readonly option: unknown }).option
  }
}

describe('options', () => {
  test('have defaults', () => {
    const { urls, isCluster, secrets, prefix, timeLimit, trustsEmptyRedis } = parseOptions(GOOD)
    expect({ urls, isCluster, secrets, prefix, timeLimit, trustsEmptyRedis }).toEqual({
      urls: [GOOD.url],
      isCluster: false,
      secrets: GOOD.secrets,
      prefix: 'bearward',
      timeLimit: 0.5,
      trustsEmptyRedis: false,
    })
  })

  test.each([
    CLUSTER,
    { secrets: Array.from({ length: 4 }, (_, index) => String(index).repeat(32)) },
    { prefix: 'stats-api:v1' },
    { timeLimit: 3 },
    { dangerouslyTrustEmptyRedis: true },
    { onError: () => undefined },
  ])('can be %j', (changes) => {
    expect(optionAtFault(changes)).toBeUndefined()
  })

  test('give all nodes of a cluster the protocol, the user and the password of the first', () => {
    const clusterUrls = ['rediss://us%40er:pass%2Fword@a:7000/0', 'redis://b:7001', 'redis://x:y@[::1]:7002']
    const { urls } = parseOptions({ clusterUrls, secrets: GOOD.secrets })
    const access = 'rediss://us%40er:pass%2Fword@'
    expect(urls).toEqual([clusterUrls[0], `${access}b:7001`, `${access}[::1]:7002`])
    const { urls: open } = parseOptions({
      clusterUrls: ['redis://a', 'rediss://x:y@b'],
      secrets: GOOD.secrets,
    })
    expect(open).toEqual(['redis://a', 'redis://b'])
  })

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['url', { url: undefined }],
    ['url', { clusterUrls: CLUSTER.clusterUrls }],
    ['url', { url: 'http://127.0.0.1' }],
    ['url', { url: 'redis://' }],
    ['url', { url: 5 }],
    ['url', { url: 'redis://localhost/first' }],
    ['url', { url: 'redis://user:%zz@localhost' }],
    ['url', { url: 'redis://user:%ff@localhost' }],
    ['clusterUrls', { ...CLUSTER, clusterUrls: [] }],
    ['clusterUrls', { ...CLUSTER, clusterUrls: 'redis://a:7000' }],
    ['clusterUrls', { ...CLUSTER, clusterUrls: ['redis://a:7000', 'b'] }],
    ['secrets', { secrets: undefined }],
    ['secrets', { secrets: [] }],
    ['secrets', { secrets: GOOD.secrets[0] }],
    ['secrets', { secrets: ['a secret of few characters'] }],
    ['secrets', { secrets: Array.from({ length: 5 }, () => GOOD.secrets[0]) }],
    ['prefix', { prefix: '' }],
    ['prefix', { prefix: '{tag}' }],
    ['timeLimit', { timeLimit: 0 }],
    ['timeLimit', { timeLimit: 3.1 }],
    ['timeLimit', { timeLimit: '1' }],
    ['dangerouslyTrustEmptyRedis', { dangerouslyTrustEmptyRedis: 'yes' }],
    ['onError', { onError: 'log' }],
    ['urls', { urls: [] }],
  ])('names %s where it is %j', (option, changes) => {
    expect(optionAtFault(changes)).toBe(option)
  })

  test('have errors reported, whatever comes, and drop what is thrown there', () => {
    const errors: Error[] = []
    const onError = (error: Error): void => {
      errors.push(error)
      throw new Error('in telemetry')
    }
    const { report } = parseOptions({ ...GOOD, onError })
    report(new Error('down'))
    report('down')
    expect(errors.map(({ message }) => message)).toEqual(['down', 'unknown'])
  })

  test('have no password reported, which Redis repeats where it does not know HELLO', () => {
    const errors: Error[] = []
    const { report } = parseOptions({ ...GOOD, onError: (error) => errors.push(error) })
    const told = new Error(
      "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'secret'",
    )
    for (const error of [told, new Error('no connection', { cause: told }), new AggregateError([told])])
      report(error)
    expect(inspect(errors)).not.toContain('secret')
    expect(errors.map(({ message }) => message)).toEqual(
      Array(3).fill('Redis does not know the command HELLO'),
    )
  })
})
