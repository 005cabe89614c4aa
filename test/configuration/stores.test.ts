import { describe, expect, test } from '@jest/globals'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { AUDIENCE } from '../support/servers.js'

const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
const subscribe = () => () => undefined
const take = () => Promise.resolve(0)
const announce = () => Promise.resolve()
const [find, store, forget] = [announce, announce, announce]

describe.each([
  ['verdictStore', { find, store, forget, subscribe }, 'find, store, forget and subscribe'],
  ['keySearchStore', { take, announce, subscribe }, 'take, announce and subscribe'],
])('%s', (name, good, names) => {
  test.each([
    ['nothing', null],
    ['a function', take],
    ['an address', 'redis://127.0.0.1'],
    ['an object without functions', {}],
    ['an object with a function missing', { ...good, subscribe: undefined }],
    ['a promise of one', Promise.resolve(good)],
  ])('is refused where it is %s', (_what, value) => {
    const error = configurationErrorOf({ ...options, [name]: value })
    expect(error?.option).toBe(name)
    expect(error?.message).toBe(`${name}: must have the functions ${names}`)
  })

  test('is accepted where it has its functions, and where it is left out', () => {
    expect(optionAtFault({ ...options, [name]: good })).toBeUndefined()
    expect(optionAtFault({ ...options, [name]: undefined })).toBeUndefined()
  })

  test('is accepted where they are those of a class', () => {
    const instance: unknown = Object.create(good)
    expect(optionAtFault({ ...options, [name]: instance })).toBeUndefined()
  })
})
