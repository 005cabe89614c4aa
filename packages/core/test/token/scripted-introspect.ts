import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { Introspect } from '../../src/token/introspection.js'
import { createVerdicts, toDigest } from '../../src/token/introspection-verdicts.js'
import { createSharedIntrospection, type SharingPolicy } from '../../src/token/shared-introspection.js'
import { asVerified } from '../../src/token/verified.js'
import { settle } from '../http/scripted-document.js'

/** A question that the test answers. */
interface Question {
  readonly token: string
  /** Says that it leaves now. */
  send(): void
  /** Answers that the token is active, for this subject. */
  answer(sub: string): Promise<unknown>
  /** Answers that it is not. */
  deny(): Promise<unknown>
  fail(error: Error): Promise<unknown>
}

/** Shared introspection by an authorization server that answers as the test says; active verdicts are good for 60 seconds. */
export function createScriptedIntrospection(changes: Partial<SharingPolicy> = {}) {
  const clock = createManualClock(1_000_000)
  const questions: Question[] = []
  const introspect: Introspect = (token, send) =>
    new Promise((resolve, reject) => {
      questions.push({
        token,
        send,
        answer: (sub) => (resolve(asVerified({ sub })), settle()),
        deny: () => (resolve(undefined), settle()),
        fail: (error) => (reject(error), settle()),
      })
    })
  const policy = { maxAge: 60, waitLimit: 3, ...changes }
  const verdicts = createVerdicts({ maxAge: 60, inactiveMaxAge: 5, maxSize: 1_000_000 }, clock)
  const shared = createSharedIntrospection(introspect, verdicts, policy, clock, () => new Error('late'))
  return {
    clock,
    questions,
    ...shared,
    forget: (token: string) => {
      shared.forget(toDigest(token))
    },
    /** Asks, lets happen what needs no time, and says what has come of it: a subject, `inactive`, or an error's message. */
    async ask(token: string, maxAge?: number): Promise<() => string> {
      const outcome = watch(shared.find(token, maxAge))
      await settle()
      return outcome
    },
    /** The question that was asked as number so-and-so, from 0; `-1` is the last one. */
    question(index: number): Question {
      const question = questions.at(index)
      if (question === undefined) throw new Error('There was no such question')
      return question
    },
    async pass(seconds: number) {
      clock.advance(seconds)
      await settle()
    },
  }
}

function watch(promise: ReturnType<ReturnType<typeof createSharedIntrospection>['find']>): () => string {
  let outcome = 'pending'
  promise.then(
    ({ claims }) => {
      outcome = claims === undefined ? 'inactive' : String(claims['sub'])
    },
    (error: unknown) => {
      outcome = (error as Error).message
    },
  )
  return () => outcome
}
