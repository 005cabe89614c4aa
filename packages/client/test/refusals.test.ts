import { describe, expect } from '@jest/globals'
import { TokenRequestError } from '@bearward/client'
import { rule, ruleForEach } from '../../../test/support/rule.js'
import { createBench, failureOf, json, resultOf } from './support/script.js'

describe('a refusal', () => {
  rule('6749-5.2-a', 'is a typed error with the code of the server, and is not retried', async () => {
    const refusal = {
      error: 'invalid_scope',
      error_description: 'no such scope',
      error_uri: 'https://as.example.com/e',
    }
    const { tokens, sent } = createBench({}, json(400, refusal))
    const error = await failureOf(tokens.getToken())
    expect(error).toBeInstanceOf(TokenRequestError)
    expect(error).toMatchObject({
      message: 'The token request is refused: invalid_scope',
      code: 'invalid_scope',
      status: 400,
      description: 'no such scope',
      uri: 'https://as.example.com/e',
      cause: expect.any(Error),
    })
    expect(sent).toHaveLength(1)
  })

  ruleForEach(
    '6749-5.2-b',
    {
      'status 400': json(400, { error: 'invalid_client' }),
      'status 401': json(401, { error: 'invalid_client' }),
      'status 401 and a challenge': json(
        401,
        { error: 'invalid_client' },
        { 'www-authenticate': 'Basic realm="as"' },
      ),
    },
    'of the client comes with %s, and does not name the secret',
    async (answer) => {
      const { tokens, sent } = createBench({ clientSecret: 'hush-hush' }, answer)
      const error = await failureOf(tokens.getToken())
      expect(error).toMatchObject({ name: 'TokenRequestError', code: 'invalid_client' })
      expect(sent).toHaveLength(1)
      expect(`${error.stack ?? ''} ${JSON.stringify(error)}`).not.toMatch(/hush-hush|Y2xpZW50/)
    },
  )

  rule('6749-5.2-a', 'may have a code of the server alone, which stays out of the message', async () => {
    const error = await resultOf(json(400, { error: 'quota exceeded', error_description: 'a\nb' }))
    expect(error).toMatchObject({ code: 'quota exceeded', description: undefined })
    expect(error['message']).toBe('The token request is refused: with a code of its own')
  })

  ruleForEach(
    '6749-5.2-a',
    { 'a number': 5, nothing: '', 'a line break': 'a\nb' },
    'cannot have %s for a code',
    async (code) => {
      expect(await resultOf(json(400, { error: code }))).toMatchObject({
        name: 'TokenEndpointUnavailableError',
      })
    },
  )
})
