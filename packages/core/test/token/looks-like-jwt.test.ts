import { describe, expect, test } from '@jest/globals'
import { looksLikeJwt } from '../../src/token/compact.js'

const encode = (text: string): string => Buffer.from(text).toString('base64url')
const HEADER = encode('{"alg":"ES256"}')
const ENCRYPTED = encode('{"alg":"RSA-OAEP","enc":"A256GCM"}')

describe('looksLikeJwt', () => {
  test.each([
    ['a JWT', `${HEADER}.e30.AAAA`],
    ['no signature', `${HEADER}.e30.`],
    ['nothing but a header', `${HEADER}.`],
    ['two parts', `${HEADER}.e30`],
    ['four parts', `${HEADER}.e30.AAAA.AAAA`],
    ['five parts, but nothing of encryption', `${HEADER}.AAAA.AAAA.AAAA.AAAA`],
    ['six parts', `${HEADER}.....`],
    ['six parts that speak of encryption', `${ENCRYPTED}.....`],
    ['three parts that speak of encryption', `${ENCRYPTED}.e30.AAAA`],
    ['a header with padding', `${HEADER}==.e30.AAAA`],
    ['a header in the other alphabet', `${Buffer.from('{"a":"???>>>"}').toString('base64')}.e30.AAAA`],
    ['a header with spaces', `${encode(' { } ')}.e30.AAAA`],
    ['a header with a member twice', `${encode('{"alg":"a","alg":"b"}')}.e30.AAAA`],
    ['claims that are none', `${HEADER}.-.AAAA`],
    [
      'a header that is too deep to be parsed, after a space',
      `${encode(` {"a":${'['.repeat(40)}`)}.e30.AAAA`,
    ],
    ['a header that is too deep to be parsed', `${encode(`{"a":${'['.repeat(40)}`)}.e30.AAAA`],
  ])('is true of %s', (_name, token) => {
    expect(looksLikeJwt(token)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['one part', 'opaque'],
    ['one part that is a header', HEADER],
    ['an encrypted token', `${ENCRYPTED}.AAAA.AAAA.AAAA.AAAA`],
    ['five parts of something else', `${encode('null')}.AAAA.AAAA.AAAA.AAAA`],
    ['parts of something else', 'a.b.c'],
    ['empty parts', '..'],
    ['JSON that is not encoded', '{"alg":"ES256"}.e30.AAAA'],
    ['a header that is a list', `${encode('[]')}.e30.AAAA`],
    ['a header that is a string', `${encode('"x"')}.e30.AAAA`],
    ['a header that is null', `${encode('null')}.e30.AAAA`],
    ['a list that is too deep to be parsed', `${encode('['.repeat(40))}.e30.AAAA`],
    ['a header that is cut off', `${encode('{"alg"')}.e30.AAAA`],
  ])('is false of %s', (_name, token) => {
    expect(looksLikeJwt(token)).toBe(false)
  })
})
