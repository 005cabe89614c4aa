import { describe, expect, test } from '@jest/globals'
import { createScriptedIntrospection } from './scripted-introspect.js'

const down = new Error('down')

describe('a question that has not left', () => {
  test('is new enough for everybody', async () => {
    const { ask, questions, question, pass } = createScriptedIntrospection()
    const first = await ask('t')
    await pass(2)
    const fresh = await ask('t', 0)
    expect(questions).toHaveLength(1)
    await question(0).answer('a')
    expect([first(), fresh()]).toEqual(['a', 'a'])
  })
})

describe('a question that has left', () => {
  test.each([
    [2, 2.001, 1],
    [2, 2, 2],
    [0, 0, 2],
    [0, 0.001, 1],
    [2, undefined, 1],
    [60, undefined, 2],
    [59.999, 1_000, 1],
    [60, 1_000, 2],
  ])('%d seconds ago, for who asks for %p, makes %d in all', async (age, maxAge, count) => {
    const { ask, questions, question, pass } = createScriptedIntrospection({ waitLimit: Infinity })
    await pass(1_000)
    await ask('t')
    question(0).send()
    await pass(age)
    await ask('t', maxAge)
    await question(0).answer('a')
    expect(questions).toHaveLength(count)
  })

  test('is answered before the next one is asked, whose answer then takes its place', async () => {
    const { ask, questions, question } = createScriptedIntrospection()
    const first = await ask('t')
    question(0).send()
    const [fresh, alsoFresh] = [await ask('t', 0), await ask('t', 0)]
    expect(questions).toHaveLength(1)
    await question(0).answer('old')
    expect([first(), fresh()]).toEqual(['old', 'pending'])
    expect(questions).toHaveLength(2)
    expect((await ask('t'))()).toBe('old')
    await question(1).answer('new')
    expect([fresh(), alsoFresh(), (await ask('t'))()]).toEqual(['new', 'new', 'new'])
    expect(questions).toHaveLength(2)
  })

  test('has the next one asked even where it failed', async () => {
    const { ask, questions, question } = createScriptedIntrospection()
    const first = await ask('t')
    question(0).send()
    const fresh = await ask('t', 0)
    await question(0).fail(down)
    expect([first(), fresh(), questions.length]).toEqual(['down', 'pending', 2])
    await question(1).answer('new')
    expect(fresh()).toBe('new')
  })
})

describe('forgetting a token', () => {
  test('has it asked about again, and no other', async () => {
    const { ask, question, forget } = createScriptedIntrospection()
    for (const token of ['t', 'u']) {
      await ask(token)
      await question(-1).answer(token)
    }
    forget('t')
    expect([(await ask('t'))(), (await ask('u'))()]).toEqual(['pending', 'u'])
  })

  test('has it asked about at once, and keeps no answer to an earlier question', async () => {
    const { ask, questions, question, forget } = createScriptedIntrospection()
    const before = await ask('t')
    question(0).send()
    forget('t')
    const after = await ask('t')
    expect(questions).toHaveLength(2)
    await question(0).answer('old')
    expect([before(), after()]).toEqual(['old', 'pending'])
    const later = await ask('t')
    expect([later(), questions.length]).toEqual(['pending', 2])
    await question(1).answer('new')
    expect([after(), later(), (await ask('t'))()]).toEqual(['new', 'new', 'new'])
    expect(questions).toHaveLength(2)
  })

  test('leaves who waits behind an earlier question their turn, and does not keep that answer either', async () => {
    const { ask, questions, question, forget } = createScriptedIntrospection()
    await ask('t')
    question(0).send()
    const waiting = await ask('t', 0)
    forget('t')
    await question(0).answer('old')
    await question(1).answer('newer')
    expect([waiting(), questions.length]).toEqual(['newer', 2])
    expect((await ask('t'))()).toBe('pending')
  })

  test('keeps no late answer in place of a newer one', async () => {
    const { ask, question, forget } = createScriptedIntrospection()
    await ask('t')
    forget('t')
    await ask('t')
    await question(1).deny()
    await question(0).answer('old')
    expect((await ask('t'))()).toBe('inactive')
  })

  test('keeps no answer that is under way where nobody asks again before it', async () => {
    const { ask, question, forget } = createScriptedIntrospection()
    await ask('t')
    forget('t')
    await question(0).answer('old')
    expect((await ask('t'))()).toBe('pending')
  })
})

describe('forgetting tokens that fit', () => {
  test('has those asked about again, and no others', async () => {
    const { ask, question, forgetWhere } = createScriptedIntrospection()
    for (const token of ['t', 'u']) {
      await ask(token)
      await question(-1).answer(token)
    }
    forgetWhere(({ sub }) => sub === 't')
    expect([(await ask('t'))(), (await ask('u'))()]).toEqual(['pending', 'u'])
  })

  test('keeps no answer that is under way, whatever it will be', async () => {
    const { ask, questions, question, forgetWhere } = createScriptedIntrospection()
    const before = await ask('t')
    forgetWhere(() => false)
    await question(0).answer('a')
    const after = await ask('t')
    expect([before(), after(), questions.length]).toEqual(['a', 'pending', 2])
  })

  test('keeps none of those that wait for each other, nor of other tokens', async () => {
    const { ask, question, forgetWhere } = createScriptedIntrospection()
    await ask('t')
    question(0).send()
    await ask('t', 0)
    await ask('u')
    forgetWhere(() => false)
    await question(0).answer('old')
    for (const index of [1, 2]) await question(index).answer('newer')
    expect([(await ask('t'))(), (await ask('u'))()]).toEqual(['pending', 'pending'])
  })
})
