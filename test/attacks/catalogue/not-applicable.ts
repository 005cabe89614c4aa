/** A reason why attacks cannot be tried, and those attacks. */
interface Group {
  readonly reason: string
  /** An option without which there is nothing to attack, and which does not exist: with it, the tests must come. */
  readonly missing: string
  readonly ids: readonly string[]
}

/**
 * Attacks of the catalogue on what Bearward does not have. Whatever it would take to bind a token, one that is bound is
 * refused: `DPOP-01` and `MTLS-01`.
 */
export const NOT_APPLICABLE = {
  proofs: {
    reason: 'No proof (RFC 9449) is accepted or looked at yet: the field `DPoP` is never read.',
    missing: 'dpop',
    ids: [
      'DPOP-02',
      'DPOP-05',
      'DPOP-07',
      'DPOP-08',
      'DPOP-09',
      'DPOP-10',
      'DPOP-11',
      'DPOP-12',
      'DPOP-13',
      'DPOP-16',
      'DPOP-17',
      'DPOP-18',
      'DPOP-19',
      'DPOP-20',
      'DPOP-24',
      'DPOP-25',
      'DPOP-26',
      'DPOP-28',
      'DPOP-30',
      'DPOP-31',
      'TIME-12',
    ],
  },
  replayStores: {
    reason:
      'Nothing is remembered of proofs, so there is no store that could fill up, fail, or be one of several.',
    missing: 'replayStore',
    ids: ['CFG-09', 'DOS-08', 'DPOP-27'],
  },
  certificates: {
    reason: 'No client certificate (RFC 8705) is looked at yet, neither of the socket nor of a field.',
    missing: 'mtls',
    ids: ['MTLS-02', 'MTLS-04', 'MTLS-05', 'MTLS-06', 'MTLS-09', 'MTLS-10'],
  },
} as const satisfies Readonly<Record<string, Group>>

/** An attack that cannot be tried. */
export type NotApplicableId = (typeof NOT_APPLICABLE)[keyof typeof NOT_APPLICABLE]['ids'][number]
