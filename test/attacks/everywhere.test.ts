import { describe, expect, test } from '@jest/globals'
import { useEverywhere, type Row } from './support/everywhere.js'

const everywhere = useEverywhere()

describe('the driver of the rows', () => {
  const expired = async (): Promise<Row> => ({
    attack: await everywhere().authorizationServer.mint({ exp: 1 }),
    code: 'ERR_TOKEN_EXPIRED',
    asks: 'keys',
  })

  test('is content with a row that holds', async () => {
    await expect(everywhere().refuses(await expired())).resolves.toBeUndefined()
  })

  test.each<readonly [name: string, spoil: (row: Row) => Promise<Row> | Row]>([
    ['is accepted', async (row) => ({ ...row, attack: await everywhere().authorizationServer.mint() })],
    ['is refused for another reason', (row) => ({ ...row, code: 'ERR_TOKEN_AUDIENCE' })],
    ['asks more than it may', (row) => ({ ...row, asks: 'nothing' })],
    ['asks less than it should', (row) => ({ ...row, asks: 'new keys' })],
    ['has no good twin', (row) => ({ ...row, twin: row.attack })],
    ['gets further than it should', (row) => ({ ...row, byNode: 400 })],
    [
      'is refused with another status',
      (row) => ({ ...row, options: { hideForbidden: true }, requires: ['x'] }),
    ],
    ['is refused with another body', (row) => ({ ...row, options: { refusalBody: () => undefined } })],
  ])('notices an attack that %s', async (_name, spoil) => {
    await expect(everywhere().refuses(await spoil(await expired()))).rejects.toThrow()
  })

  test('notices where what must be accepted is not', async () => {
    const { authorizationServer, accepts } = everywhere()
    await expect(accepts((await expired()).attack)).rejects.toThrow()
    const token = await authorizationServer.mint({ sub: 'alice' })
    await expect(accepts(token, {}, { subject: 'bob' })).rejects.toThrow()
    await expect(accepts(token, {}, expect.objectContaining({ subject: 'alice' }))).resolves.toBeUndefined()
  })
})
