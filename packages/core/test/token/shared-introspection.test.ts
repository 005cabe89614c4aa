import { describe, expect, test } from '@jest/globals'
import { RefusedError } from '../../src/errors.js'
import { settle, watch } from '../http/scripted-document.js'
import { createScriptedIntrospection } from './scripted-introspect.js'

const down = new Error('down')

describe('who asks about a token', () => {
  test('shares one question with all who ask at the same time', async () => {
    const { find, questions, question } = createScriptedIntrospection()
    const outcomes = Array.from({ length: 1_000 }, () => watch(find('t')))
    await settle()
    expect(questions.map(({ token }) => token)).toEqual(['t'])
    await question(0).answer('a')
    const [first, ...others] = outcomes.map((outcome) => outcome())
    expect(first).toEqual({ claims: { sub: 'a' }, askedAt: 0 })
    expect(others.every((other) => other === first)).toBe(true)
  })

  test('shares none about another token', async () => {
    const { ask, questions, question } = createScriptedIntrospection()
    const [one, other] = [await ask('t'), await ask('u')]
    expect(questions.map(({ token }) => token)).toEqual(['t', 'u'])
    await question(1).answer('b')
    expect([one(), other()]).toEqual(['pending', 'b'])
    await question(0).answer('a')
    expect([one(), other()]).toEqual(['a', 'b'])
  })

  test('gets an answer that is kept, active or not', async () => {
    const { ask, questions, question, pass } = createScriptedIntrospection()
    await ask('t')
    await question(0).answer('a')
    await ask('u')
    await question(1).deny()
    await pass(4.999)
    expect([(await ask('t'))(), (await ask('u'))()]).toEqual(['a', 'inactive'])
    expect(questions).toHaveLength(2)
    await pass(0.001)
    expect([(await ask('t'))(), (await ask('u'))()]).toEqual(['a', 'pending'])
    await pass(55)
    expect((await ask('t'))()).toBe('pending')
    expect(questions).toHaveLength(4)
  })

  test('gets one that is younger than they ask for, and else another', async () => {
    const { ask, questions, question, pass } = createScriptedIntrospection()
    await ask('t')
    question(0).send()
    await question(0).answer('a')
    await pass(10)
    expect((await ask('t', 10.001))()).toBe('a')
    expect(questions).toHaveLength(1)
    const strict = await ask('t', 10)
    await question(1).answer('b')
    expect(strict()).toBe('b')
    expect((await ask('t'))()).toBe('b')
  })

  test('waits no longer than the wait limit, alone; the answer is kept for the next', async () => {
    const { ask, questions, question, pass, clock } = createScriptedIntrospection()
    const hasty = await ask('t')
    await pass(1)
    const patient = await ask('t')
    await pass(1.999)
    expect([hasty(), patient()]).toEqual(['pending', 'pending'])
    await pass(0.001)
    expect([hasty(), patient()]).toEqual(['late', 'pending'])
    await question(0).answer('a')
    expect([hasty(), patient(), (await ask('t'))()]).toEqual(['late', 'a', 'a'])
    expect(questions).toHaveLength(1)
    expect(clock.timers).toBe(0)
  })

  test('has their answer kept even where nobody waits any more', async () => {
    const { ask, questions, question, pass } = createScriptedIntrospection()
    await ask('t')
    await pass(3)
    await question(0).answer('a')
    expect((await ask('t'))()).toBe('a')
    expect(questions).toHaveLength(1)
  })
})

describe('a failure', () => {
  test('is that of all who share the question, and of nobody later', async () => {
    const { ask, questions, question } = createScriptedIntrospection()
    const waiting = [await ask('t'), await ask('t')]
    question(0).send()
    await question(0).fail(down)
    expect(waiting.map((outcome) => outcome())).toEqual(['down', 'down'])
    const next = await ask('t')
    expect(next()).toBe('pending')
    await question(1).answer('a')
    expect(next()).toBe('a')
    expect(questions).toHaveLength(2)
  })

  test('harms nobody where nobody waits any more', async () => {
    const { ask, question, pass } = createScriptedIntrospection()
    const outcome = await ask('t')
    await pass(3)
    await question(0).fail(down)
    expect(outcome()).toBe('late')
    expect((await ask('t'))()).toBe('pending')
  })

  test('leaves an answer that is known where it is', async () => {
    const { ask, question } = createScriptedIntrospection()
    await ask('t')
    await question(0).answer('a')
    await ask('t', 0)
    await question(1).fail(down)
    expect((await ask('t'))()).toBe('a')
  })
})

describe('a refusal', () => {
  test('is not kept, and takes the place of what was known', async () => {
    const { ask, questions, question } = createScriptedIntrospection()
    await ask('t')
    await question(0).answer('a')
    const refused = await ask('t', 0)
    await question(1).fail(new RefusedError('ERR_TOKEN_INACTIVE'))
    expect(refused()).toBe('The access token is not active')
    expect((await ask('t'))()).toBe('pending')
    expect(questions).toHaveLength(3)
  })
})

describe('the age of an answer', () => {
  test('counts from the moment when the question left', async () => {
    const { find, question, pass } = createScriptedIntrospection({ waitLimit: Infinity })
    const found = watch(find('t'))
    await pass(7)
    question(0).send()
    await pass(5)
    await question(0).answer('a')
    expect(found()).toMatchObject({ askedAt: 7 })
  })

  test('counts from the first of its attempts', async () => {
    const { find, question, pass } = createScriptedIntrospection()
    const found = watch(find('t'))
    await pass(0)
    question(0).send()
    await pass(2)
    question(0).send()
    await question(0).answer('a')
    expect(found()).toMatchObject({ askedAt: 0 })
  })

  test('counts from the answer where it is not known when the question left', async () => {
    const { find, question, pass } = createScriptedIntrospection()
    const found = watch(find('t'))
    await pass(2)
    await question(0).answer('a')
    expect(found()).toMatchObject({ askedAt: 2 })
  })
})
