import { describe, expect } from '@jest/globals'
import {
  authorizationDetails,
  detailsThat,
  type AccessTokenClaims,
  type AuthorizationDetail,
  type AuthorizationDetailPredicate,
  type AuthorizationDetailShape,
} from '@bearward/core'
import { optionAtFaultIn } from '../../support/configuration.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { requestWithToken } from '../../support/request.js'
import { answerOf, type RouteAnswer } from '../../support/route-answer.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const UNMET = {
  status: 403,
  realm: 'protected resource',
  error: 'insufficient_scope',
  error_description: 'The access token does not carry the required authorization details',
}

/** RFC 9396, figure 20, and a list of objects. */
const PAYMENT = {
  type: 'https://scheme.example.com/payment_initiation',
  actions: ['initiate', 'status', 'cancel'],
  locations: ['https://example.com/payments'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
  creditorName: 'Merchant A',
  creditorAccount: { iban: 'DE02100100109307118603' },
  remittanceInformationUnstructured: 'Ref Number Merchant',
  parts: [{ of: [1, 2] }, { of: [] }],
}
/** What a route asks for that makes such a payment. */
const SHAPE = { type: PAYMENT.type, actions: ['initiate'], locations: PAYMENT.locations }

async function decide(
  details: unknown,
  required: AuthorizationDetailPredicate | AuthorizationDetailShape = SHAPE,
): Promise<RouteAnswer> {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({ authorization_details: details })
  const auth = await resourceServer.authenticate(requestWithToken(token))
  return answerOf(resourceServer, auth, detailsThat(required))
}

ruleForEach<unknown>(
  '9396-2-a',
  {
    'no list': PAYMENT,
    'a text': JSON.stringify([PAYMENT]),
    'an empty list': [],
    'an entry that is a list': [[PAYMENT]],
    'an entry that is null': [PAYMENT, null],
    'an entry without type': [PAYMENT, { actions: ['initiate'] }],
    'an entry whose type is no text': [PAYMENT, { type: 1 }],
    'an entry whose type is empty': [PAYMENT, { type: '' }],
    'actions that are no list': [PAYMENT, { type: 'a', actions: 'initiate' }],
    'locations with a number': [PAYMENT, { type: 'a', locations: [1] }],
    'an identifier that is no text': [PAYMENT, { type: 'a', identifier: 1 }],
    nothing: undefined,
    null: null,
  },
  'grants nothing by authorization details that are %s',
  async (details) => {
    expect(authorizationDetails({ authorization_details: details })).toEqual([])
    expect(await decide(details)).toEqual(UNMET)
    expect(await decide(details, () => true)).toEqual(UNMET)
    expect(await decide([PAYMENT])).toBe('allowed')
  },
)

rule('9396-9.1-a', 'reads the top-level claim of a JWT', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({ authorization_details: [PAYMENT] })
  const { claims } = await resourceServer.authenticate(requestWithToken(token))
  expect(authorizationDetails(claims)).toEqual([PAYMENT])
  expect(Object.isFrozen(authorizationDetails(claims)[0]?.actions)).toBe(true)
})

rule('9396-9.1-a', 'does not read what every object would inherit', () => {
  const inherited = Object.create({ authorization_details: [PAYMENT] }) as AccessTokenClaims
  expect(authorizationDetails({ ...inherited })).toEqual([])
  expect(authorizationDetails(inherited)).toEqual([])
})

rule('9396-9.2-a', 'reads the top-level member of what introspection says', async () => {
  const { mint, resourceServer } = await createIntrospectingServers()
  const decideOn = async (details: unknown) => {
    const token = mint({ authorization_details: details })
    const auth = await resourceServer.authenticate(requestWithToken(token))
    return answerOf(resourceServer, auth, detailsThat(SHAPE))
  }
  expect(await decideOn([PAYMENT])).toBe('allowed')
  expect(await decideOn([{ ...PAYMENT, actions: ['status'] }])).toEqual(UNMET)
})

ruleForEach<Partial<AuthorizationDetail>>(
  '9396-12-a',
  {
    'a slash at the end': { locations: ['https://example.com/payments/'] },
    'another case': { locations: ['https://EXAMPLE.com/payments'] },
    'another type': { type: 'HTTPS://scheme.example.com/payment_initiation' },
    'an action in capitals': { actions: ['Initiate'] },
    'a composed letter': { creditorName: 'Merchant\u00c5' },
  },
  'compares texts as they stand: %s is another one',
  async (difference) => {
    const shape = { ...SHAPE, creditorName: 'Merchant A' }
    expect(await decide([{ ...PAYMENT, ...difference }], shape)).toEqual(UNMET)
    expect(await decide([PAYMENT], shape)).toBe('allowed')
  },
)

describe('an entry', () => {
  ruleForEach<readonly [AuthorizationDetailShape, boolean]>(
    '9396-2.2-a',
    {
      'all that is asked for': [SHAPE, true],
      'several actions': [{ ...SHAPE, actions: ['cancel', 'initiate'] }, true],
      'an object that is the same': [
        { ...SHAPE, instructedAmount: { amount: '123.50', currency: 'EUR' } },
        true,
      ],
      'a list of objects that is the same': [{ ...SHAPE, parts: [{ of: [1, 2] }] }, true],
      'a list of objects that differs in depth': [{ ...SHAPE, parts: [{ of: [1, 3] }] }, false],
      'a shorter list in an object': [{ ...SHAPE, parts: [{ of: [1] }] }, false],
      'one action of two': [{ ...SHAPE, actions: ['initiate', 'refund'] }, false],
      'an object that is a part': [{ ...SHAPE, instructedAmount: { currency: 'EUR' } }, false],
      'not a member that is asked for': [{ ...SHAPE, privileges: ['admin'] }, false],
      'limits that the shape does not name': [{ type: PAYMENT.type, actions: ['initiate'] }, false],
      'a list in place of a text': [{ ...SHAPE, creditorName: ['Merchant A'] }, false],
    },
    'fits where it has %s, or does not',
    async ([shape, isFitting]) => {
      expect(await decide([PAYMENT], shape)).toEqual(isFitting ? 'allowed' : UNMET)
    },
  )

  rule('9396-2.2-a', 'for another resource server gives nothing here', async () => {
    const elsewhere = { ...PAYMENT, locations: ['https://other.example.com/payments'] }
    expect(await decide([elsewhere])).toEqual(UNMET)
    expect(await decide([elsewhere], { type: PAYMENT.type, actions: ['initiate'] })).toEqual(UNMET)
    expect(await decide([elsewhere, PAYMENT])).toBe('allowed')
  })

  rule('9396-2.2-a', 'limited to one account gives nothing to a route for all', async () => {
    const shape = { type: 'account', actions: ['read'] }
    expect(await decide([{ ...shape, identifier: 'DE1' }], shape)).toEqual(UNMET)
    expect(await decide([{ ...shape, identifier: 'DE1' }], { ...shape, identifier: 'DE1' })).toBe('allowed')
    expect(await decide([shape], shape)).toBe('allowed')
  })
})

rule('9396-impl-a', 'grants nothing by a type that nobody knows, nor by two entries together', async () => {
  const shape = { type: 'account', actions: ['write'], identifier: 'A' }
  const entries = [
    { type: 'account', actions: ['read'], identifier: 'A' },
    { type: 'account', actions: ['write'], identifier: 'B' },
    { type: 'all', actions: ['write'], identifier: 'A' },
  ]
  expect(await decide(entries, shape)).toEqual(UNMET)
  expect(await decide([...entries, shape], shape)).toBe('allowed')
})

rule('9396-impl-a', 'asks a predicate about one entry at a time', async () => {
  const seen: string[] = []
  const isB = ({ type }: AuthorizationDetail) => {
    seen.push(type)
    return type === 'b'
  }
  expect(await decide([{ type: 'a' }, { type: 'b' }, { type: 'c' }], isB)).toBe('allowed')
  expect(seen).toEqual(['a', 'b'])
  expect(await decide([{ type: 'a' }], isB)).toEqual(UNMET)
})

rule('9396-impl-a', 'takes nothing but true and false of a predicate, at once', async () => {
  for (const odd of [undefined, 1, 'yes', Promise.resolve(true), {}]) {
    const predicate = (() => odd) as unknown as AuthorizationDetailPredicate
    await expect(decide([PAYMENT], predicate)).rejects.toBeInstanceOf(TypeError)
  }
  expect(await decide([PAYMENT], () => true)).toBe('allowed')
})

rule('9396-err-a', 'answers 403 with insufficient_scope, and a code of its own for logs', async () => {
  const { authorizationServer, resourceServer } = servers()
  const auth = await resourceServer.authenticate(requestWithToken(await authorizationServer.mint()))
  expect(() => {
    resourceServer.authorize(auth, detailsThat(SHAPE))
  }).toThrow(expect.objectContaining({ code: 'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT', status: 403 }))
  expect(await decide([PAYMENT])).toBe('allowed')
})

ruleForEach<readonly [unknown, string]>(
  '9396-2-a',
  {
    nothing: [undefined, 'authorizationDetails'],
    'a text': ['account', 'authorizationDetails'],
    'a list': [[SHAPE], 'authorizationDetails'],
    'no type': [{ actions: ['read'] }, 'authorizationDetails'],
    'a text as actions': [{ type: 'a', actions: 'read' }, 'authorizationDetails'],
    'an empty list': [{ type: 'a', actions: [] }, 'actions'],
    'a member without value': [{ type: 'a', currency: undefined }, 'currency'],
    'a function in it': [{ type: 'a', check: () => true }, 'authorizationDetails'],
  },
  'makes an error of the developer of a shape that is %s',
  ([shape, option]) => {
    expect(optionAtFaultIn(() => detailsThat(shape as AuthorizationDetailShape))).toBe(option)
    expect(optionAtFaultIn(() => detailsThat(SHAPE))).toBeUndefined()
  },
)
